"""How near the account is to trouble: signs of WhatsApp's displeasure become green, amber or red, with the reasons.

Amber slows down what is sent to contacts (`Limits.slowed`), red stops it; capture goes on in any case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: After a ban or a refusal nothing is sent to contacts for so long (product.md §8: wait 24 to 48 hours) ...
REST_AFTER_BAN = 2 * DAY
#: ... and then it goes slowly for as long again.
SLOW_AFTER_BAN = 4 * DAY
#: The account reached out to too many strangers (463): WhatsApp lifts that in about a day.
REST_AFTER_REACH_OUT = DAY
#: How long other signs are held against the account.
MEMORY = HOUR
#: Failed sends in a row.
FAILURES_AMBER, FAILURES_RED = 3, 6
#: Lost connections in an hour; more than three are worth a look (product.md §8).
DISCONNECTS_AMBER, DISCONNECTS_RED = 4, 10
#: WhatsApp usually answers a send within a second; the mean of the newest ones.
SLOW_ANSWER = timedelta(seconds=10)
#: Fewer answers than these say nothing about the mean.
ENOUGH_ANSWERS = 5


class Level(IntEnum):
    GREEN = 0
    AMBER = 1  #: sending to contacts is slowed down
    RED = 2  #: nothing is sent to contacts

    @property
    def word(self) -> str:
        """Catalogue key below `risk.level.`, and the code in files."""
        return self.name.lower()


@dataclass(frozen=True)
class Signs:
    """What was noticed; times are how long ago the newest one was, None when there was none."""

    banned: timedelta | None = None  #: 402, since its end; zero while it lasts
    ban_code: int = 0  #: 101-106
    refused: timedelta | None = None  #: 403 or 406: WhatsApp refuses the account
    outdated: timedelta | None = None  #: 405
    reach_out: timedelta | None = None  #: 463
    bad_address: timedelta | None = None  #: 479
    too_fast: timedelta | None = None  #: 429, at a send or at connecting
    overloaded: timedelta | None = None  #: 503
    failures_in_a_row: int = 0
    disconnects: int = 0  #: in the last hour
    answer_time: timedelta | None = None  #: mean of the newest sends; None: too few


@dataclass(frozen=True)
class Reason:
    """`key`: catalogue key below `risk.reason.`; facts for its sentence."""

    level: Level
    key: str
    facts: dict[str, int | float]


@dataclass(frozen=True)
class Risk:
    level: Level
    reasons: tuple[Reason, ...]


def risk(signs: Signs) -> Risk:
    """The worst of all reasons decides."""
    reasons = tuple(reason for reason in _reasons(signs) if reason.level is not Level.GREEN)
    level = max((reason.level for reason in reasons), default=Level.GREEN)
    return Risk(level, tuple(sorted(reasons, key=lambda reason: -reason.level)))


def _reasons(signs: Signs) -> list[Reason]:
    return [
        Reason(_fading(signs.banned, REST_AFTER_BAN, SLOW_AFTER_BAN), "banned", {"code": signs.ban_code}),
        Reason(_fading(signs.refused, REST_AFTER_BAN, SLOW_AFTER_BAN), "refused", {}),
        Reason(_fading(signs.outdated, timedelta(), DAY), "outdated", {}),
        Reason(_fading(signs.reach_out, REST_AFTER_REACH_OUT, SLOW_AFTER_BAN), "reach_out", {}),
        Reason(_fading(signs.bad_address, timedelta(), MEMORY), "bad_address", {}),
        Reason(_fading(signs.too_fast, timedelta(minutes=5), MEMORY), "too_fast", {}),
        Reason(_fading(signs.overloaded, timedelta(), MEMORY), "overloaded", {}),
        _counted(signs.failures_in_a_row, FAILURES_AMBER, FAILURES_RED, "failures"),
        _counted(signs.disconnects, DISCONNECTS_AMBER, DISCONNECTS_RED, "disconnects"),
        _slow(signs.answer_time),
    ]


def _fading(ago: timedelta | None, red_for: timedelta, amber_for: timedelta) -> Level:
    """Red at first, amber later, then forgotten."""
    if ago is None or ago >= amber_for:
        return Level.GREEN
    return Level.RED if ago < red_for else Level.AMBER


def _counted(count: int, amber: int, red: int, key: str) -> Reason:
    level = Level.RED if count >= red else Level.AMBER if count >= amber else Level.GREEN
    return Reason(level, key, {"count": count})


def _slow(answer_time: timedelta | None) -> Reason:
    if answer_time is None or answer_time < SLOW_ANSWER:
        return Reason(Level.GREEN, "slow", {})
    return Reason(Level.AMBER, "slow", {"seconds": answer_time.total_seconds()})

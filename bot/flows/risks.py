"""Signs of WhatsApp's displeasure, gathered from the records: bans, refusals, failed sends, lost connections, slowness.

Nothing is kept in memory, so that a restart forgets no sign.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.flows import alerts, chronicle
from bot.flows.sending import FAILURES_IN_A_ROW
from bot.logs import fields
from bot.model.alert import Severity
from bot.model.chat import say
from bot.model.document import to_document
from bot.model.failures import Failure
from bot.model.incident import LinkChange
from bot.model.link import LinkState
from bot.model.outbox import OutboxItem, SendTrouble
from bot.model.risk import ENOUGH_ANSWERS, MEMORY, SLOW_AFTER_BAN, Level, Risk, Signs, risk
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: So many of the newest sends tell how fast WhatsApp answers.
NEWEST_SENDS = 10
#: Name of the fact: the level that was last told.
LEVEL = "risk_level"
#: WhatsApp's codes for an account that it refuses (neonize: LoggedOut or ConnectFailure).
_REFUSALS = {403, 406}


def assess(tables: Tables, now: datetime) -> Risk:
    """The risk as the records show it."""
    return risk(signs(tables, now))


def watch(tables: Tables, now: datetime) -> Risk:
    """Assess the risk, and tell when its level has changed."""
    found = assess(tables, now)
    told = Level(tables.facts.number(LEVEL))
    if found.level is not told:
        tables.facts.set(LEVEL, int(found.level))
        _tell(tables, found, now)
        chronicle.note(tables, now, "risk", level=say(f"risk.level.{found.level.word}"))
        log.warning("risk changed", extra=fields(level=found.level.word, reasons=[each.key for each in found.reasons]))
    return found


def _tell(tables: Tables, found: Risk, now: datetime) -> None:
    """The alert lasts as long as the risk is not green."""
    if found.level is Level.GREEN:
        alerts.cleared(tables, now, "risk")
        return
    severity = Severity.CRITICAL if found.level is Level.RED else Severity.WARNING
    worst = found.reasons[0]
    level, reason = say(f"risk.level.{found.level.word}"), say(f"risk.reason.{worst.key}", **worst.facts)
    alerts.raised(tables, now, "risk", severity, level=level, reason=reason)


def signs(tables: Tables, now: datetime) -> Signs:
    changes = _changes(tables, now)
    troubles = tables.send_troubles.find(where("at") > to_document(now - SLOW_AFTER_BAN), order_by="at", reverse=True)
    banned = _since_end(changes, {LinkState.BANNED}, now)
    return Signs(
        banned=banned,
        ban_code=next((each.reason for each in reversed(changes) if each.state is LinkState.BANNED), 0),
        refused=_shortest(
            _since_end(changes, {LinkState.RESTRICTED}, now),
            _since_end([each for each in changes if each.reason in _REFUSALS], {LinkState.LOGGED_OUT}, now),
        ),
        outdated=_since_end(changes, {LinkState.OUTDATED}, now),
        reach_out=_since(troubles, Failure.REACH_OUT_LIMIT, now),
        bad_address=_since(troubles, Failure.BAD_ADDRESS, now),
        too_fast=_shortest(_since(troubles, Failure.TOO_FAST, now), _since_code(changes, 429, now)),
        overloaded=_since_code(changes, 503, now),
        failures_in_a_row=_failures_in_a_row(tables, troubles, now),
        disconnects=sum(each.state is LinkState.RECONNECTING and each.at > now - MEMORY for each in changes),
        answer_time=_answer_time(tables),
    )


def forget(tables: Tables, now: datetime) -> None:
    """Drop the troubles that no rule asks for any more."""
    for trouble in tables.send_troubles.find(where("at") < to_document(now - 2 * SLOW_AFTER_BAN)):
        tables.send_troubles.remove(trouble)


def _changes(tables: Tables, now: datetime) -> list[LinkChange]:
    """The link's changes of the last days, the oldest first, with the one before them."""
    since = to_document(now - SLOW_AFTER_BAN)
    before = tables.link_log.find(where("at") <= since, order_by="at", reverse=True, limit=1)
    return before + tables.link_log.find(where("at") > since, order_by="at")


def _since_end(changes: list[LinkChange], states: set[LinkState], now: datetime) -> timedelta | None:
    """How long ago the newest of these states ended; zero while it lasts. A restart of the bot does not end it."""
    for place in range(len(changes) - 1, -1, -1):
        if changes[place].state in states:
            after = (each.at for each in changes[place + 1 :] if each.state is LinkState.CONNECTED)
            end = next(after, None)
            return max(timedelta(), now - end) if end is not None else timedelta()
    return None


def _since_code(changes: Iterable[LinkChange], code: int, now: datetime) -> timedelta | None:
    return _ago((each.at for each in changes if each.reason == code), now)


def _since(troubles: Iterable[SendTrouble], reason: str, now: datetime) -> timedelta | None:
    return _ago((each.at for each in troubles if each.reason == reason), now)


def _ago(times: Iterable[datetime], now: datetime) -> timedelta | None:
    newest = max(times, default=None)
    return max(timedelta(), now - newest) if newest is not None else None


def _shortest(*spans: timedelta | None) -> timedelta | None:
    return min((span for span in spans if span is not None), default=None)


def _failures_in_a_row(tables: Tables, troubles: list[SendTrouble], now: datetime) -> int:
    """Held against the account for an hour, after which another try shows whether it goes on."""
    is_recent = bool(troubles) and troubles[0].at > now - MEMORY
    return tables.facts.number(FAILURES_IN_A_ROW) if is_recent else 0


def _answer_time(tables: Tables) -> timedelta | None:
    newest = tables.outbox.find(where("sending_at") > 0, order_by="sending_at", reverse=True, limit=NEWEST_SENDS)
    spans = [span for item in newest if (span := _answered_after(item)) is not None]
    return sum(spans, timedelta()) / len(spans) if len(spans) >= ENOUGH_ANSWERS else None


def _answered_after(item: OutboxItem) -> timedelta | None:
    if item.sending_at is None or item.answered_at is None or item.answered_at < item.sending_at:
        return None  # no answer, or the clock was set in between
    return item.answered_at - item.sending_at

"""What is watched all the time, and becomes an alert: the link, the phone, captures, disk and memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.flows import alerts
from bot.flows.coverage import coverage
from bot.flows.linking import ACCOUNT
from bot.flows.sending import LINKED_AT
from bot.machine import LEAST_FREE_DISK, LEAST_FREE_MEMORY, MEBIBYTE, Machine
from bot.model.alert import Severity
from bot.model.capture import CaptureState
from bot.model.chat import Phrase, say
from bot.model.document import to_document
from bot.model.link import NEEDS_A_PERSON, Link, LinkState
from storage.query import where
from storage.tables import Tables

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Nothing received for so long, and the link is lost; with the hold-down it is told after five minutes.
OFFLINE = timedelta(minutes=3)
#: More interruptions within an hour than this mean that something is wrong (product.md §8).
DISCONNECTS = 3
#: More than this share of an hour's statuses not captured mean the same; of few statuses a share says nothing.
MISSED_SHARE, LEAST_STATUSES = 0.2, 5
#: WhatsApp unlinks all devices of a phone that was not online for 14 days.
UNSEEN_DAYS = (10, 12)
#: Why WhatsApp bans for a time (whatsmeow's types/events, TempBanReason); the catalogue's `ban.<code>`.
BAN_REASONS = (101, 102, 103, 104, 106)
#: When the owner's phone last showed that it is alive.
PHONE_SEEN_AT = "phone_seen_at"
#: An account that was linked before receives nothing in these, and nobody but the owner can change it.
_UNLINKED = frozenset({LinkState.NOT_LINKED, LinkState.QR_SHOWN, LinkState.PAIRING_CODE})


@dataclass(frozen=True)
class Finding:
    """A cause that is watched, and the facts when it is so."""

    cause: str
    is_so: bool
    severity: Severity = Severity.CRITICAL
    facts: dict[str, Any] | None = None


def watch(tables: Tables, link: Link, machine: Machine, now: datetime) -> None:
    """Look at everything; to be called every half minute, in a transaction."""
    for finding in _findings(tables, link, machine, now):
        if finding.is_so:
            alerts.raised(tables, now, finding.cause, finding.severity, **(finding.facts or {}))
        else:
            alerts.cleared(tables, now, finding.cause)


def phone_seen(tables: Tables, at: datetime) -> None:
    """The owner's phone did something: it is online now and then."""
    if to_document(at) > tables.facts.number(PHONE_SEEN_AT):
        tables.facts.set(PHONE_SEEN_AT, to_document(at))


def phone_last_seen(tables: Tables) -> datetime | None:
    """It was there when the account was linked; None before that."""
    seen = max(tables.facts.number(PHONE_SEEN_AT), tables.facts.number(LINKED_AT))
    return datetime.fromtimestamp(seen / 1000, UTC) if seen else None


def missed_lately(tables: Tables, now: datetime) -> tuple[int, int]:
    """Of the statuses received within the last hour: how many could not be captured, of how many."""
    recent = where("received_at") > to_document(now - HOUR)
    states = [state for (state,) in tables.captures.pluck(recent, "state") if state != CaptureState.OTHER.value]
    return states.count(CaptureState.NOT_CAPTURED.value), len(states)


def disconnects(tables: Tables, since: datetime) -> int:
    """How often a working connection was lost."""
    changes = tables.link_log.find(where("at") > to_document(since - DAY), order_by="at")
    lost = (LinkState.RECONNECTING, LinkState.STARTING)
    return sum(
        before.state is LinkState.CONNECTED and after.state in lost and after.at > since
        for before, after in pairwise(changes)
    )


def _findings(tables: Tables, link: Link, machine: Machine, now: datetime) -> Iterator[Finding]:
    yield from _of_link(tables, link)
    yield from _of_connection(tables, link, now)
    yield from _of_phone(tables, link, now)
    yield _of_captures(tables, now)
    yield from _of_machine(machine)


def _of_link(tables: Tables, link: Link) -> Iterator[Finding]:
    """A state out of which only a person leads, until the link is back; the operator's own stop is none."""
    was_linked = bool(tables.facts.get(ACCOUNT))
    needs_person = link.state in NEEDS_A_PERSON - {LinkState.STOPPED} or (link.state in _UNLINKED and was_linked)
    if needs_person or link.state is LinkState.CONNECTED:  # on the way in between nothing is known yet
        facts = {"state": say(f"link.{link.state}"), "todo": say(f"link.{link.state}.todo"), "why": _why(link)}
        yield Finding("link", needs_person, facts=facts)


def _why(link: Link) -> Phrase:
    """What WhatsApp itself said: of a ban its reason and its end, of a refusal its code."""
    if link.state is LinkState.BANNED and link.until is not None:
        code = link.reason if link.reason in BAN_REASONS else 0
        return say("ban.until", why=say(f"ban.{code}", code=link.reason), until=link.until)
    return say("ban.code", code=link.reason) if link.reason else say("ban.nothing")


def _of_connection(tables: Tables, link: Link, now: datetime) -> Iterator[Finding]:
    tries = link.state in (LinkState.STARTING, LinkState.CONNECTING, LinkState.RECONNECTING)
    is_lost = tries and bool(tables.facts.get(ACCOUNT)) and not coverage(tables, now - OFFLINE, now).seen
    yield Finding("offline", is_lost)
    deaf_for = now - link.since
    yield Finding("deaf", link.state is LinkState.DEAF, facts={"span": deaf_for})
    count = disconnects(tables, now - HOUR)
    yield Finding("unstable", count > DISCONNECTS, Severity.WARNING, {"count": count})


def _of_phone(tables: Tables, link: Link, now: datetime) -> Iterator[Finding]:
    """What an unlinked phone does is not our business, and a bot that was off has seen nothing of anybody."""
    seen = phone_last_seen(tables)
    days = (now - seen).days if seen is not None and link.state is LinkState.CONNECTED else 0
    worst = max((limit for limit in UNSEEN_DAYS if days >= limit), default=0)
    for limit in UNSEEN_DAYS:
        severity = Severity.CRITICAL if limit == max(UNSEEN_DAYS) else Severity.WARNING
        yield Finding(f"phone_unseen:{limit}", limit == worst, severity, {"days": days})


def _of_captures(tables: Tables, now: datetime) -> Finding:
    missed, seen = missed_lately(tables, now)
    is_so = seen >= LEAST_STATUSES and missed > MISSED_SHARE * seen
    share = round(100 * missed / seen) if seen else 0
    return Finding("captures", is_so, Severity.WARNING, {"share": share, "missed": missed, "seen": seen})


def _of_machine(machine: Machine) -> Iterator[Finding]:
    for cause, free, least in (
        ("disk", machine.free_disk, LEAST_FREE_DISK),
        ("memory", machine.free_memory, LEAST_FREE_MEMORY),
    ):
        if free is not None:
            yield Finding(cause, free < least, facts={"free": free // MEBIBYTE})

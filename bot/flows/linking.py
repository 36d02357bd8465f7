"""How the link fares: every change is kept, and the owner is told what happened once the link is back."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.flows import chronicle, sending
from bot.i18n import Catalogue
from bot.logs import fields
from bot.model.chat import Language, say
from bot.model.document import to_document
from bot.model.incident import LinkChange
from bot.model.link import NEEDS_A_PERSON, Link, LinkState
from bot.model.outbox import To
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: States in which an account is being linked: the connection that follows is a new link, with a warm-up of its own.
LINKING = frozenset({LinkState.QR_SHOWN, LinkState.PAIRING_CODE})
#: A shorter interruption is not worth a message.
WORTH_TELLING = timedelta(minutes=1)
#: Heartbeats come twice a minute; a longer silence means that the machine slept and received nothing.
ASLEEP = timedelta(minutes=3)
ACCOUNT = "account"
ACCOUNT_LID = "account_lid"
ALIVE_AT = "alive_at"


def started(tables: Tables, now: datetime) -> None:
    """The bot starts: since it was last alive, nothing was received."""
    alive_at = tables.facts.number(ALIVE_AT)
    last = _last(tables)
    if alive_at and last is not None and last.state is not LinkState.STOPPED:
        from_then = max(last.at, _moment(alive_at))
        tables.link_log.add(LinkChange(0, from_then, LinkState.STOPPED))
    tables.link_log.add(LinkChange(0, now, LinkState.STARTING))


def alive(tables: Tables, now: datetime) -> None:
    """A heartbeat, so that the next start knows since when the bot was off; one that comes late tells of a sleep."""
    beat, last = tables.facts.number(ALIVE_AT), _last(tables)
    tables.facts.set(ALIVE_AT, to_document(now))
    if not beat or last is None or now - _moment(beat) < ASLEEP:
        return
    asleep_from = max(_moment(beat), last.at)
    tables.link_log.add(LinkChange(0, asleep_from, LinkState.DEAF, told=True))
    tables.link_log.add(LinkChange(0, now, last.state, last.reason, last.detail, told=True))


def changed(tables: Tables, catalogue: Catalogue, language: Language, link: Link) -> None:
    """Keep a change of the link; when it is back, tell the control chat what had happened."""
    last = _last(tables)
    if last is not None and (last.state, last.reason) == (link.state, link.reason):
        return
    at = max(link.since, last.at) if last else link.since
    tables.link_log.add(LinkChange(0, at, link.state, link.reason, link.detail))
    chronicle.note(tables, at, "link", state=say(f"link.{link.state}"))
    log.info("link changed", extra=fields(state=link.state, reason=link.reason))
    if link.state is LinkState.CONNECTED:
        _connected(tables, catalogue, language, link)


def _connected(tables: Tables, catalogue: Catalogue, language: Language, link: Link) -> None:
    if link.account is None:
        return
    untold = tables.link_log.find(where("told") == False, order_by="at")  # noqa: E712 - TinyDB's query syntax
    is_new = any(change.state in LINKING for change in untold)
    if is_new or tables.facts.get(ACCOUNT) != str(link.account):
        _welcome(tables, catalogue, language, link)
    else:
        _tell_what_happened(tables, catalogue, language, link, untold)
    for change in untold:
        tables.link_log.save(replace(change, told=True))


def _welcome(tables: Tables, catalogue: Catalogue, language: Language, link: Link) -> None:
    """A new link: its warm-up begins, and the owner gets a first message to answer to."""
    assert link.account is not None
    tables.facts.set(ACCOUNT, str(link.account))
    tables.facts.set(ACCOUNT_LID, str(link.account_lid or ""))
    tables.facts.set(sending.LINKED_AT, to_document(link.since))
    words = catalogue.say("link_chat.welcome", language)
    key = f"welcome:{to_document(link.since)}"
    sending.queue(tables, sending.text(key, link.account, To.CONTROL, words, link.since))


def _tell_what_happened(
    tables: Tables, catalogue: Catalogue, language: Language, link: Link, untold: list[LinkChange]
) -> None:
    """One message for everything since the last time the link was up, if it was long enough or needed a person."""
    assert link.account is not None
    worst = [change for change in untold if change.state in NEEDS_A_PERSON or _is_outage(change)]
    if not worst:
        return
    gap_from = untold[0].at
    needs_telling = any(change.state in NEEDS_A_PERSON - {LinkState.STOPPED} for change in worst)
    if not needs_telling and link.since - gap_from < WORTH_TELLING:
        return
    telling = next((change for change in worst if change.state in NEEDS_A_PERSON), worst[0])
    words = catalogue.say(
        "link_chat.back",
        language,
        start=gap_from,
        end=link.since,
        sentence=catalogue.say(f"link.{telling.state}", language),
    )
    key = f"link:{telling.id}"
    sending.queue(tables, sending.text(key, link.account, To.CONTROL, words, link.since))


def _is_outage(change: LinkChange) -> bool:
    return change.state in (LinkState.RECONNECTING, LinkState.DEAF)


def _last(tables: Tables) -> LinkChange | None:
    newest = tables.link_log.find(where("at") > 0, order_by="at", reverse=True, limit=1)
    return newest[0] if newest else None


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)

"""What is kept of one person: shown, handed out, and deleted for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.flows import retention, strangers, suppression
from bot.model.chat import Phrase, say
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.identity import Jid
from bot.model.outbox import OutboxItem, SendState
from storage.query import where
from storage.rows import Rows
from storage.tables import Tables

#: Stands for the address of a person who was deleted.
NOBODY = Jid("0", "s.whatsapp.net")
CONTACT_ID = "contact_id"
#: Begins the key of the last message to somebody who had their data deleted; it is forgotten within a day.
FAREWELL = "farewell:"


@dataclass(frozen=True)
class Kept:
    """How much there is of one person."""

    statuses: int
    media: int
    results: int
    messages: int


def kept(tables: Tables, contact: Contact) -> Kept:
    of_contact = where(CONTACT_ID) == contact.id
    files = {sha256 for (sha256,) in tables.captures.pluck(of_contact, "media_sha256") if sha256}
    return Kept(
        tables.captures.count(of_contact), len(files), tables.results.count(of_contact), len(_messages(tables, contact))
    )


def shown(tables: Tables, contact: Contact) -> tuple[Phrase, ...]:
    """Everything about a contact, in sentences; also the answer to their own DATOS."""
    found = kept(tables, contact)
    lines = [
        say("privacy.title", name=contact.name, phone=contact.phone),
        say("privacy.consent", how=say(f"privacy.consent_how.{contact.consent}"), at=contact.consent_at),
    ]
    if contact.consent_source:
        lines.append(say("privacy.source", source=contact.consent_source))
    lines += [
        say("privacy.statuses", count=found.statuses, media=found.media),
        say("privacy.messages", count=found.messages),
        say("privacy.results", count=found.results),
    ]
    for result in tables.results.find(where(CONTACT_ID) == contact.id):
        campaign = tables.campaigns.get(result.campaign_id)
        if campaign is not None:
            code = result.outcome.value
            lines.append(say("privacy.result", campaign=campaign.name, icon=say(f"icon.{code}"), at=result.decided_at))
    return tuple(lines)


def collected(tables: Tables, contact: Contact) -> dict[str, Any]:
    """Every row about a contact, by table, JSON-ready."""
    found: dict[str, Any] = {"contact": to_document(contact)}
    for rows in tables.about(CONTACT_ID):
        found[rows.name] = [to_document(row) for row in rows.find(where(CONTACT_ID) == contact.id)]
    found["messages"] = [to_document(item) for item in _messages(tables, contact)]
    return found


def files(tables: Tables, contact: Contact) -> Iterator[tuple[str, str]]:
    """The SHA-256 of the files about a contact, each with a name that says what it is."""
    for capture in tables.captures.find(where(CONTACT_ID) == contact.id):
        if capture.media_sha256:
            yield capture.media_sha256, f"status-{capture.posted_at:%Y%m%d-%H%M%S}-{capture.kind}"
    for judgement in tables.judgements.find(where(CONTACT_ID) == contact.id):
        if judgement.card:
            yield judgement.card, f"evidence-{judgement.posted_at:%Y%m%d-%H%M%S}"


def erase(tables: Tables, contact: Contact, now: datetime) -> Kept:
    """Delete a person for good; what remains is a hash by which they are not added again by themselves.

    Files go with the next sweep, backups within a week. Sent messages stay as numbers without words or address:
    the sending limits count them.
    """
    found = kept(tables, contact)
    for item in _messages(tables, contact):
        _blank(tables, item)
    for (jid,) in tables.addresses.pluck(where(CONTACT_ID) == contact.id, "jid"):
        strangers.ignore(tables, Jid.parse(jid), now)  # what they post later is held back no more
    for rows in tables.about(CONTACT_ID):
        _discard(rows, contact)
    for line in tables.log.all():
        if line.facts.get("contact") == contact.name:
            tables.log.remove(line)
    blacklisted = tables.blacklist.one(where("jid") == str(contact.phone.jid))
    if blacklisted is not None:
        tables.blacklist.remove(blacklisted)
    tables.contacts.remove(contact)
    suppression.suppress(tables, contact.phone, now)
    retention.count(tables, "contacts", 1)
    return found


def _messages(tables: Tables, contact: Contact) -> list[OutboxItem]:
    addresses = [str(jid) for (jid,) in tables.addresses.pluck(where(CONTACT_ID) == contact.id, "jid")]
    wanted = {*addresses, str(contact.phone.jid)}
    return [item for item in tables.outbox.find(where("audience") == "contact") if str(item.to) in wanted]


def _blank(tables: Tables, item: OutboxItem) -> None:
    if item.state in (SendState.QUEUED, SendState.FAILED):
        tables.outbox.remove(item)
        return
    blank = replace(item, key=f"erased:{item.id}", to=NOBODY, text="", media_sha256="", evidence=None)
    tables.outbox.save(replace(blank, quote_id="", quote_text="", quote_author=None))


def _discard(rows: Rows[Any], contact: Contact) -> None:
    for number in rows.numbers(where(CONTACT_ID) == contact.id):
        rows.discard(number)

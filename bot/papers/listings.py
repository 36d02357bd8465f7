"""Lists as sheets: the contacts, what was sent to them, and who did what in the chat."""

from __future__ import annotations

from bot.flows import auditing, people
from bot.model.contact import Consent, Contact
from bot.model.identity import Jid
from bot.model.ledger import AuditLine
from bot.model.outbox import OutboxItem, To
from bot.papers.campaign_sheets import columns_of, number_of
from bot.papers.reader import Reader
from bot.papers.sheet import Cell, Kind, Sheet
from storage.query import where
from storage.tables import Tables


def contacts_sheet(tables: Tables, reader: Reader, *, numbers: bool) -> Sheet:
    """All contacts by name, under headings that the import understands."""
    columns = columns_of(
        reader, ("id", Kind.NUMBER, 6), ("name", Kind.TEXT, 28), ("number", Kind.TEXT, 19), ("consent", Kind.TEXT, 14),
        ("consent_at", Kind.MOMENT, 17), ("state", Kind.TEXT, 14), ("seen", Kind.MOMENT, 17),
    )  # fmt: skip
    contacts = sorted(tables.contacts.all(), key=lambda contact: contact.name.casefold())
    rows = (_contact_row(reader, contact, numbers=numbers) for contact in contacts)
    return Sheet(reader.say("sheet.contacts"), columns, tuple(rows))


def deliveries_sheet(tables: Tables, reader: Reader, *, numbers: bool) -> Sheet:
    """The messages to contacts, the newest first, and what became of them."""
    columns = columns_of(
        reader, ("id", Kind.NUMBER, 6), ("name", Kind.TEXT, 28), ("number", Kind.TEXT, 19), ("queued", Kind.MOMENT, 17),
        ("sent", Kind.MOMENT, 17), ("delivered", Kind.MOMENT, 17), ("read", Kind.MOMENT, 17),
        ("sending_state", Kind.TEXT, 14), ("failure", Kind.TEXT, 30), ("text", Kind.TEXT, 60),
    )  # fmt: skip
    items = tables.outbox.find(where("audience") == To.CONTACT.value)
    rows = (_delivery_row(tables, item, numbers=numbers) for item in sorted(items, key=lambda item: -item.id))
    return Sheet(reader.say("sheet.deliveries"), columns, tuple(rows))


def _contact_row(reader: Reader, contact: Contact, *, numbers: bool) -> tuple[Cell, ...]:
    state = "left" if contact.consent is Consent.WITHDRAWN else "paused" if contact.paused else "takes_part"
    return (
        contact.id, contact.name, number_of(contact.phone, numbers=numbers),
        reader.say(f"sheet.consent.{contact.consent.value}"), contact.consent_at, reader.say(f"sheet.{state}"),
        contact.last_seen_at,
    )  # fmt: skip


def _delivery_row(tables: Tables, item: OutboxItem, *, numbers: bool) -> tuple[Cell, ...]:
    contact = people.contact_of(tables, (item.to,))
    phone = item.to.phone
    number = number_of(phone, numbers=numbers) if phone else item.to.masked
    return (
        item.id, contact.name if contact else "", number, item.created_at, item.sent_at, item.delivered_at,
        item.read_at, item.state.value, item.failure, item.text,
    )  # fmt: skip


def audit_sheet(tables: Tables, reader: Reader, *, numbers: bool) -> Sheet:
    """Who did what, the newest first; the commands are kept with masked numbers."""
    columns = columns_of(
        reader, ("at", Kind.MOMENT, 17), ("who", Kind.TEXT, 20), ("role", Kind.TEXT, 12), ("command", Kind.TEXT, 50),
        ("did", Kind.TEXT, 60),
    )  # fmt: skip
    rows = (_audit_row(reader, line, numbers=numbers) for line in auditing.newest_first(tables))
    return Sheet(reader.say("sheet.audit"), columns, tuple(rows))


def _audit_row(reader: Reader, line: AuditLine, *, numbers: bool) -> tuple[Cell, ...]:
    person = Jid.parse(line.person)
    number = number_of(person.phone, numbers=numbers) if person.phone else person.masked
    return (line.at, number, reader.say(f"role.{line.role.name.lower()}"), line.text, line.did)

"""`!contact import`: the people of a CSV, XLSX or VCF file; good rows are added, the others come back to be mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from bot.flows.enrolling import Enrolment, enrol
from bot.model.chat import Need, OrderPart, Paper, Phrase, Reply, Role, Table, say
from bot.model.document import from_document
from bot.model.errors import UserError
from bot.model.event import Media
from bot.model.roster import BadRow, Person, columns_of, read_roster
from commands.declaration import Ask, Example, Group, WrongUse, both, command
from commands.kinds import looks_like_phone
from commands.words import cleaned, echo

#: So many bad rows, and so many that are known, are told in the chat; the file that comes back tells all bad ones.
MOST_TOLD = 8


@dataclass
class Taken:
    """What became of the rows of a file."""

    people: defaultdict[Enrolment, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    bad: list[BadRow] = field(default_factory=list)


@command(
    en=("contact import", "import contacts", "import"),
    es=("contacto importar", "importar contactos", "importar"),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    need=Need.TABLE,
    more=True,
    examples=both(
        Example("!contact import", "added: 1 · already known: 1 · not added: 1", table=True),
        Example("!contacto importar", "agregados: 1 · ya conocidos: 1 · no agregados: 1", table=True),
    ),
)
def contact_import(ask: Ask) -> Reply:
    if not ask.order.parts:
        raise WrongUse("contact_import.no_file")
    if len(ask.order.parts) > 1:
        raise WrongUse("contact_import.one_file")
    table = _table(ask.order.parts[0])
    columns = columns_of(table, ask.region)
    if columns is None:
        raise UserError("contact_import.no_numbers", columns=echo(", ".join(filter(None, table.columns))))
    filename = from_document(Media, ask.order.parts[0].media).filename
    taken = _take(ask, read_roster(table, columns, ask.region), filename)
    return Reply(tuple(_report(taken)), papers=(_to_mend(table, taken.bad),) if taken.bad else ())


def _table(part: OrderPart) -> Table:
    if part.table is None:
        raise UserError("contact_import.unreadable", why=say(f"attachment.{part.failure or 'unreachable'}"))
    if not part.table.columns:
        raise UserError("contact_import.empty")
    return part.table


def _take(ask: Ask, rows: Iterable[Person | BadRow], source: str) -> Taken:
    """Add whoever can be added, each row for itself; the list is where their consent is known from."""
    taken = Taken()
    for row in rows:
        if isinstance(row, BadRow):
            taken.bad.append(row)
            continue
        agreed_at = _noon(ask, row.agreed_on) if row.agreed_on else None
        called = row.phones[0].masked if looks_like_phone(row.name) else cleaned(row.name)  # the page shows names
        own = ask.overview.link.account
        enrolled = enrol(ask.tables, called, row.phones, own, ask.now, agreed_at, source)
        contact = enrolled.contact
        name, number = (contact.name, contact.id) if contact else (row.name, 0)
        taken.people[enrolled.how].append(say("contact_import.row", row=row.row, name=echo(name), id=number))
    return taken


def _noon(ask: Ask, day: date) -> datetime:
    """A date as a moment; not one that is still to come."""
    return min(datetime.combine(day, time(12), ask.zone).astimezone(UTC), ask.now)


def _report(taken: Taken) -> Iterable[Phrase]:
    people = taken.people
    added, known = len(people[Enrolment.ADDED]), len(people[Enrolment.KNOWN])
    kept_out = len(taken.bad) + sum(map(len, people.values())) - added - known
    yield say("contact_import.done", added=added, known=known, bad=kept_out)
    for bad in taken.bad[:MOST_TOLD]:
        wrong = say(f"roster.{bad.flaw}", text=echo(bad.text))
        yield say("contact_import.bad_row", row=bad.row, wrong=wrong)
    if len(taken.bad) > MOST_TOLD:
        yield say("contact_import.more_bad", n=len(taken.bad) - MOST_TOLD)
    for how in Enrolment:
        if how is not Enrolment.ADDED:
            yield from _listed(f"contact_import.{how}", people[how])
    if people[Enrolment.ADDED]:
        yield say("contact_add.consent")
        yield say("contact_add.save_each_other")
        yield say("contact_import.undo")


def _listed(key: str, rows: Sequence[Phrase]) -> Iterable[Phrase]:
    if rows:
        more = (say("contact_import.and_more", n=len(rows) - MOST_TOLD),) if len(rows) > MOST_TOLD else ()
        yield say(key, rows=(*rows[:MOST_TOLD], *more))


def _to_mend(table: Table, bad: Sequence[BadRow]) -> Paper:
    rows = [{"row": row.row, "cells": row.cells, "flaw": row.flaw.value, "text": echo(row.text)} for row in bad]
    return Paper("mending", {"columns": table.columns, "rows": rows})

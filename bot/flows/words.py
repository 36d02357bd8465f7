"""What contacts may say by direct message: ACEPTO/YES to take part, BAJA/STOP to leave. Nothing else is answered."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from bot.flows import chronicle, people, proving, sending, strangers
from bot.i18n import Catalogue
from bot.logs import fields
from bot.model.contact import Consent, Contact
from bot.model.event import MessageSeen
from bot.model.outbox import Pace, To
from bot.model.outgoing import Quote
from bot.model.words import own_word, proof_word
from storage.tables import Tables

log = logging.getLogger(__name__)


def heard(tables: Tables, catalogue: Catalogue, message: MessageSeen, now: datetime) -> None:
    """Act on a contact's own word, at once and for good; strangers and other texts get no answer."""
    meant, proves = own_word(message), proof_word(message)
    if meant is None and proves is None:
        return
    contact = people.contact_of(tables, message.authors)
    if contact is None:
        strangers.park(tables, message, now)
        return
    if meant is None:
        if proves is not None and proving.offered(tables, contact, message, now):
            _answer(tables, catalogue.say("contact.proof", proves, name=contact.name), contact, message, now)
        return
    if contact.consent is not Consent.DECLARED and message.sent_at < contact.consent_at:
        return  # delivered late: what they said since counts
    consent, language = meant
    people.learn_addresses(tables, contact, message.authors, now)
    tables.contacts.save(replace(contact, consent=consent, consent_at=message.sent_at))
    chronicle.note(tables, now, f"consent_{consent}", contact=contact.name)
    log.info("contact changed consent", extra=fields(contact=contact.id, consent=consent))
    _answer(tables, catalogue.say(f"contact.{consent}", language, name=contact.name), contact, message, now)


def _answer(tables: Tables, answer: str, contact: Contact, message: MessageSeen, now: datetime) -> None:
    quote = Quote(message.id, message.author, message.content.text)
    item = sending.text(f"word:{contact.id}:{message.id}", contact.phone.jid, To.CONTACT, answer, now, quote)
    sending.queue(tables, replace(item, pace=Pace.CONFIRMATION))


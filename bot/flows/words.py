"""What contacts may say by direct message: ACEPTO, BAJA, PRUEBA, DATOS, BORRAR. Nothing else is answered."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from bot.flows import chronicle, people, privacy, proving, sending, strangers
from bot.i18n import Catalogue
from bot.logs import fields
from bot.model.chat import Language
from bot.model.contact import Consent, Contact
from bot.model.event import MessageSeen
from bot.model.outbox import Pace, To
from bot.model.outgoing import MARKER, Quote
from bot.model.words import DataWord, data_word, own_word, proof_word
from storage.tables import Tables

log = logging.getLogger(__name__)


def heard(tables: Tables, catalogue: Catalogue, owners: Language, message: MessageSeen, now: datetime) -> None:
    """Act on a contact's own word, at once and for good; strangers and other texts get no answer.

    They are answered in the language of their word; what the owner must know is told in the owner's.
    """
    meant, proves, asks = own_word(message), proof_word(message), data_word(message)
    if meant is None and proves is None and asks is None:
        return
    contact = people.contact_of(tables, message.authors)
    if contact is None:
        strangers.park(tables, message, now)
        return
    if asks is not None:
        _about_data(tables, catalogue, contact, message, *asks, now)
        return
    if meant is None:
        if proves is not None and proving.offered(tables, catalogue, owners, contact, message, now):
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


def _about_data(
    tables: Tables, catalogue: Catalogue, contact: Contact, message: MessageSeen, asks: DataWord, language: Language,
    now: datetime,
) -> None:  # fmt: skip
    """Their data is shown to them, or deleted for good; one who was added anew since did not mean that."""
    if asks is DataWord.SHOW:
        words = "\n".join(catalogue.render(line, language) for line in privacy.shown(tables, contact))
        _answer(tables, f"{MARKER} {words}", contact, message, now)
    elif message.sent_at >= contact.created_at:
        privacy.erase(tables, contact, now)
        chronicle.note(tables, now, "erased")
        log.info("contact had their data deleted", extra=fields(contact=contact.id))
        words = catalogue.say("contact.erased", language, name=contact.name)
        farewell = sending.text(f"{privacy.FAREWELL}{message.id}", contact.phone.jid, To.CONTACT, words, now)
        sending.queue(tables, replace(farewell, pace=Pace.CONFIRMATION))


def _answer(tables: Tables, answer: str, contact: Contact, message: MessageSeen, now: datetime) -> None:
    quote = Quote(message.id, message.author, message.content.text)
    item = sending.text(f"word:{contact.id}:{message.id}", contact.phone.jid, To.CONTACT, answer, now, quote)
    sending.queue(tables, replace(item, pace=Pace.CONFIRMATION))

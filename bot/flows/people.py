"""Who wrote this? Addresses to contacts, and which campaigns look at a contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model.campaign import Audience, Campaign, CampaignState, pair_key
from bot.model.contact import Address, Consent, Contact
from bot.model.document import to_document
from bot.model.identity import ContactId, Jid
from storage.query import where
from storage.tables import Tables

#: Between two questions for a contact, after no answer and after "not on WhatsApp".
LOOK_UP_AGAIN = timedelta(minutes=10)
NOT_THERE_AGAIN = timedelta(days=1)


def contact_of(tables: Tables, addresses: Iterable[Jid]) -> Contact | None:
    """The contact known under any of these addresses."""
    for jid in addresses:
        address = tables.addresses.one(where("jid") == str(jid))
        if address is not None:
            return tables.contacts.get(address.contact_id)
    return None


def learn_addresses(tables: Tables, contact: Contact, addresses: Iterable[Jid], now: datetime) -> None:
    """Remember under which addresses a contact was seen; an address keeps its first owner."""
    for jid in addresses:
        tables.addresses.add_once(Address(0, str(jid), contact.id, now))


def wrote(tables: Tables, addresses: Iterable[Jid | None], at: datetime) -> None:
    """A contact wrote to the account; strangers leave no trace."""
    contact = contact_of(tables, (jid for jid in addresses if jid is not None))
    if contact is not None and (contact.last_wrote_at is None or contact.last_wrote_at < at):
        tables.contacts.save(replace(contact, last_wrote_at=at))


def due_look_ups(tables: Tables, now: datetime, limit: int) -> list[Contact]:
    """The contacts whose LID WhatsApp is to be asked for: their statuses may come under it alone."""
    return tables.contacts.find(where("look_up_at") <= to_document(now), order_by="look_up_at", limit=limit)


def looked_up(tables: Tables, contact_id: ContactId, lid: Jid | None, now: datetime) -> None:
    """WhatsApp answered: the contact's LID, or None when it does not know the number."""
    contact = tables.contacts.get(contact_id)
    if contact is None:
        return
    if lid is not None:
        learn_addresses(tables, contact, (lid,), now)
    again = None if lid is not None else now + NOT_THERE_AGAIN
    tables.contacts.save(replace(contact, on_whatsapp=lid is not None, look_up_at=again))


def asks_remain(tables: Tables) -> bool:
    """Whether WhatsApp is still being asked for the LID of a contact: an unknown one may be theirs."""
    return tables.contacts.count((where("look_up_at") > 0) & (where("on_whatsapp") == None)) > 0  # noqa: E711


def look_up_failed(tables: Tables, contact_id: ContactId, now: datetime) -> None:
    """No answer: ask again later."""
    contact = tables.contacts.get(contact_id)
    if contact is not None:
        tables.contacts.save(replace(contact, look_up_at=now + LOOK_UP_AGAIN))


def campaigns_of(tables: Tables, contact: Contact, posted_at: datetime | None = None) -> list[Campaign]:
    """The active campaigns that look at this contact's statuses; none without consent or while paused.

    With `posted_at`, only those in whose period a status of that moment is.
    """
    if not contact.takes_part:
        return []
    active = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    looking = (each for each in active if posted_at is None or each.rules.take_in(posted_at))
    return [campaign for campaign in looking if takes_part(tables, campaign, contact.id)]


def takes_part(tables: Tables, campaign: Campaign, contact_id: ContactId) -> bool:
    exception = tables.memberships.one(where("key") == pair_key(campaign.id, contact_id))
    if exception is not None:
        return exception.takes_part
    return campaign.audience is Audience.EVERYONE


def taking_part(tables: Tables) -> frozenset[ContactId]:
    """Everybody who did not leave and is not paused."""
    is_willing = (where("consent") != Consent.WITHDRAWN.value) & (where("paused") == False)  # noqa: E712
    return frozenset(ContactId(number) for number in tables.contacts.numbers(is_willing))


def not_taking_part(tables: Tables) -> frozenset[ContactId]:
    """The others: few, and found without reading everybody."""
    left = tables.contacts.numbers(where("consent") == Consent.WITHDRAWN.value)
    paused = tables.contacts.numbers(where("paused") == True)  # noqa: E712 - TinyDB's query syntax
    return frozenset(ContactId(number) for number in (*left, *paused))


def among(tables: Tables, campaign: Campaign, willing: frozenset[ContactId]) -> frozenset[ContactId]:
    """Those of the willing that a campaign is about."""
    exceptions = tables.memberships.pluck(where("campaign_id") == campaign.id, "contact_id", "takes_part")
    added = {who for who, is_in in exceptions if is_in}
    if campaign.audience is Audience.CHOSEN:
        return willing & added
    return willing - {who for who, is_in in exceptions if not is_in}


def participants(tables: Tables, campaign: Campaign) -> list[Contact]:
    """The contacts that a campaign is about, by name; those who left or are paused are not among them."""
    chosen = among(tables, campaign, taking_part(tables))
    contacts = (contact for contact in tables.contacts.all() if contact.id in chosen)
    return sorted(contacts, key=lambda contact: contact.name.casefold())

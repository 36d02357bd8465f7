"""Who wrote this? Addresses to contacts, and which campaigns look at a contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.model.campaign import Audience, Campaign, CampaignState, pair_key
from bot.model.contact import Address, Contact
from bot.model.identity import ContactId, Jid
from storage.query import where
from storage.tables import Tables


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


def campaigns_of(tables: Tables, contact: Contact) -> list[Campaign]:
    """The active campaigns that look at this contact's statuses; none without consent or while paused."""
    if not contact.takes_part:
        return []
    active = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    return [campaign for campaign in active if takes_part(tables, campaign, contact.id)]


def takes_part(tables: Tables, campaign: Campaign, contact_id: ContactId) -> bool:
    exception = tables.memberships.one(where("key") == pair_key(campaign.id, contact_id))
    if exception is not None:
        return exception.takes_part
    return campaign.audience is Audience.EVERYONE


def participants(tables: Tables, campaign: Campaign) -> list[Contact]:
    """The contacts that a campaign is about, by name; those who left or are paused are not among them."""
    exceptions = {
        member.contact_id: member.takes_part
        for member in tables.memberships.find(where("campaign_id") == campaign.id)
    }
    default = campaign.audience is Audience.EVERYONE
    chosen = (contact for contact in tables.contacts.all() if exceptions.get(contact.id, default))
    return sorted((contact for contact in chosen if contact.takes_part), key=lambda contact: contact.name.casefold())

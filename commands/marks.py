"""`!mark` and `!unmark`: an outcome set by hand stays whatever is seen, until it is taken back."""

from __future__ import annotations

from bot.flows import outcomes
from bot.model.campaign import Campaign, pair_key
from bot.model.chat import Reply, Role, say
from bot.model.contact import Contact
from bot.model.result import PENDIENTE, Outcome
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Choice, Text
from commands.targets import CampaignTarget, ContactTarget
from commands.words import Word, folded
from storage.query import where

_OUTCOME = Choice(
    {
        Outcome.CUMPLE: ("complied", "cumple", "cumplió", "yes", "sí"),
        Outcome.INCUMPLE: ("failed", "incumple", "incumplió", "no cumple", "no cumplió", "did not comply", "no"),
        Outcome.NO_CAPTURADO: (
            "not_captured", "no_capturado", "not-captured", "no-capturado", "not captured", "no capturado",
        ),
    },
    bilingual=True,
)  # fmt: skip
_CONTACT = Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto")


def _begins_outcome(word: Word) -> bool:
    first_words = {folded(name).split()[0] for known in _OUTCOME.words.values() for name in known}
    return not word.quoted and folded(word.text) in first_words


@command(
    en=("mark",),
    es=("marcar",),
    group=Group.RESULTS,
    role=Role.OPERATOR,
    arguments=(
        _CONTACT,
        Argument("campaign", CampaignTarget(_begins_outcome), en="campaign", es="campaña", required=False),
        Argument("outcome", _OUTCOME, en="complied | failed | not_captured", es="cumple | incumple | no_capturado"),
        Argument("why", Text(120), en="why", es="motivo", required=False),
    ),
    more=True,
    examples=both(
        (
            Example("!mark Sofía promo complied showed me her phone", "✅ complied"),
            Example("!mark Ana promo failed", "❌ did not comply"),
        ),
        (
            Example("!marcar Sofía promo cumple me mostró su teléfono", "✅ cumple"),
            Example("!marcar Ana promo incumple", "❌ incumple"),
        ),
    ),
)
def mark(ask: Ask, contact: Contact, campaign: Campaign, outcome: Outcome, why: str | None) -> Reply:
    before = ask.tables.results.one(where("key") == pair_key(campaign.id, contact.id))
    outcomes.mark(ask.tables, campaign, contact, outcome, ask.who, why or "", ask.now)
    code = before.outcome.value if before else PENDIENTE
    facts = {"name": contact.name, "id": contact.id, "campaign": campaign.name}
    return Reply((say("mark.set", before=say(f"outcome.{code}"), after=say(f"outcome.{outcome}"), **facts),))


@command(
    en=("unmark",),
    es=("desmarcar",),
    group=Group.RESULTS,
    role=Role.OPERATOR,
    arguments=(_CONTACT, Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False)),
    examples=both(Example("!unmark Ana promo", "nothing is set"), Example("!desmarcar Ana promo", "no tiene nada")),
)
def unmark(ask: Ask, contact: Contact, campaign: Campaign) -> Reply:
    facts = {"name": contact.name, "id": contact.id, "campaign": campaign.name}
    if not outcomes.unmark(ask.tables, campaign, contact, ask.now):
        return Reply((say("mark.nothing", **facts),))
    result = ask.tables.results.one(where("key") == pair_key(campaign.id, contact.id))
    code = result.outcome.value if result else PENDIENTE
    return Reply((say("mark.taken_back", after=say(f"outcome.{code}"), **facts),))

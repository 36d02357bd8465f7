"""`!campaign rule`: what a campaign asks of a status besides showing one of its pictures."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import outcomes
from bot.flows.rule_lines import described
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.rules import LATE
from commands.again import more_is_asked
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.rule_change import RuleChange, RuleChangeKind, begins_rule
from commands.targets import CampaignTarget


@command(
    en=("campaign rule", "campaign rules"),
    es=("campaña regla", "campaña reglas"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(
        Argument("campaign", CampaignTarget(begins_rule), en="campaign", es="campaña", required=False),
        Argument(
            "change", RuleChangeKind(), en="rule value | rule off", es="regla valor | regla quitar", required=False
        ),
    ),
    more=True,
    examples=both(
        (
            Example("!campaign rule promo from 1/6 to 7/6", "Until: 7 Jun 2026"),
            Example("!campaign rule promo hours 8-20", "from 08:00 to 20:00"),
            Example("!campaign rule promo posts 2", "At least 2 statuses"),
            Example("!campaign rule promo caption Café Sol", "“Café Sol”"),
            Example("!campaign rule promo clear", "No rules"),
            Example("!campaign rules promo", "No rules"),
        ),
        (
            Example("!campaña regla promo desde 1/6 hasta 7/6", "Hasta: 7 jun 2026"),
            Example("!campaña regla promo horas 8-20", "de 08:00 a 20:00"),
            Example("!campaña regla promo publicaciones 2", "Al menos 2 estados"),
            Example("!campaña regla promo texto Café Sol", "«Café Sol»"),
            Example("!campaña regla promo quitar", "Sin reglas"),
            Example("!campaña reglas promo", "Sin reglas"),
        ),
    ),
)
def campaign_rule(ask: Ask, campaign: Campaign, change: RuleChange | None) -> Reply:
    if change is None:
        return Reply(_shown(campaign))
    changed = ask.tables.campaigns.save(replace(campaign, rules=change.apply(campaign.rules)))
    moved = outcomes.settle_all(ask.tables, changed, ask.now)
    remarks = (*_remarks(ask, changed), *more_is_asked(ask, campaign, changed))
    return Reply((*_shown(changed), *remarks, say("rule.settled", count=moved)))


def _shown(campaign: Campaign) -> tuple[Phrase, ...]:
    title = say("rule.title", name=campaign.name, id=campaign.id)
    return (title, *(described(campaign.rules) or (say("rule.none"),)))


def _remarks(ask: Ask, campaign: Campaign) -> tuple[Phrase, ...]:
    """What follows from the rules that may not be expected."""
    rules = campaign.rules
    if rules.daily and rules.ends_at is None:
        return (say("rule.daily_needs_end", id=campaign.id),)
    if rules.ends_at is not None and rules.ends_at <= ask.now and campaign.state is not CampaignState.CLOSED:
        return (say("rule.is_over", at=rules.ends_at + LATE),)
    return ()

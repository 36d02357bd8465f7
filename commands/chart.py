"""`!chart`: the results as a picture, with its numbers in the caption."""

from __future__ import annotations

from bot.model.campaign import Campaign
from bot.model.chat import Paper, Reply, Role
from bot.model.errors import UserError
from commands.declaration import Argument, Ask, Example, Group, Option, both, command
from commands.kinds import ChoiceOrCampaign, Number
from commands.targets import CampaignTarget, OptionalCampaignTarget

#: The charts by the names that their maker knows (bot.papers.charts), with the words for them in either language.
_CHARTS = ChoiceOrCampaign(
    {
        "pie": ("pie", "torta", "pastel", "tarta", "dona", "donut"),
        "days": ("days", "días", "day", "día"),
        "hours": ("hours", "horas", "hour", "hora"),
        "rates": ("campaigns", "campañas", "rates"),
        "uptime": ("uptime", "coverage", "cobertura", "conexión"),
    }
)
#: Charts that are not about one campaign.
_GENERAL = frozenset({"rates", "uptime"})
MOST_DAYS = 400
_DAYS = Option("days", Number(), en="days", es="días", value_en="30", value_es="30")


@command(
    en=("chart", "graph"),
    es=("gráfico", "gráfica"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(
        Argument("kind", _CHARTS, en="pie|days|hours|campaigns|uptime", es="torta|días|horas|campañas|cobertura",
                 required=False),
        Argument("campaign", OptionalCampaignTarget(), en="campaign", es="campaña", required=False),
    ),
    options=(_DAYS,),
    more=True,
    examples=both(
        (
            Example("!chart pie promo", "📊 *Promo Mayo (#1)*", paper="chart"),
            Example("!chart days promo", "posts by day", paper="chart"),
            Example("!chart hours", "posts by hour", paper="chart"),
            Example("!chart campaigns", "Promo Mayo (#1): 33 % · 1/3", paper="chart"),
            Example("!chart uptime days:14", "Coverage by day", paper="chart"),
            Example("!chart promo", "📊 *Promo Mayo (#1)*", paper="chart"),
        ),
        (
            Example("!gráfico torta promo", "📊 *Promo Mayo (#1)*", paper="chart"),
            Example("!grafico días promo", "publicaciones por día", paper="chart"),
            Example("!gráfico horas", "publicaciones por hora", paper="chart"),
            Example("!gráfico campañas", "Promo Mayo (#1): 33 % · 1/3", paper="chart"),
            Example("!gráfico cobertura días:14", "Cobertura por día", paper="chart"),
            Example("!gráfico promo", "📊 *Promo Mayo (#1)*", paper="chart"),
        ),
    ),
)  # fmt: skip
def chart(ask: Ask, kind: str | None, campaign: Campaign | None, days: int | None) -> Reply:
    kind = kind or "pie"
    if days and days > MOST_DAYS:
        raise UserError("chart.too_many_days", most=MOST_DAYS)
    about = None if kind in _GENERAL else campaign or _only_one(ask)
    return Reply(papers=(Paper("chart", {"chart": kind, "campaign": about.id if about else None, "days": days}),))


def _only_one(ask: Ask) -> Campaign | None:
    """The only active campaign; among several, all of them are meant."""
    try:
        return CampaignTarget().take((), ask)[0]
    except UserError:
        return None

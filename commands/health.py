"""`!health`: what is checked all the time, and what is wrong now."""

from __future__ import annotations

from bot.model.chat import Phrase, Reply, Role, say
from bot.model.overview import HealthItem
from commands.declaration import Ask, Example, Group, both, command

_SIGNS = {True: "✅", False: "⚠️", None: "▫️"}


@command(
    en=("health",),
    es=("salud",),
    group=Group.GENERAL,
    role=Role.VIEWER,
    examples=both(Example("!health", "*Connected*"), Example("!salud", "*Conectado*")),
)
def health(ask: Ask) -> Reply:
    view = ask.overview
    link = say("status.link", state=say(f"link.{view.link.state.value}"), at=view.link.since)
    items = [_item(item) for item in view.health]
    open_alerts = [
        say("health_command.alert", at=alert.since, text=say(f"alert.{alert.kind}", **alert.facts))
        for alert in view.alerts
    ]
    return Reply((link, *items, *(open_alerts or [say("health_command.no_alerts")])))


def _item(item: HealthItem) -> Phrase:
    detail = item.detail or say("page.health.unknown")
    return say("health_command.item", sign=_SIGNS[item.ok], name=say(f"health.{item.name}"), detail=detail)

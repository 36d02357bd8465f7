"""`!status`: is the bot well?"""

from __future__ import annotations

from bot.flows.coverage_lines import lately
from bot.flows.outcome_lines import in_one_line
from bot.model.chat import Phrase, Reply, Role, say
from commands.declaration import Ask, Example, Group, both, command
from commands.limits import limit_row

#: Share of a limit from which `!status` mentions it.
NEARLY_USED = 0.8


@command(
    en=("status",),
    es=("estado",),
    group=Group.GENERAL,
    role=Role.VIEWER,
    examples=both(Example("!status", "Connected"), Example("!estado", "Conectado")),
)
def status(ask: Ask) -> Reply:
    view = ask.overview
    lines = [
        say("status.link", state=say(f"link.{view.link.state.value}"), at=view.link.since),
        lately(ask.tables, ask.zone, ask.now),
        say(
            "status.captures",
            seen=view.captures.seen,
            waiting=view.captures.waiting,
            not_captured=view.captures.not_captured,
            other=view.captures.other,
        ),
        *(
            say("status.campaign", name=each.name, id=each.id, outcomes=in_one_line(each.outcomes))
            for each in view.campaigns
        ),
        say("status.queue", waiting=view.queue.waiting, sent=view.queue.sent_today, failed=view.queue.failed),
        *_worries(ask),
    ]
    return Reply(tuple(lines))


def _worries(ask: Ask) -> tuple[Phrase, ...]:
    """What the owner should look at."""
    view = ask.overview
    lines = [say("status.limit", limit=limit_row(use)) for use in view.limits if use.used >= NEARLY_USED * use.limit]
    if view.queue.in_doubt:
        lines.append(say("status.in_doubt", count=view.queue.in_doubt))
    return tuple(lines)

"""`!limits`, its profiles, and the warm-up: how much may still be sent, and when."""

from __future__ import annotations

from bot.flows import allowances, preferences, sending
from bot.flows.queueing import count_waiting
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.failures import over
from bot.model.identity import Phone
from bot.model.outbox import To
from bot.model.overview import LimitUse
from bot.model.pacing import SendWindow, Use
from bot.settings import Profile
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Choice
from commands.recipients import AnyNumber

ON_OFF = Choice({True: ("on", "sí", "si", "yes", "activar"), False: ("off", "no", "desactivar")})
_PROFILES = Choice(
    {
        Profile.NORMAL: ("normal",),
        Profile.INTENSIVE: ("intensive", "intensivo"),
        Profile.CONSERVATIVE: ("conservative", "conservador"),
    }
)


@command(
    en=("limits", "limit"),
    es=("límites", "límite"),
    group=Group.SENDING,
    role=Role.VIEWER,
    arguments=(Argument("phone", AnyNumber(), en="contact or number", es="contacto o número", required=False),),
    examples=both(
        (Example("!limits", "minute: 2 of 30"), Example("!limits Ana", "can be written to now")),
        (Example("!límites", "minuto: 2 de 30"), Example("!límites Ana", "Ya se le puede escribir")),
    ),
)
def limits(ask: Ask, phone: Phone | None) -> Reply:
    if phone is not None:
        return Reply(_of_number(ask, phone))
    rows = [limit_row(use) for use in ask.overview.limits]
    lines = [say("limits.title"), *rows, say("limits.waiting", count=ask.overview.queue.waiting)]
    if ask.overview.queue.next_at is not None and ask.overview.queue.waiting:
        lines.append(say("limits.next", at=ask.overview.queue.next_at))
    return Reply(tuple(lines))


@command(
    en=("limits profile",),
    es=("límites perfil", "perfil"),
    group=Group.SENDING,
    role=Role.OWNER,
    arguments=(
        Argument(
            "profile", _PROFILES, en="normal | intensive | conservative", es="normal | intensivo | conservador",
            required=False,
        ),
    ),
    more=True,
    examples=both(
        (Example("!limits profile conservative", "3 a minute"), Example("!limits profile", "as in the settings")),
        (Example("!límites perfil conservador", "3 por minuto"), Example("!límites perfil", "según los ajustes")),
    ),
)  # fmt: skip
def limits_profile(ask: Ask, profile: Profile | None) -> Reply:
    if profile is None:
        chosen = preferences.chosen(ask.tables).get(preferences.PROFILE, "own")
        return Reply((say("limits.profile_now", profile=say(f"limits.profile.{chosen}")),))
    preferences.choose(ask.tables, ask.policy.base, preferences.PROFILE, profile.value, ask.now)
    now = allowances.of_profile(profile)
    minute, hour, day = (count for _, _, count in now.per_number)
    total = now.in_total[0][2]
    facts = {"minute": minute, "hour": hour, "day": day, "total": total, "gap": now.number_gap}
    lines = [say("limits.profile_set", profile=say(f"limits.profile.{profile.value}"), **facts)]
    if profile is Profile.INTENSIVE:
        lines.append(say("limits.intensive_warning"))
    return Reply(tuple(lines))


def _what_is_risked(ask: Ask, is_on: bool | None) -> tuple[Phrase, ...]:
    return (say("warmup.ask"),) if is_on is False else ()


@command(
    en=("warmup", "warm-up"),
    es=("calentamiento",),
    group=Group.SENDING,
    role=Role.OWNER,
    arguments=(Argument("is_on", ON_OFF, en="on | off", es="sí | no", required=False),),
    more=True,
    confirm=_what_is_risked,
    examples=both(
        (Example("!warmup", "no warm-up"), Example("!warmup off", "can ban")),
        (Example("!calentamiento", "no hay calentamiento"), Example("!calentamiento no", "puede bloquear")),
    ),
)
def warmup(ask: Ask, is_on: bool | None) -> Reply:
    if is_on is not None:
        allowances.choose_warmup(ask.tables, is_on=is_on)
        return Reply((say("warmup.on" if is_on else "warmup.off"),))
    recent = recent_sends(ask)
    day = recent.warmup_day(ask.now)
    if day is None:
        return Reply((say("warmup.none"),))
    days = recent.limits.warmup
    used = next(use.used for use in recent.use(ask.now) if use.limit.value == "warmup")
    return Reply((say("warmup.day", day=day + 1, days=len(days), used=used, limit=days[day]),))


def recent_sends(ask: Ask) -> SendWindow:
    """The sending window as it is now."""
    return sending.window(ask.tables, ask.overview.allowances, ask.now)


def limit_row(use: LimitUse | Use) -> Phrase:
    key, most = (use.limit.value, use.allowed) if isinstance(use, Use) else (use.name, use.limit)
    name = say(f"limits.name.{key}")
    if use.resets_at is None:
        return say("limits.row_free", name=name, used=use.used, limit=most)
    return say("limits.row", name=name, used=use.used, limit=most, at=use.resets_at)


def _of_number(ask: Ask, phone: Phone) -> tuple[Phrase, ...]:
    recent = recent_sends(ask)
    rows = [limit_row(use) for use in recent.use(ask.now, str(phone.jid))]
    decision = recent.earliest(str(phone.jid), To.CONTACT, ask.now)
    when = say("limits.goes_now")
    if decision.limit is not None:
        when = say("limits.goes_at", why=over(decision.limit), at=decision.at)
    waiting = say("limits.waiting", count=count_waiting(ask.tables, phone.jid))
    return (say("limits.number_title", phone=phone), *rows, when, waiting)

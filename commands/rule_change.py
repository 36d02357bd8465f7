"""What can be said about a campaign's rules: which rule, and its new value or that it is to go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.model.errors import UserError
from bot.model.rules import CampaignRules
from commands.declaration import Ask, WrongUse, nearly
from commands.kinds import whole
from commands.moments import hours, moment, span
from commands.words import Word, Words, echo, folded, joined, nearest

#: More statuses than this in one campaign, or on one day, nobody asks for.
MOST_POSTS = 50
#: Characters that a caption may be asked to hold.
LONGEST_CAPTION = 80
#: WhatsApp shows a status for a day.
LONGEST_ALIVE = timedelta(hours=24)

Change = Callable[[CampaignRules, str, Ask], CampaignRules]

_OFF = frozenset({"off", "none", "clear", "remove", "no", "never", "nada", "ninguno", "ninguna", "quitar", "borrar"})
_ON = frozenset({"on", "yes", "si", "always", "siempre", ""})


@dataclass(frozen=True)
class RuleChange:
    """The rules after what was said, given those before."""

    apply: Callable[[CampaignRules], CampaignRules]


@dataclass(frozen=True)
class RuleChangeKind:
    """`posts 3`, `posts off`, `from 1/6 to 7/6`, or `clear` for all of them."""

    def take(self, words: Words, ask: Ask) -> tuple[RuleChange | None, Words]:
        if not words:
            return None, ()
        name, text = _bare(words[0]), joined(words[1:])
        if name in _OFF and not text:
            return RuleChange(lambda rules: CampaignRules()), ()
        if name not in _CHANGES:
            raise _unknown(words[0])
        parts = _parts(words)
        return RuleChange(lambda rules: _changed(rules, parts, ask)), ()


def begins_rule(word: Word) -> bool:
    """Whether a word names a rule, or begins the removal of all."""
    return not word.quoted and (_bare(word) in _CHANGES or folded(word.text) in _OFF - {"no"})


def _changed(rules: CampaignRules, parts: Sequence[tuple[Change, str]], ask: Ask) -> CampaignRules:
    rules = replace(rules, zone=str(ask.zone))
    for change, text in parts:
        rules = change(rules, text, ask)
    if rules.starts_at and rules.ends_at and rules.starts_at >= rules.ends_at:
        raise UserError("rule.ends_before_start")
    return rules


def _parts(words: Words) -> list[tuple[Change, str]]:
    """One rule, or both ends of the time: a beginning and an end may be said together, in either order."""
    change = _CHANGES[_bare(words[0])]
    others = _ENDS if change is _starts else _STARTS if change is _ends else frozenset()
    between = next((n for n in range(2, len(words) - 1) if _bare(words[n]) in others and not _is_at(words[n:])), None)
    if between is None:
        return [(change, joined(words[1:]))]
    first, second = words[1:between], words[between + 1 :]
    if first[-1].text.isdigit() and len(first) < len(second):  # from 1 to 7 June
        first += second[len(first) :]
    return [(change, joined(first)), (_ends if change is _starts else _starts, joined(second))]


def _starts(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    return replace(rules, starts_at=None if _is_off(text) else moment(text, ask.zone, ask.now))


def _ends(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    return replace(rules, ends_at=None if _is_off(text) else moment(text, ask.zone, ask.now, end_of_day=True))


def _hours(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    return replace(rules, hours=None if _is_off(text) else hours(text))


def _posts(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    if _is_off(text):
        return replace(rules, least_posts=1)
    number = whole(text)
    if number is None or number > MOST_POSTS:
        raise UserError("rule.bad_posts", text=echo(text), most=MOST_POSTS)
    return replace(rules, least_posts=number)


def _daily(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    return replace(rules, daily=_yes_or_no(text))


def _frames(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    if folded(text) in {"all", "every", "todas", "todos", "cada una"}:
        return replace(rules, all_frames=True)
    if _is_off(text) or folded(text) in {"any", "one", "una", "cualquiera", "alguna"}:
        return replace(rules, all_frames=False)
    raise UserError("rule.bad_frames", text=echo(text))


def _alive(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    if _is_off(text):
        return replace(rules, alive_for=None)
    length = span(text)
    if not timedelta(minutes=1) <= length <= LONGEST_ALIVE:
        raise UserError("rule.bad_alive", text=echo(text))
    return replace(rules, alive_for=length)


def _reposts(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    return replace(rules, reposts=_yes_or_no(text))


def _caption(rules: CampaignRules, text: str, ask: Ask) -> CampaignRules:
    if len(text) > LONGEST_CAPTION:
        raise WrongUse("text.too_long", most=LONGEST_CAPTION)
    return replace(rules, caption="" if _is_off(text) else text)


def _is_at(words: Words) -> bool:
    """Whether the words go on with a time of day: `a las 8:00`."""
    return _bare(words[0]) == "a" and _bare(words[1]) in {"la", "las"}


def _bare(word: Word) -> str:
    """A rule's name as it is known: `Desde:` is `desde`."""
    return folded(word.text).strip(":")


def _is_off(text: str) -> bool:
    """Whether a rule is to go; one without a value is a slip."""
    if not text:
        raise WrongUse("rule.no_value")
    return folded(text) in _OFF


def _yes_or_no(text: str) -> bool:
    if folded(text) in _ON | _OFF:
        return folded(text) in _ON
    raise UserError("rule.yes_or_no", text=echo(text))


def _unknown(word: Word) -> UserError:
    meant = nearest(word.text, _CHANGES)
    return nearly("rule.did_you_mean", (word,), meant) if meant else WrongUse("rule.unknown", text=echo(word.text))


_CHANGES: Mapping[str, Change] = {
    name: change
    for names, change in (
        ("from starts start since desde del inicio empieza", _starts),
        ("until ends end hasta al fin termina", _ends),
        ("hours hour horas hora horario", _hours),
        ("posts post times publicaciones publicacion veces minimo", _posts),
        ("daily day diario diaria", _daily),
        ("frames pictures images imagenes fotos", _frames),
        ("alive up visible duracion vivo activo arriba", _alive),
        ("reposts repost reshares reenvios reenvio reposteos repeticiones", _reposts),
        ("caption text texto leyenda", _caption),
    )
    for name in names.split()
}
_STARTS = frozenset(name for name, change in _CHANGES.items() if change is _starts)
#: Behind a beginning, an end needs no more than `to`.
_ENDS = frozenset(name for name, change in _CHANGES.items() if change is _ends) | {"to", "a", "-", "–"}

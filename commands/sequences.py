"""`!sequence` list, show, start, pause, resume and delete."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows import sequences
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.sequence import Going, Sequence, SequenceState
from commands.declaration import Argument, Ask, Example, Group, Offer, Unclear, both, command
from commands.kinds import whole
from commands.options import PAGE
from commands.sequence_steps import listed
from commands.text import footer, page_of
from commands.words import Words, echo, folded, joined


@dataclass(frozen=True)
class SequenceTarget:
    """A sequence by #id or by its campaign's name; left out, the only one there is."""

    def take(self, words: Words, ask: Ask) -> tuple[Sequence | None, Words]:
        known = ask.tables.sequences.all()
        text = joined(words)
        if not text:
            if len(known) > 1:
                raise Unclear("sequence.which", [_offer(each) for each in reversed(known)])
            return (known[0] if known else None), ()
        number = whole(text.removeprefix("#"))
        found = [each for each in known if each.id == number] or [
            each for each in known if folded(each.name).startswith(folded(text))
        ]
        if len(found) > 1:
            raise Unclear("target.several", [_offer(each) for each in found], words, text=echo(text))
        if not found:
            raise UserError("sequence.unknown", text=echo(text))
        return found[0], ()


_SEQUENCE = Argument("sequence", SequenceTarget(), en="sequence", es="secuencia")


@command(
    en=("sequence list", "sequences"),
    es=("secuencia lista", "secuencias", "secuencia listar"),
    group=Group.SEQUENCES,
    role=Role.VIEWER,
    options=(PAGE,),
    examples=both(Example("!sequences", "There are no sequences"), Example("!secuencias", "No hay secuencias")),
)
def sequence_list(ask: Ask, page: int | None) -> Reply:
    known = ask.tables.sequences.all()
    if not known:
        return Reply((say("sequence.none"),))
    rows = [_row(ask, sequence) for sequence in page_of(known, page)]
    return Reply((say("sequence.list_title", count=len(known)), *rows, *footer(known, page)))


@command(
    en=("sequence show", "sequence"),
    es=("secuencia ver", "secuencia mostrar", "secuencia"),
    group=Group.SEQUENCES,
    role=Role.VIEWER,
    arguments=(_SEQUENCE,),
    examples=both(Example("!sequence show #1", "no sequence"), Example("!secuencia ver #1", "ninguna secuencia")),
)
def sequence_show(ask: Ask, sequence: Sequence) -> Reply:
    tally = sequences.tally(ask.tables, sequence)
    states = [
        say("sequence.count", what=say(f"sequence.going.{state.value}"), n=count)
        for state, count in tally.by_state.items()
        if count
    ]
    stops = [
        say("sequence.count_stop", why=say(f"sequence.stop.{stop.value}"), n=count)
        for stop, count in tally.by_stop.items()
    ]
    return Reply((_row(ask, sequence), *listed(sequence.steps), *states, *stops))


@command(
    en=("sequence start",),
    es=("secuencia iniciar", "secuencia empezar"),
    group=Group.SEQUENCES,
    role=Role.OPERATOR,
    arguments=(_SEQUENCE,),
    more=True,
    examples=both(Example("!sequence start #1", "no sequence"), Example("!secuencia iniciar #1", "ninguna secuencia")),
)
def sequence_start(ask: Ask, sequence: Sequence) -> Reply:
    return Reply((say("sequence.started", count=sequences.start(ask.tables, sequence, ask.now)),))


@command(
    en=("sequence pause",),
    es=("secuencia pausar", "secuencia pausa"),
    group=Group.SEQUENCES,
    role=Role.OPERATOR,
    arguments=(_SEQUENCE,),
    examples=both(Example("!sequence pause #1", "no sequence"), Example("!secuencia pausar #1", "ninguna secuencia")),
)
def sequence_pause(ask: Ask, sequence: Sequence) -> Reply:
    sequences.pause(ask.tables, sequence)
    return Reply((say("sequence.paused", name=sequence.name, id=sequence.id),))


@command(
    en=("sequence resume",),
    es=("secuencia reanudar",),
    group=Group.SEQUENCES,
    role=Role.OPERATOR,
    arguments=(_SEQUENCE,),
    examples=both(
        Example("!sequence resume #1", "no sequence"), Example("!secuencia reanudar #1", "ninguna secuencia")
    ),
)
def sequence_resume(ask: Ask, sequence: Sequence) -> Reply:
    sequences.resume(ask.tables, sequence, ask.now)
    return Reply((say("sequence.resumed", name=sequence.name, id=sequence.id),))


def _what_is_lost(ask: Ask, sequence: Sequence) -> tuple[Phrase, ...]:
    left = sequences.tally(ask.tables, sequence).under_way
    return (say("sequence.ask_delete", name=sequence.name, id=sequence.id, count=left),)


@command(
    en=("sequence delete",),
    es=("secuencia borrar", "secuencia eliminar"),
    group=Group.SEQUENCES,
    role=Role.OPERATOR,
    arguments=(_SEQUENCE,),
    confirm=_what_is_lost,
    examples=both(Example("!sequence delete #1", "no sequence"), Example("!secuencia borrar #1", "ninguna secuencia")),
)
def sequence_delete(ask: Ask, sequence: Sequence) -> Reply:
    sequences.delete(ask.tables, sequence)
    return Reply((say("sequence.deleted", name=sequence.name, id=sequence.id),))


def _offer(sequence: Sequence) -> Offer:
    return Offer(f"#{sequence.id}", say("sequence.offer", name=sequence.name, id=sequence.id, steps=_steps(sequence)))


def _steps(sequence: Sequence) -> Phrase:
    return say("sequence.steps", count=len(sequence.steps))


def _row(ask: Ask, sequence: Sequence) -> Phrase:
    tally = sequences.tally(ask.tables, sequence)
    key = "sequence.row_paused" if sequence.state is SequenceState.PAUSED else "sequence.row"
    facts = {"steps": _steps(sequence), "left": tally.under_way, "done": tally.by_state[Going.DONE]}
    return say(key, name=sequence.name, id=sequence.id, **facts)

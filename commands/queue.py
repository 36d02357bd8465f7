"""`!queue`, `!pause` and `!resume`: what waits, when it goes, and what to do about messages in doubt."""

from __future__ import annotations

from bot.flows import people, queueing
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.failures import over, reason
from bot.model.outbox import OutboxItem, SendState, To
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Number
from commands.limits import recent_sends

#: Messages shown of each kind.
SHOWN = 7
#: Characters shown of a message.
BEGINNING = 40
_NUMBER = Argument("number", Number(), en="number", es="número")


@command(
    en=("queue", "queue show"),
    es=("cola", "cola ver"),
    group=Group.SENDING,
    role=Role.VIEWER,
    more=True,
    examples=both(Example("!queue", "Nothing waits"), Example("!cola", "Nada espera")),
)
def queue_show(ask: Ask) -> Reply:
    waiting = queueing.waiting(ask.tables, recent_sends(ask), ask.now, SHOWN)
    count = queueing.count_waiting(ask.tables)
    rows = [_waiting_row(ask, each) for each in waiting]
    head = (say("queue.paused"),) if queueing.is_paused(ask.tables) else ()
    title = say("queue.title", count=count) if count else say("queue.empty")
    left = (say("queue.more", count=count - len(rows)),) if count > len(rows) else ()
    return Reply((*head, title, *rows, *left, *_doubts(ask)))


def _what_is_cleared(ask: Ask) -> tuple[Phrase, ...]:
    count = queueing.count_waiting(ask.tables)
    return (say("queue.ask_clear", count=count),) if count else ()


@command(
    en=("queue clear",),
    es=("cola vaciar",),
    group=Group.SENDING,
    role=Role.OWNER,
    confirm=_what_is_cleared,
    examples=both(Example("!queue clear", "0 messages"), Example("!cola vaciar", "0 mensajes")),
)
def queue_clear(ask: Ask) -> Reply:
    return Reply((say("queue.cleared", count=queueing.clear(ask.tables)),))


@command(
    en=("queue sent",),
    es=("cola enviado",),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(_NUMBER,),
    examples=both(
        Example("!queue sent 12", "No message in doubt has the number 12"),
        Example("!cola enviado 12", "Ningún mensaje en duda tiene el número 12"),
    ),
)
def queue_sent(ask: Ask, number: int) -> Reply:
    item = queueing.call_sent(ask.tables, _in_doubt(ask, number))
    return Reply((say("queue.called_sent", to=_whom(ask, item)),))


@command(
    en=("queue again",),
    es=("cola repetir",),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(_NUMBER,),
    examples=both(
        Example("!queue again 12", "No message in doubt has the number 12"),
        Example("!cola repetir 12", "Ningún mensaje en duda tiene el número 12"),
    ),
)
def queue_again(ask: Ask, number: int) -> Reply:
    item = queueing.send_again(ask.tables, _in_doubt(ask, number), ask.now)
    return Reply((say("queue.queued_again", to=_whom(ask, item)),))


@command(
    en=("queue drop", "queue cancel"),
    es=("cola descartar", "cola quitar"),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(_NUMBER,),
    examples=both(
        Example("!queue drop 12", "No message in doubt has the number 12"),
        Example("!cola descartar 12", "Ningún mensaje en duda tiene el número 12"),
    ),
)
def queue_drop(ask: Ask, number: int) -> Reply:
    """A message in doubt rests; one that waits is taken out."""
    item = ask.tables.outbox.get(number)
    if item is not None and item.audience is not To.CONTROL and queueing.cancel(ask.tables, item):
        return Reply((say("queue.dropped", to=_whom(ask, item)),))
    return Reply((say("queue.dropped", to=_whom(ask, queueing.drop(ask.tables, _in_doubt(ask, number)))),))


@command(
    en=("pause", "queue pause", "sending pause"),
    es=("pausa", "pausar", "cola pausar"),
    group=Group.SENDING,
    role=Role.OPERATOR,
    examples=both(Example("!pause", "Nothing is sent to contacts"), Example("!pausa", "No se envía nada")),
)
def pause(ask: Ask) -> Reply:
    return Reply((say("queue.pause_done" if queueing.pause(ask.tables) else "queue.pause_already"),))


@command(
    en=("resume", "queue resume", "sending resume"),
    es=("reanudar", "cola reanudar"),
    group=Group.SENDING,
    role=Role.OPERATOR,
    examples=both(Example("!resume", "was not paused"), Example("!reanudar", "no estaba en pausa")),
)
def resume(ask: Ask) -> Reply:
    was_paused = queueing.resume(ask.tables)
    count = queueing.count_waiting(ask.tables)
    return Reply((say("queue.resume_done", count=count) if was_paused else say("queue.resume_already"),))


def _waiting_row(ask: Ask, each: queueing.Waiting) -> Phrase:
    facts = {"n": each.item.id, "to": _whom(ask, each.item), "text": _beginning(each.item), "at": each.goes.at}
    if each.goes.limit is None:
        return say("queue.row", **facts)
    return say("queue.row_limited", why=over(each.goes.limit), **facts)


def _doubts(ask: Ask) -> tuple[Phrase, ...]:
    items = queueing.in_doubt(ask.tables)
    if not items:
        return ()
    rows = [
        say(
            "queue.doubt_row",
            n=item.id,
            to=_whom(ask, item),
            text=_beginning(item),
            at=item.sending_at or item.created_at,
            why=say(f"failure.{reason(item.failure)}"),
        )
        for item in items[:SHOWN]
    ]
    return (say("queue.doubts", count=len(items)), *rows, say("queue.doubt_help", n=items[0].id))


def _in_doubt(ask: Ask, number: int) -> OutboxItem:
    item = ask.tables.outbox.get(number)
    if item is None or item.state is not SendState.IN_DOUBT:
        raise UserError("queue.no_doubt", n=number)
    return item


def _whom(ask: Ask, item: OutboxItem) -> Phrase:
    if item.audience is To.STATUS:
        return say("queue.own_status")
    contact = people.contact_of(ask.tables, (item.to,))
    if contact is not None:
        return say("named", name=contact.name, id=contact.id)
    return say("queue.number", number=item.to.masked)


def _beginning(item: OutboxItem) -> str:
    text = " ".join(item.text.split())
    return text if len(text) <= BEGINNING else text[: BEGINNING - 1] + "…"

"""`!sequence new`: reminders in steps for a campaign's contacts; all at once, or a wizard that asks for each step."""

from __future__ import annotations

from typing import Any

from bot.flows import sequences
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Expect, Order, Phrase, Reply, Role, say
from bot.model.document import from_document, to_document
from bot.model.errors import UserError
from bot.model.sequence import ReminderStep, Sequence
from commands.conversation import CANCEL_WORDS, DONE_WORDS, Talk, is_word
from commands.declaration import Argument, Ask, Example, Group, Option, both, command
from commands.kinds import Choice
from commands.sequence_steps import MOST_STEPS, Steps, begins_step, listed, read_steps
from commands.targets import CampaignTarget
from commands.words import Word

WIZARD = "sequence_new"
MINUTES = 10
_WHO = Option(
    "only_pending",
    Choice({True: ("pending", "pendientes", "pendiente"), False: ("all", "todos", "todas")}),
    en="for",
    es="para",
    value_en="pending | all",
    value_es="pendientes | todos",
)


def _is_step(word: Word) -> bool:
    return not word.quoted and begins_step(word.text)


@command(
    en=("sequence new", "new sequence"),
    es=("secuencia nueva", "nueva secuencia"),
    group=Group.SEQUENCES,
    role=Role.OPERATOR,
    arguments=(
        Argument("campaign", CampaignTarget(_is_step), en="campaign", es="campaña"),
        Argument("steps", Steps(), en="0 text | 2d text", es="0 texto | 2d texto", required=False),
    ),
    options=(_WHO,),
    more=True,
    examples=both(
        (
            Example("!sequence new promo for:pending 0 Hello {name}! | 2d Did you post {campaign}?", "for 1 contact"),
            Example("!sequence new promo", "Write the first step"),
        ),
        (
            Example("!secuencia nueva promo para:pendientes 0 ¡Hola {nombre}! | 2d ¿Ya publicaste {campaña}?",
                    "para 1 contacto"),
            Example("!secuencia nueva promo", "Escribe el primer paso"),
        ),
    ),
)  # fmt: skip
def sequence_new(
    ask: Ask, campaign: Campaign, steps: tuple[ReminderStep, ...] | None, only_pending: bool | None
) -> Reply:
    if campaign.state is CampaignState.CLOSED:
        raise UserError("sequence.campaign_closed", name=campaign.name, id=campaign.id)
    if steps:
        return Reply(_make(ask, campaign, steps, bool(only_pending), ask.order.key))
    data = {"campaign": campaign.id, "only_pending": bool(only_pending), "order": ask.order.key, "steps": []}
    return Reply((say("sequence.first_step", name=campaign.name, minutes=MINUTES),), expect=_wait(data))


def _answer(ask: Ask, text: str) -> Reply:
    """`done` or `cancel`."""
    data = _data(ask)
    if is_word(text, CANCEL_WORDS):
        return Reply((say("sequence.cancelled"),), ends=True)
    steps = _steps(data)
    if not steps:
        return Reply((say("sequence.no_steps"),), expect=_wait(data))
    campaign = ask.tables.campaigns.get(data["campaign"])
    if campaign is None or campaign.state is CampaignState.CLOSED:  # while the steps were written
        return Reply((say("sequence.campaign_gone"),), ends=True)
    return Reply(_make(ask, campaign, steps, data["only_pending"], data["order"]), ends=True)


def _take_step(ask: Ask, text: str) -> Reply:
    """One more step, or several with bars between them."""
    data = _data(ask)
    steps = (*_steps(data), *read_steps(text))
    if len(steps) > MOST_STEPS:
        raise UserError("sequence.too_many_steps", most=MOST_STEPS)
    kept = {**data, "steps": to_document(steps)}
    return Reply((*listed(steps), say("sequence.next_step")), expect=_wait(kept))


def _ran_out(ask: Ask) -> Reply:
    return Reply((say("sequence.ran_out", minutes=MINUTES),), ends=True)


def _nothing(_: Order) -> bool:
    return False


SEQUENCE_WIZARD = Talk(
    WIZARD, DONE_WORDS | CANCEL_WORDS, _answer, takes=_nothing, otherwise=_take_step, ran_out=_ran_out
)


def _make(
    ask: Ask, campaign: Campaign, steps: tuple[ReminderStep, ...], only_pending: bool, key: str
) -> tuple[Phrase, ...]:
    """Store the sequence, once for each order that asks for one, and begin with everybody."""
    wanted = Sequence(0, key, campaign.name, campaign.id, steps, only_pending, ask.language, ask.now)
    sequence, _ = ask.tables.sequences.add_once(wanted)
    count = sequences.start(ask.tables, sequence, ask.now)
    return (
        say("sequence.created", name=sequence.name, id=sequence.id, count=count),
        *listed(steps),
        say("sequence.rules"),
    )


def _wait(data: dict[str, Any]) -> Expect:
    return Expect(WIZARD, data, MINUTES)


def _data(ask: Ask) -> dict[str, Any]:
    assert ask.conversation is not None
    return ask.conversation.data


def _steps(data: dict[str, Any]) -> tuple[ReminderStep, ...]:
    return tuple(from_document(ReminderStep, step) for step in data["steps"])

"""What was written in the control chat finds its command or conversation, and becomes an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.flows.control import Answer
from bot.flows.policy import Policy
from bot.i18n import Catalogue
from bot.model.campaign import Campaign
from bot.model.capture import Judgement
from bot.model.chat import About, Again, Conversation, Need, Order, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from bot.model.overview import Overview
from commands import menus
from commands.attention import Attention, bare
from commands.binding import bind
from commands.confirming import ask_first, understood
from commands.contact_add import contact_add, offer_cards
from commands.conversation import Talk
from commands.declaration import Ask, Command, Unclear, WrongUse
from commands.general import refused
from commands.noting import note
from commands.review import meant_by_sign, review, settle_by_sign
from commands.spoken import Spoken, finished
from commands.usage import correction, short_help
from commands.vocabulary import PREFIX, Family, Heard, Unknown, hear
from commands.words import Words, cleaned
from storage.tables import Tables


class Dispatcher:
    """Answers orders. Users' errors become answers; bugs fly to the engine.

    policy: gives the rules of the moment: the language of answers to what names none itself, the country of numbers
    written without one, and the rest.
    """

    def __init__(
        self,
        tables: Tables,
        catalogue: Catalogue,
        commands: Iterable[Command],
        talks: Iterable[Talk],
        policy: Policy,
    ) -> None:
        self._tables = tables
        self._catalogue = catalogue
        self._commands = tuple(commands)
        self._policy = policy
        self._attention = Attention(tables, self._commands, talks, lambda: policy().language)

    def is_for_us(self, order: Order, conversation: Conversation | None) -> bool:
        """Whether an order is addressed to the bot."""
        return self._attention.is_for_us(order, conversation)

    def need(self, order: Order, conversation: Conversation | None) -> Need:
        """What must be done with the files sent with an order before it is answered."""
        return self._attention.need(order, conversation)

    def answer(
        self, order: Order, conversation: Conversation | None, role: Role, overview: Overview, now: datetime
    ) -> Answer:
        """Do what an order asks for. Call it within the transaction that also stores the answer."""
        rules = self._policy()
        language = conversation.language if conversation else rules.language
        owner = overview.link.account.phone if overview.link.account else None
        region = rules.region or (owner.region if owner else None)
        ask = Ask(
            order, role, language, now, self._tables, overview, rules.zone, region, self._commands, rules.thresholds,
            self._policy, conversation,
        )  # fmt: skip
        with self._tables.recorder.on() as changes:
            spoken = self._answered(ask)
        in_wizard = self._attention.wizard(ask.conversation) is not None
        answer = finished(ask, spoken, self._catalogue, in_wizard=in_wizard)
        if spoken.refused or changes:
            note(ask, spoken, answer, changes)
        return answer

    def _answered(self, ask: Ask) -> Spoken:
        try:
            with self._tables.store.transaction():
                return self._spoken(ask)
        except UserError as error:
            self._tables.rolled_back()
            return Spoken(Reply((say(error.key, **error.facts),)), ask.language)

    def _spoken(self, ask: Ask) -> Spoken:
        text = cleaned(ask.order.text)
        if (meant := meant_by_sign(self._tables, ask.order)) is not None:
            return self._settled(ask, *meant)
        if ask.conversation and self._attention.goes_on(ask.order, text, ask.conversation):
            return self._continued(ask, ask.conversation, bare(text))
        heard = hear(text, self._commands, ask.language)
        if self._attention.is_command(text) or (ask.conversation and isinstance(heard, Heard)):
            return self._obeyed(ask, heard)
        return self._understood(ask, text)

    def _settled(self, ask: Ask, judgement: Judgement, is_match: bool) -> Spoken:
        """A reaction on a picture of ours, or a word in reply to it, settles what it shows."""
        said = Spoken(Reply(), ask.language, review, ask.order.text)
        if ask.role < review.role:
            error = refused(review)
            return replace(said, reply=Reply((say(error.key, **error.facts),)), refused=True)
        return replace(said, reply=settle_by_sign(ask, judgement, is_match=is_match))

    def _continued(self, ask: Ask, conversation: Conversation, text: str) -> Spoken:
        if menus.is_for_menu(text, conversation):
            meant = menus.picked(text, conversation)
            return self._again(ask, meant) if isinstance(meant, Again) else Spoken(meant, conversation.language)
        talk = self._attention.talk(conversation)
        assert talk is not None
        return Spoken(talk.answer(ask, text), conversation.language, *self._begun_by(conversation))

    def _understood(self, ask: Ask, text: str) -> Spoken:
        """What is no command: a wizard's business, a card alone, or too late for a wizard."""
        wizard = self._attention.wizard(ask.conversation)
        if ask.conversation and wizard and wizard.otherwise:
            return Spoken(wizard.otherwise(ask, text), ask.language, *self._begun_by(ask.conversation))
        if ask.order.cards and ask.role >= contact_add.role:
            return Spoken(offer_cards(ask), ask.language)
        missed = self._attention.missed(ask.order)
        talk = self._attention.talk(missed) if missed else None
        if missed and talk and talk.ran_out:
            return Spoken(talk.ran_out(replace(ask, conversation=missed)), missed.language)
        return Spoken(Reply(), ask.language)

    def _obeyed(self, ask: Ask, heard: Heard | Family | Unknown) -> Spoken:
        match heard:
            case Heard(command, language, words):
                return self._run(replace(ask, language=language), command, words)
            case Family(commands, language):
                return Spoken(Reply((say("use.which"), *short_help(_allowed(commands, ask), language))), language)
            case Unknown(name, language, meant):
                return Spoken(menus.unknown(ask, name, meant), language)

    def _run(self, ask: Ask, command: Command, words: Words) -> Spoken:
        said = Spoken(Reply(), ask.language, command, cleaned(ask.order.text))
        if ask.role < command.role:
            error = refused(command)
            return replace(said, reply=Reply((say(error.key, **error.facts),)), refused=True)
        try:
            with self._tables.store.transaction():
                reply = self._obey(ask, command, bind(command, words, ask))
        except Unclear as error:
            self._tables.rolled_back()
            reply = menus.unclear(ask, error)
        except UserError as error:
            self._tables.rolled_back()
            usage = correction(command, ask.language) if isinstance(error, WrongUse) else ()
            reply = Reply((say(error.key, **error.facts), *usage))
        return self._again(ask, reply.again) if reply.again else replace(said, reply=reply)

    def _obey(self, ask: Ask, command: Command, values: dict[str, object]) -> Reply:
        """Run a command; a destructive one only when just this was confirmed."""
        if command.confirm is not None and ask.confirmed != understood(command, values):
            lost = command.confirm(ask, **values)
            if lost:
                return replace(ask_first(ask, command, values, lost), about=_about(values))
        reply: Reply = command.run(ask, **values)
        return reply if reply.about else replace(reply, about=_about(values))

    def _again(self, ask: Ask, again: Again) -> Spoken:
        """Do what was said before, as if it were said with its order now; only a wizard still knows what went on."""
        order = replace(self._tables.orders.get(again.order) or ask.order, text=again.text)
        wizard = ask.conversation if self._attention.wizard(ask.conversation) else None
        wizard = replace(wizard, offered=None) if wizard else None
        return self._spoken(replace(ask, order=order, conversation=wizard, confirmed=again.confirmed))

    def _begun_by(self, conversation: Conversation) -> tuple[Command | None, str]:
        """The command that began a conversation, and its name; a wizard has its command's key."""
        begun = next((command for command in self._commands if command.key == conversation.kind), None)
        return begun, PREFIX + begun.name(conversation.language) if begun else ""


def _about(values: Mapping[str, object]) -> About:
    """The campaign and the contact among a command's arguments."""
    campaign = next((value.id for value in values.values() if isinstance(value, Campaign)), 0)
    contact = next((value.id for value in values.values() if isinstance(value, Contact)), 0)
    return About(campaign, contact)


def _allowed(commands: Iterable[Command], ask: Ask) -> list[Command]:
    return [command for command in commands if command.role <= ask.role]

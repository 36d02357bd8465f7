"""What was written in the control chat finds its command or conversation, and becomes an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.flows.control import MARKER, Answer
from bot.i18n import Catalogue
from bot.model.chat import Conversation, Expect, Language, Order, Reply, Role, say
from bot.model.errors import UserError
from bot.model.overview import Overview
from commands.binding import bind
from commands.contact_add import offer_cards
from commands.conversation import MENU, YES, Talk, is_word
from commands.declaration import Ask, Command, WrongUse
from commands.general import MORE, refused
from commands.text import cut, marked, rendered
from commands.usage import correction, short_help
from commands.vocabulary import PREFIX, Family, Heard, Unknown, hear, is_command
from commands.words import LONGEST_TEXT, Words, cleaned, echo
from storage.query import where
from storage.tables import Tables

#: How long after its end a wizard still says that its time is up, instead of leaving a picture without an answer.
AFTERMATH = timedelta(hours=1)
#: How long `!more` can be written.
MORE_MINUTES = 10


@dataclass(frozen=True)
class Spoken:
    """A reply and the language that it is in."""

    reply: Reply
    language: Language


class Dispatcher:
    """Answers orders. Users' errors become answers; bugs fly to the engine.

    language: of answers to what names no language itself. region: ISO 3166, of numbers written without a country.
    """

    def __init__(
        self,
        tables: Tables,
        catalogue: Catalogue,
        commands: Iterable[Command],
        talks: Iterable[Talk],
        *,
        language: Language,
        zone: ZoneInfo,
        region: str | None = None,
    ) -> None:
        self._tables = tables
        self._catalogue = catalogue
        self._commands = tuple(commands)
        self._talks = {talk.kind: talk for talk in talks}
        self._language = language
        self._zone = zone
        self._region = region

    def is_for_us(self, order: Order, conversation: Conversation | None) -> bool:
        """Whether an order is addressed to the bot: by the prefix, by a conversation, or as a contact card."""
        text = _beginning(order)
        if text.startswith(MARKER):
            return False
        if is_command(text, self._commands, self._language) or self._goes_on(order, text, conversation):
            return True
        if order.cards and not text:
            return True
        missed = self._missed(order) if conversation is None else None
        return missed is not None and self._hears(order, text, missed)

    def wants_pictures(self, order: Order, conversation: Conversation | None) -> bool:
        """Whether the pictures sent with an order must be read before it is answered."""
        text = _beginning(order)
        if conversation and self._hears(order, text, conversation):
            return self._talks[conversation.kind].takes_pictures
        if is_command(text, self._commands, self._language):
            heard = hear(text, self._commands, self._language)
            if isinstance(heard, Unknown) and heard.meant:
                heard = hear(heard.meant, self._commands, heard.language)
            return isinstance(heard, Heard) and heard.command.takes_pictures
        return False

    def answer(
        self, order: Order, conversation: Conversation | None, role: Role, overview: Overview, now: datetime
    ) -> Answer:
        """Do what an order asks for. Call it within the transaction that also stores the answer."""
        language = conversation.language if conversation else self._language
        ask = Ask(
            order, role, language, now, self._tables, overview, self._zone, self._region, self._commands, conversation
        )
        try:
            spoken = self._spoken(ask)
        except UserError as error:
            spoken = Spoken(Reply((say(error.key, **error.facts),)), language)
        return self._finished(ask, spoken)

    def _spoken(self, ask: Ask) -> Spoken:
        text = cleaned(ask.order.text)
        conversation = ask.conversation
        if conversation and conversation.kind == MENU and _bare(text) == YES:
            return self._chosen(ask, conversation)
        if conversation and self._hears(ask.order, text, conversation):
            return Spoken(self._talks[conversation.kind].answer(ask, _bare(text)), conversation.language)
        heard = hear(text, self._commands, ask.language)
        if is_command(text, self._commands, ask.language) or (conversation and isinstance(heard, Heard)):
            return self._obeyed(ask, heard)
        return self._understood(ask, text)

    def _understood(self, ask: Ask, text: str) -> Spoken:
        """What is no command: a wizard's business, a card alone, or too late for a wizard."""
        wizard = self._wizard(ask.conversation)
        if wizard and wizard.otherwise:
            return Spoken(wizard.otherwise(ask, text), ask.language)
        if ask.order.cards:
            return Spoken(offer_cards(ask), ask.language)
        missed = self._missed(ask.order)
        ran_out = self._talks[missed.kind].ran_out if missed else None
        if missed and ran_out:
            return Spoken(ran_out(replace(ask, conversation=missed)), missed.language)
        return Spoken(Reply(), ask.language)

    def _obeyed(self, ask: Ask, heard: Heard | Family | Unknown) -> Spoken:
        match heard:
            case Heard(command, language, words):
                return Spoken(self._run(replace(ask, language=language), command, words), language)
            case Family(commands, language):
                return Spoken(Reply((say("use.which"), *short_help(_allowed(commands, ask), language))), language)
            case Unknown(name, language, meant):
                return Spoken(_unknown(ask, name, meant), language)

    def _run(self, ask: Ask, command: Command, words: Words) -> Reply:
        if ask.role < command.role:
            error = refused(command)
            return Reply((say(error.key, **error.facts),))
        try:
            return command.run(ask, **bind(command, words, ask))
        except WrongUse as error:
            return Reply((say(error.key, **error.facts), *correction(command, ask.language)))
        except UserError as error:
            return Reply((say(error.key, **error.facts),))

    def _chosen(self, ask: Ask, menu: Conversation) -> Spoken:
        """Run the text of a menu as if it had been sent with the order that the menu is about."""
        text = str(menu.data["text"])
        order = self._tables.orders.need(menu.data["order"])
        return self._spoken(replace(ask, order=replace(order, text=text), conversation=None))

    def _finished(self, ask: Ask, spoken: Spoken) -> Answer:
        """The message, and what the bot waits for from now on; a long answer waits for `more`."""
        reply, language = spoken.reply, spoken.language
        text = rendered(self._catalogue, reply.lines, language)
        expect = reply.expect
        going_on = None if reply.ends or expect or not self._wizard(ask.conversation) else ask.conversation
        if expect is None and going_on is None:
            text, rest = cut(text)
            if rest:
                text = f"{text}\n{self._catalogue.say('more.hint', language)}"
                expect = Expect(MORE, {"text": rest}, MORE_MINUTES)
        conversation = _begun(ask, expect, language) if expect else going_on
        return Answer(marked(text) if text else "", language, reply.reaction, conversation)

    def _goes_on(self, order: Order, text: str, conversation: Conversation | None) -> bool:
        if conversation is None:
            return False
        if conversation.kind == MENU:
            return _bare(text) == YES
        return self._wizard(conversation) is not None or self._hears(order, text, conversation)

    def _hears(self, order: Order, text: str, conversation: Conversation) -> bool:
        """Whether a conversation is gone on with: by one of its words, or by what was sent without a command."""
        talk = self._talks.get(conversation.kind)
        if talk is None:
            return False
        is_taken = talk.takes is not None and talk.takes(order)
        return is_word(_bare(text), talk.words) or (is_taken and not is_command(text, self._commands, self._language))

    def _wizard(self, conversation: Conversation | None) -> Talk | None:
        talk = self._talks.get(conversation.kind) if conversation else None
        return talk if talk is not None and talk.otherwise is not None else None

    def _missed(self, order: Order) -> Conversation | None:
        """The wizard in this chat whose time was up not long ago."""
        last = self._tables.conversations.one(where("chat") == _talk(order))
        if last is None or order.received_at > last.expires_at + AFTERMATH:
            return None
        talk = self._talks.get(last.kind)
        return last if talk is not None and talk.ran_out is not None else None


def _unknown(ask: Ask, name: str, meant: str | None) -> Reply:
    """No such command; what was probably meant is run at one character."""
    if meant is None:
        return Reply((say("use.unknown", name=echo(name)),))
    shown = say("use.did_you_mean", name=echo(name), meant=echo(meant))
    return Reply((shown,), expect=Expect(MENU, {"order": ask.order.id, "text": meant}))


def _begun(ask: Ask, expect: Expect, language: Language) -> Conversation:
    expires_at = ask.now + timedelta(minutes=expect.minutes)
    return Conversation(0, _talk(ask.order), expect.kind, language, expect.data, expires_at)


def _allowed(commands: Iterable[Command], ask: Ask) -> list[Command]:
    return [command for command in commands if command.role <= ask.role]


def _beginning(order: Order) -> str:
    return cleaned(order.text[:LONGEST_TEXT])


def _bare(text: str) -> str:
    return text.removeprefix(PREFIX).strip()


def _talk(order: Order) -> str:
    return f"{order.chat}|{order.person}"

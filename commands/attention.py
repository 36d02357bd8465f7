"""Is this meant for the bot? By the prefix, by what it is waiting for in the chat, or as a contact card."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.model.chat import Conversation, Language, Need, Order
from bot.model.outgoing import MARKER
from commands.conversation import Talk, is_word
from commands.declaration import Command
from commands.menus import is_for_menu
from commands.review import meant_by_sign
from commands.vocabulary import PREFIX, Heard, Unknown, hear, is_command
from commands.words import LONGEST_TEXT, cleaned
from storage.query import where
from storage.tables import Tables

#: How long after its end a wizard still says that its time is up, instead of leaving a picture without an answer.
AFTERMATH = timedelta(hours=1)


class Attention:
    """Tells what is a command and what goes on with a conversation."""

    def __init__(
        self, tables: Tables, commands: tuple[Command, ...], talks: Iterable[Talk], language: Callable[[], Language]
    ) -> None:
        self._tables = tables
        self._commands = commands
        self._talks = {talk.kind: talk for talk in talks}
        self._language = language

    def is_for_us(self, order: Order, conversation: Conversation | None) -> bool:
        text = beginning(order)
        if text.startswith(MARKER):
            return False
        if order.is_reaction or order.quoted:
            is_meant = meant_by_sign(self._tables, order) is not None
            if is_meant or order.is_reaction:
                return is_meant
        if self.is_command(text) or (order.cards and not text):
            return True
        if conversation is not None:
            return self.wizard(conversation) is not None or self.goes_on(order, text, conversation)
        missed = self.missed(order)
        return missed is not None and self.goes_on(order, text, missed)

    def need(self, order: Order, conversation: Conversation | None) -> Need:
        if meant_by_sign(self._tables, order) is not None:
            return Need.NOTHING
        text = beginning(order)
        if conversation and self.goes_on(order, text, conversation):
            talk = self.talk(conversation)
            return talk.need if talk is not None else Need.NOTHING
        if not self.is_command(text):
            return Need.NOTHING
        heard = hear(text, self._commands, self._language())
        if isinstance(heard, Unknown):
            offered = [hear(text, self._commands, heard.language) for text in heard.meant]
            needs = [each.command.need for each in offered if isinstance(each, Heard)]
            return next((need for need in needs if need is not Need.NOTHING), Need.NOTHING)
        return heard.command.need if isinstance(heard, Heard) else Need.NOTHING

    def is_command(self, text: str) -> bool:
        return is_command(text, self._commands, self._language())

    def goes_on(self, order: Order, text: str, conversation: Conversation) -> bool:
        """Whether this is a menu's number, one of a conversation's words, or what it takes, sent without a command."""
        if is_for_menu(bare(text), conversation):
            return True
        talk = self.talk(conversation)
        if talk is None:
            return False
        is_taken = talk.takes is not None and talk.takes(order) and not self.is_command(text)
        return is_taken or is_word(bare(text), talk.words)

    def talk(self, conversation: Conversation) -> Talk | None:
        return self._talks.get(conversation.kind)

    def wizard(self, conversation: Conversation | None) -> Talk | None:
        """The wizard that is going on; it hears every text in its chat."""
        talk = self.talk(conversation) if conversation else None
        return talk if talk is not None and talk.otherwise is not None else None

    def missed(self, order: Order) -> Conversation | None:
        """The wizard in this chat whose time was up not long ago."""
        last = self._tables.conversations.one(where("chat") == talk_of(order))
        if last is None or order.received_at > last.expires_at + AFTERMATH:
            return None
        talk = self.talk(last)
        return last if talk is not None and talk.ran_out is not None else None


def beginning(order: Order) -> str:
    """So much of a text as can be a command; cleaned."""
    return cleaned(order.text[:LONGEST_TEXT])


def bare(text: str) -> str:
    """A text without the prefix."""
    return text.removeprefix(PREFIX).strip()


def talk_of(order: Order) -> str:
    """Natural key of the conversation that an order belongs to."""
    return f"{order.chat}|{order.person}"

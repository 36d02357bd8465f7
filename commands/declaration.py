"""What a command is: a function with its names, arguments, role and examples; help, usage and errors come from here.

For example::

    @command(
        en=("contact show",),
        es=("contacto ver",),
        group=Group.CONTACTS,
        role=Role.VIEWER,
        arguments=(Argument("contact", ContactTarget(), en="contact", es="contacto"),),
        examples=both(Example("!contact show Ana", "Ana"), Example("!contacto ver Ana", "Ana")),
    )
    def contact_show(ask: Ask, contact: Contact) -> Reply: ...

The sentence that says what it does is the catalogue's `command.<function name>`; `more=True` adds
`command_more.<function name>` to its help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol

from bot.flows.policy import Policy
from bot.model.chat import Conversation, Language, Need, Order, Phrase, Reply, Role
from bot.model.errors import UserError
from bot.model.matching import Thresholds
from bot.model.overview import Overview
from commands.words import Words, echo, joined
from storage.tables import Tables


class Group(StrEnum):
    """The parts of `!help`, in its order; named by the catalogue's `group.<value>`."""

    GENERAL = "general"
    ACCOUNT = "account"
    CAMPAIGNS = "campaigns"
    CONTACTS = "contacts"
    RESULTS = "results"
    SENDING = "sending"
    SEQUENCES = "sequences"
    BLOCKS = "blocks"
    SCHEDULE = "schedule"
    DATA = "data"


class WrongUse(UserError):
    """The words do not fit the command: the answer adds the usage and one example."""


@dataclass(frozen=True)
class Offer:
    """One of the things that may be meant."""

    write: str  #: what is written for it in a command, such as `#3`
    shown: Phrase | str


class Unclear(UserError):
    """Some words may mean several things, or nearly mean one: the answer offers them by number.

    The one that is taken is written in the place of the words, or of nothing before other words or at the end.
    """

    def __init__(
        self, key: str, offers: Sequence[Offer], words: Words = (), *, before: Words = (), **facts: object
    ) -> None:
        super().__init__(key, **facts)
        self.offers = tuple(offers)
        self.words = words
        self.before = before

    def settled(self, text: str, offer: Offer) -> str:
        """The text whose words these are, with an offer written into it."""
        if self.words:
            start, end = self.words[0].at[0], self.words[-1].at[1]
            return f"{text[:start]}{offer.write}{text[end:]}"
        if self.before:
            start = self.before[0].at[0]
            return f"{text[:start]}{offer.write} {text[start:]}"
        return f"{text} {offer.write}"


def nearly(key: str, words: Words, meant: str) -> Unclear:
    """These words are not known, but one that is much like them is."""
    return Unclear(key, (Offer(meant, meant),), words, text=echo(joined(words)), meant=meant)


@dataclass(frozen=True)
class Ask:
    """All that a command is given: what was asked, by whom, and the world at this moment."""

    order: Order
    role: Role
    language: Language  #: of the command that was used
    now: datetime
    tables: Tables
    overview: Overview
    zone: tzinfo
    region: str | None  #: ISO 3166, of phone numbers written without a country
    commands: tuple[Command, ...]
    bands: Thresholds  #: of campaigns that do not move them
    policy: Policy  #: the rules of this moment, which a command may have changed just now
    conversation: Conversation | None = None
    confirmed: str = ""  #: what was confirmed by its code, as commands.confirming tells it

    @property
    def who(self) -> str:
        """The asker, as they are named beside what they decided."""
        return self.order.person.masked


class Kind(Protocol):
    """A type of argument: reads its value off the words."""

    def take(self, words: Words, ask: Ask) -> tuple[object | None, Words]:
        """The value and the words that it did not need; None when it is not there. Raises UserError."""


@dataclass(frozen=True)
class Argument:
    name: str  #: the function's parameter
    kind: Kind
    en: str  #: what the usage calls it
    es: str
    required: bool = True
    anywhere: bool = False  #: found by its looks wherever it stands, so it is read first

    def called(self, language: Language) -> str:
        return self.en if language is Language.EN else self.es


@dataclass(frozen=True)
class Option:
    """A labelled argument, such as `page:2`; both languages' labels work in both."""

    name: str
    kind: Kind
    en: str
    es: str
    value_en: str  #: what the usage calls the value
    value_es: str

    def called(self, language: Language) -> tuple[str, str]:
        return (self.en, self.value_en) if language is Language.EN else (self.es, self.value_es)


@dataclass(frozen=True)
class Example:
    """What is written, with how many pictures or contact cards, and words that the answer holds.

    Of a command that promises a `paper`, its kind, the words are those of the caption.
    """

    text: str
    answer: str
    pictures: int = 0
    cards: int = 0
    paper: str = ""
    table: bool = False  #: a list of three people comes with it: one is known, one is good, one has no possible number


Examples = Mapping[Language, tuple[Example, ...]]


@dataclass(frozen=True, eq=False)
class Command:
    key: str  #: the function's name
    run: Callable[..., Reply]
    names: Mapping[Language, tuple[str, ...]]  #: the first is the name, the others are aliases
    group: Group
    role: Role  #: the lowest that may use it
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    need: Need  #: what must be done with the files sent with it before it is answered
    more: bool
    examples: Examples
    confirm: Callable[..., tuple[Phrase, ...]] | None  #: what would be lost, or nothing: then no code is asked for
    undoable: bool

    def name(self, language: Language) -> str:
        return self.names[language][0]


def command(
    *,
    en: tuple[str, ...],
    es: tuple[str, ...],
    group: Group,
    role: Role,
    examples: Examples,
    arguments: tuple[Argument, ...] = (),
    options: tuple[Option, ...] = (),
    need: Need = Need.NOTHING,
    more: bool = False,
    confirm: Callable[..., tuple[Phrase, ...]] | None = None,
    undoable: bool = True,
) -> Callable[[Callable[..., Reply]], Command]:
    """Make a command of a function that takes an Ask and the declared arguments, and returns a Reply.

    confirm: takes the same and says what will be lost; the command then waits for its code. What a command changed in
    the tables can be undone, unless `undoable` is False.
    """

    def declare(run: Callable[..., Reply]) -> Command:
        names = {Language.EN: en, Language.ES: es}
        return Command(
            run.__name__, run, names, group, role, arguments, options, need, more, examples, confirm, undoable
        )

    return declare


def both(en: Example | tuple[Example, ...], es: Example | tuple[Example, ...]) -> Examples:
    """Examples in the two languages; the first one is shown when the command was used wrongly."""
    return {Language.EN: _several(en), Language.ES: _several(es)}


def _several(examples: Example | tuple[Example, ...]) -> tuple[Example, ...]:
    return examples if isinstance(examples, tuple) else (examples,)

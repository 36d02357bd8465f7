"""What is said to an order becomes the answer: words of a language, a page at a time, and what is waited for next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.flows.control import Answer
from bot.i18n import Catalogue
from bot.model.chat import ABOUT_NOTHING, Conversation, Evidence, Expect, Language, Reply
from commands.attention import talk_of
from commands.declaration import Ask, Command
from commands.general import MORE
from commands.menus import MENU
from commands.text import cut, marked, plain, rendered

#: How long `!more` can be written.
MORE_MINUTES = 10


@dataclass(frozen=True)
class Spoken:
    """A reply, the language that it is in, and by which command."""

    reply: Reply
    language: Language
    command: Command | None = None
    text: str = ""  #: how the command was written
    refused: bool = False


def finished(ask: Ask, spoken: Spoken, catalogue: Catalogue, *, in_wizard: bool) -> Answer:
    """The message, and what the bot waits for from now on; a long answer waits for `more`."""
    reply, language = spoken.reply, spoken.language
    text = rendered(catalogue, reply.lines, language)
    conversation = _going_on(ask, reply, language, in_wizard=in_wizard)
    if conversation is None:
        text, rest = cut(text)
        if rest:
            text = f"{text}\n{catalogue.say('more.hint', language)}"
            conversation = _begun(ask, Expect(MORE, {"text": rest}, MORE_MINUTES), language)
    evidence = _captioned(reply.evidence, catalogue, language)
    words = marked(text) if text else ""
    return Answer(words, language, reply.reaction, conversation, evidence, reply.papers, reply.about or ABOUT_NOTHING)


def _going_on(ask: Ask, reply: Reply, language: Language, *, in_wizard: bool) -> Conversation | None:
    """What a reply waits for; a wizard goes on beside other commands, and beside their menus."""
    wizard = ask.conversation if in_wizard and not reply.ends else None
    if wizard is not None and (reply.expect is None or reply.expect.kind == MENU):
        return replace(wizard, offered=reply.expect.data if reply.expect else None)
    return _begun(ask, reply.expect, language) if reply.expect else None


def _begun(ask: Ask, expect: Expect, language: Language) -> Conversation:
    expires_at = ask.now + timedelta(minutes=expect.minutes)
    return Conversation(0, talk_of(ask.order), expect.kind, language, expect.data, expires_at)


def _captioned(evidence: Evidence | None, catalogue: Catalogue, language: Language) -> Evidence | None:
    """The evidence with its lines as sentences."""
    if evidence is None:
        return None
    return replace(evidence, lines=tuple(plain(catalogue.render(line, language)) for line in evidence.lines))

"""The words that contacts may write, about taking part and about their data; all else is none of our business."""

from __future__ import annotations

from enum import StrEnum

from bot.model.chat import Language
from bot.model.contact import Consent
from bot.model.event import ContentKind, MessageSeen
from bot.model.text import folded

_JOIN = {"acepto": Language.ES, "yes": Language.EN}
_LEAVE = {"baja": Language.ES, "stop": Language.EN}
_SHOW = {"datos": Language.ES, "data": Language.EN}
_ERASE = {"borrar": Language.ES, "delete": Language.EN}
_PROOF = {"prueba": Language.ES, "proof": Language.EN}
#: What the owner writes in a group to make it the control group, as `folded` writes it; a command of the same name.
_GROUP_HERE = frozenset({"!group here", "!grupo aqui"})
#: Who writes "Baja, por favor" wants to leave; who writes a long sentence that begins with the word may not.
MOST_WORDS_TO_LEAVE = 5
_PUNCTUATION = ".,;:!¡?¿*_~\"'«»()"


class DataWord(StrEnum):
    """What a contact wants with what is kept of them."""

    SHOW = "show"
    ERASE = "erase"


def data_word(message: MessageSeen) -> tuple[DataWord, Language] | None:
    """DATOS or DATA, BORRAR or DELETE, that word alone; None for all else."""
    if message.from_me or message.content.kind is not ContentKind.TEXT:
        return None
    words = _words(message.content.text)
    for meant, known in ((DataWord.SHOW, _SHOW), (DataWord.ERASE, _ERASE)):
        if len(words) == 1 and words[0] in known:
            return meant, known[words[0]]
    return None


def proof_word(message: MessageSeen) -> Language | None:
    """The language of a picture sent as proof: its caption begins with PRUEBA or PROOF; None for all else."""
    content = message.content
    if message.from_me or content.media is None or content.kind not in (ContentKind.IMAGE, ContentKind.VIDEO):
        return None
    return next((_PROOF[word] for word in _words(content.text)[:1] if word in _PROOF), None)


def is_own_word(message: MessageSeen) -> bool:
    """Whether a direct message says anything that the bot acts upon."""
    return any(read(message) is not None for read in (own_word, proof_word, data_word))


def own_word(message: MessageSeen) -> tuple[Consent, Language] | None:
    """What a direct message says about taking part, and in which language; None when it says nothing about it.

    To take part, the word alone; to leave, the word first among a few: leaving must be easy.
    """
    if message.from_me or message.content.kind is not ContentKind.TEXT:
        return None
    words = _words(message.content.text)
    if words and words[0] in _LEAVE and len(words) <= MOST_WORDS_TO_LEAVE:
        return Consent.WITHDRAWN, _LEAVE[words[0]]
    if len(words) == 1 and words[0] in _JOIN:
        return Consent.GIVEN, _JOIN[words[0]]
    return None


def _words(text: str) -> list[str]:
    words = (word.strip(_PUNCTUATION).casefold() for word in text.split())
    return [word for word in words if word]


def names_group(message: MessageSeen) -> bool:
    """Whether the owner names the group in which this is written as the one where commands are heard."""
    if not message.from_me or message.content.kind is not ContentKind.TEXT:
        return False
    return folded(message.content.text) in _GROUP_HERE

"""The words that contacts may write to leave or to take part; all else that they write is none of our business."""

from __future__ import annotations

from bot.model.chat import Language
from bot.model.contact import Consent
from bot.model.event import ContentKind, MessageSeen

_JOIN = {"acepto": Language.ES, "yes": Language.EN}
_LEAVE = {"baja": Language.ES, "stop": Language.EN}
#: Who writes "Baja, por favor" wants to leave; who writes a long sentence that begins with the word may not.
MOST_WORDS_TO_LEAVE = 5
_PUNCTUATION = ".,;:!¡?¿*_~\"'«»()"


def own_word(message: MessageSeen) -> tuple[Consent, Language] | None:
    """What a direct message says about taking part, and in which language; None when it says nothing about it.

    To take part, the word alone; to leave, the word first among a few: leaving must be easy.
    """
    if message.from_me or message.content.kind is not ContentKind.TEXT:
        return None
    words = [word.strip(_PUNCTUATION).casefold() for word in message.content.text.split()]
    words = [word for word in words if word]
    if words and words[0] in _LEAVE and len(words) <= MOST_WORDS_TO_LEAVE:
        return Consent.WITHDRAWN, _LEAVE[words[0]]
    if len(words) == 1 and words[0] in _JOIN:
        return Consent.GIVEN, _JOIN[words[0]]
    return None

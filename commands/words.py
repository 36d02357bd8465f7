"""Text as people type it on a phone, made comparable: quotes, accents, spaces, invisible characters."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.model.errors import UserError
from bot.model.text import folded as folded

#: No command needs more; the rest of a longer text would only slow the search for names.
LONGEST_TEXT = 4000
#: What is quoted back to its writer is cut here.
LONGEST_ECHO = 40
#: How alike two names must be (0-1) for one to be offered instead of the other.
LIKENESS = 0.6

#: Typographic quotes of phones' keyboards, and the straight ones that they stand for.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'"))
#: Marks of writing direction and width that keyboards and copied texts leave behind; joiners inside emoji stay.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
#: `search:"ana maria"` or `"ana maria"` or a bare word
_WORD = re.compile(r'(?P<label>[^\s":]{1,20}:)?"(?P<quoted>[^"]*)"|(?P<bare>\S+)')


@dataclass(frozen=True)
class Word:
    text: str
    quoted: bool = False  #: written between quotes: never a number, a label or a sign
    at: tuple[int, int] = field(default=(0, 0), compare=False)  #: where it stands in the text that was split

    def part(self, start: int, end: int | None = None) -> Word:
        """A piece of a bare word."""
        text = self.text[start:end]
        return Word(text, at=(self.at[0] + start, self.at[0] + start + len(text)))


Words = tuple[Word, ...]


def cleaned(text: str) -> str:
    """One line without what cannot be seen or stored; raises UserError for a text that is too long."""
    if len(text) > LONGEST_TEXT:
        raise UserError("text.too_long", most=LONGEST_TEXT)
    visible = _INVISIBLE.sub("", text.translate(_QUOTES))
    return " ".join("".join(" " if _is_control(sign) else sign for sign in visible).split())


def split(text: str) -> Words:
    """The words of a cleaned text; what stands between quotes is one word."""
    words: list[Word] = []
    for found in _WORD.finditer(text):
        start, end = found.span()
        if found["bare"] is not None:
            words.append(Word(found["bare"], at=(start, end)))
            continue
        if found["label"]:
            words.append(Word(found["label"], at=found.span("label")))
            start = found.end("label")
        words.append(Word(found["quoted"].strip(), quoted=True, at=(start, end)))
    return tuple(words)


def joined(words: Words) -> str:
    return " ".join(word.text for word in words)


def nearest(text: str, names: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The name that the text was probably meant to be."""
    return next(iter(alike(text, names, likeness, most=1)), None)


def alike(text: str, names: Iterable[str], likeness: float, most: int) -> list[str]:
    """The names that the text may have been meant to be, the likeliest first."""
    by_fold = {folded(name)[:LONGEST_ECHO]: name for name in names}
    found = difflib.get_close_matches(folded(text)[:LONGEST_ECHO], by_fold, n=most, cutoff=likeness)
    return [by_fold[fold] for fold in found]


def likeness(text: str, name: str) -> float:
    """How alike two texts are, 0-1, as `nearest` sees it."""
    return difflib.SequenceMatcher(None, folded(name)[:LONGEST_ECHO], folded(text)[:LONGEST_ECHO]).ratio()


def echo(text: str) -> str:
    """A person's words, short enough to be quoted back."""
    return text if len(text) <= LONGEST_ECHO else text[: LONGEST_ECHO - 1] + "…"


def _is_control(sign: str) -> bool:
    """Controls, line breaks, and lone surrogates, which no store can hold."""
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}

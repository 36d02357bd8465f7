"""What a command answers becomes a message: the marker, pages that fit a phone's screen, lists of a bearable length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from bot.i18n import Catalogue
from bot.model.chat import Language, Paper, Phrase, say
from bot.model.outgoing import MARKER

Row = TypeVar("Row")

#: `*bold*` and `_italic_`: a sign at the edge of a word.
_EMPHASIS = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
#: Characters of a page; what is longer is cut at a line and goes on with `!more`.
PAGE = 900
#: Characters that no message may exceed.
LONGEST_MESSAGE = 4000
#: Rows of a list on one page.
ROWS = 15
#: Rows of a list that is too long for one page.
FEW = 5


def rendered(catalogue: Catalogue, lines: Sequence[Phrase], language: Language) -> str:
    return "\n".join(catalogue.render(line, language) for line in lines)


def plain(text: str) -> str:
    """A text without WhatsApp's signs of bold and italics, for what is drawn into a picture."""
    return _EMPHASIS.sub("", text)


def marked(text: str) -> str:
    """A message of ours, by which the bot knows it again; never longer than a message may be."""
    message = f"{MARKER} {text}"
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def cut(text: str) -> tuple[str, str]:
    """The first page of a text and the rest, which is empty when all of it fits; lines stay whole if they can."""
    if len(text) <= PAGE:
        return text, ""
    end = text.rfind("\n", 0, PAGE)
    if end <= 0:
        end = text.rfind(" ", 0, PAGE)
    if end <= 0:
        end = PAGE
    return text[:end].rstrip(), text[end:].strip()


def page_of(rows: Sequence[Row], page: int | None) -> Sequence[Row]:
    """The rows of a page, counted from 1."""
    start = ((page or 1) - 1) * ROWS
    return rows[start : start + ROWS]


def shortened(
    rows: Sequence[Row], page: int | None, whole: Paper
) -> tuple[Sequence[Row], tuple[Phrase, ...], tuple[Paper, ...]]:
    """The rows to show, what stands below them, and what is sent besides.

    Of a list that is longer than a page, unless a page is asked for: the first five, and all of it as a file.
    """
    if page is None and len(rows) > ROWS:
        return rows[:FEW], (say("list.rest_follows", n=len(rows) - FEW),), (whole,)
    return page_of(rows, page), footer(rows, page), ()


def footer(rows: Sequence[Row], page: int | None) -> tuple[Phrase, ...]:
    """What stands below a list that goes on, or that has no such page."""
    shown = page or 1
    pages = -(-len(rows) // ROWS)
    if shown > max(pages, 1):
        return (say("list.no_page", page=shown, pages=pages),)
    if shown < pages:
        return (say("list.next_page", page=shown, pages=pages, next=shown + 1),)
    return ()

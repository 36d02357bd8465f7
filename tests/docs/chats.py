"""The chats in the documents, played again: `demo` blocks by the demo itself, `desk` blocks by the commands.

A block begins with ```chat demo or ```chat desk. `python -m tests.docs.chats` writes today's answers into them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.model.chat import Language
from tests.commands.desk import Desk, a_desk, pictures

ROOT = Path(__file__).parents[2]
#: The documents with chats, and the language of each chat.
CHATS = {
    "README.md": Language.ES,
    "docs/guide.es.md": Language.ES,
    "docs/guide.en.md": Language.EN,
}
BOT = "Testigo"
PICTURE = "🖼"
#: Seconds for a whole demo; it takes a few.
PATIENCE = 120

_BLOCK = re.compile(r"^```chat (?P<scene>demo|desk)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_TURN = re.compile(r"(?P<who>\S+) {2,}(?P<what>.*)")
_CLOCK = re.compile(r"^\d\d:\d\d:\d\d ", re.MULTILINE)
#: What differs from one run to the next: dates with times, lengths of time, scores, what a midnight resets, codes.
_CHANGING = re.compile(
    r"\d{1,2} \w{3} \d\d:\d\d|\b\d+(?:[.,]\d+)? (?:s|min|h)\b|\b\d+/100\b|\b\d+ (?:enviados hoy|sent today)\b"
    r"|(?<=!confirm )\w{4}\b|(?<=!confirmar )\w{4}\b"
)


@dataclass(frozen=True)
class Turn:
    """Somebody says something, in one or more lines, or does something (`who` is a dot)."""

    who: str
    lines: tuple[str, ...]

    @property
    def comparable(self) -> tuple[str, ...]:
        return (self.who, *(_CHANGING.sub("~", line) for line in self.lines))


@dataclass(frozen=True)
class Chat:
    """One block of a document."""

    scene: str
    turns: tuple[Turn, ...]
    span: tuple[int, int]  #: of its turns in the document's text


def chats_of(text: str) -> list[Chat]:
    """The chats in a document."""
    return [
        Chat(found["scene"], tuple(read_turns(found["body"])), found.span("body")) for found in _BLOCK.finditer(text)
    ]


def read_turns(text: str) -> Iterator[Turn]:
    """Parse `who  what` with indented lines that go on; anything before the first turn is not part of the chat."""
    who, lines = "", list[str]()
    for line in text.splitlines():
        found = _TURN.match(line)
        if found or not line.strip():
            if who:
                yield Turn(who, tuple(lines))
            who, lines = (found["who"], [found["what"].rstrip()]) if found else ("", [])
        elif who and line.startswith(" "):
            lines.append(line.strip())
    if who:
        yield Turn(who, tuple(lines))


def write_turns(turns: tuple[Turn, ...]) -> str:
    margin = max(len(turn.who) for turn in turns) + 2
    return "".join(
        f"{turn.who if first else '':<{margin}}{line}\n"
        for turn in turns
        for first, line in zip([True, *[False] * len(turn.lines)], turn.lines, strict=False)
    )


def played(chats: list[Chat], language: Language) -> Iterator[tuple[Turn, ...]]:
    """What each of the chats of one document is today: the desk's go on where the last one ended, as the demo's do."""
    desk = a_desk(language)
    demo = list(demos()[language])
    pieces = sum(chat.scene == "demo" for chat in chats)
    for chat in chats:
        if chat.scene == "desk":
            yield tuple(answered(desk, chat.turns))
            continue
        pieces -= 1
        end = len(chat.turns) if pieces else len(demo)
        yield tuple(demo[:end])
        del demo[:end]


def answered(desk: Desk, turns: tuple[Turn, ...]) -> Iterator[Turn]:
    """Ask the commands what is asked in these turns."""
    for question in (turn for turn in turns if turn.who != BOT):
        words = question.lines[0]
        answer = desk.write(words.replace(PICTURE, "").strip(), pictures=pictures(words.count(PICTURE)))
        yield question
        for said in (answer.reaction, answer.text) if answer else ():
            if said:
                yield Turn(BOT, tuple(line.strip() for line in said.splitlines()))


@cache
def demos() -> dict[Language, tuple[Turn, ...]]:
    """The conversations that `python -m bot demo` prints, in each language."""
    with ThreadPoolExecutor() as at_once:
        return dict(zip(Language, at_once.map(_demo, Language), strict=True))


def _demo(language: Language) -> tuple[Turn, ...]:
    settings = {"TESTIGO_LANGUAGE": language.value, "SPAM_MIN_DELAY_MS": "0", "SPAM_MIN_DELAY_ANY_MS": "0"}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TEMP") if name in os.environ}
    environment = {**inherited, **settings, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "bot", "demo", "--once"]
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
        )
    if ended.returncode:
        raise RuntimeError(f"the demo failed:\n{ended.stdout}\n{ended.stderr}")
    return tuple(read_turns(_CLOCK.sub("", ended.stdout)))


def rewrite(document: Path, language: Language) -> bool:
    """Write today's answers into a document; returns whether anything changed but times and scores."""
    text = document.read_text(encoding="utf-8")
    chats = chats_of(text)
    changed = False
    for chat, today in reversed(list(zip(chats, played(chats, language), strict=True))):
        if [turn.comparable for turn in chat.turns] != [turn.comparable for turn in today]:
            start, end = chat.span
            text = text[:start] + write_turns(today) + text[end:]
            changed = True
    if changed:
        document.write_text(text, encoding="utf-8")
    return changed


if __name__ == "__main__":
    for name, spoken in CHATS.items():
        sys.stdout.write(f"{name}: {'rewritten' if rewrite(ROOT / name, spoken) else 'up to date'}\n")

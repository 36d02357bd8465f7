"""The transcripts of whole tasks are what the bot says and draws today."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.model.chat import Language
from tests.docs.tasks import FOLDER, document_of, played

#: Scores may differ by a little from one processor to another.
_SCORE = re.compile(r"\b\d+/100\b")
#: How much the pictures may differ on average (0-255), for the same reason.
MOST_DIFFERENCE = 12.0


@pytest.mark.parametrize("language", Language)
def test_the_transcripts_are_what_the_bot_says_and_draws_today(language: Language) -> None:
    """If it does not: `python -m tests.docs.tasks` writes them anew."""
    text, pictures = played(language)
    written = document_of(language).read_text(encoding="utf-8")
    assert comparable(text) == comparable(written)
    assert sorted(pictures) == sorted(path.name for path in FOLDER.glob(f"{language}-*"))
    for name, picture in pictures.items():
        assert difference(picture, (FOLDER / name).read_bytes()) < MOST_DIFFERENCE, name


def comparable(text: str) -> list[str]:
    return _SCORE.sub("~/100", text).strip().splitlines()


def difference(one: bytes, other: bytes) -> float:
    """The mean difference of two pictures; the largest there is when their sizes differ."""
    with Image.open(io.BytesIO(one)) as left, Image.open(io.BytesIO(other)) as right:
        if left.size != right.size:
            return 255.0
        return max(ImageStat.Stat(ImageChops.difference(left.convert("RGB"), right.convert("RGB"))).mean)

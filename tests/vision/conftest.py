"""A matcher that knows the frames; shared, since matching changes nothing in it."""

from __future__ import annotations

import pytest

from bot.vision import Matcher
from tests.vision.pictures import FRAMES, photo_bytes


def a_matcher() -> Matcher:
    matcher = Matcher()
    for name in FRAMES:
        matcher.add(name, photo_bytes(name))
    return matcher


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    return a_matcher()

"""WhatsApp's bold type: its signs go, the words and all other asterisks stay."""

from __future__ import annotations

import pytest

from bot.model.markup import without_bold


@pytest.mark.parametrize(
    ("chat", "elsewhere"),
    [
        ("🔴 *Atención*", "🔴 Atención"),
        ("Mira *!registro*, o *!copia ahora*.", "Mira !registro, o !copia ahora."),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("*a\nb*", "*a\nb*"),
        ("**", "**"),
        ("", ""),
    ],
)
def test_only_the_signs_of_bold_words_go(chat: str, elsewhere: str) -> None:
    assert without_bold(chat) == elsewhere

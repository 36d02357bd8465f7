"""Whatever is written, the bot answers or leaves it alone; it never fails, and no message is too long."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model.chat import Language, Role
from bot.model.errors import UserError
from bot.model.event import Card
from commands import COMMANDS
from commands.text import LONGEST_MESSAGE
from commands.vocabulary import hear, names_of
from commands.words import cleaned, split
from tests.commands.desk import a_desk, pictures

NAMES = [name for name, _, _ in names_of(COMMANDS)]
PIECES = [
    *NAMES, "!", "#1", "#99", "1", "0", "-1", "Ana", "Ana María", "Promo Mayo", "promo", "+57 300 123 4567", "+", "-",
    "only", "solo", "all", ",", "status:", "estado:pendiente", "page:2", "page:", "search:", '"', "“", "”", "«", "'",
    "done", "cancel", "listo", "more", "más", "🤖", "👍", "\u202e", "\u200b", "\ud800", "\x00", "\n", "\u00a0",
    "ñ", "İ", "ﷺ", "*", "_", "```", "{name}", "{0}", "%s", "x" * 500, "−", ":",
]  # fmt: skip
#: Anything at all, and things that look like commands.
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=300),
    st.builds(
        lambda parts, gap: gap.join(parts), st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(["", " "])
    ),
    st.builds(
        lambda name, parts: f"!{name} {' '.join(parts)}",
        st.sampled_from(NAMES),
        st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=6),
    ),
)
FUZZ = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(TEXTS, st.sampled_from(Language))
def test_the_grammar_raises_only_its_own_error(text: str, language: Language) -> None:
    try:
        plain = cleaned(text)
    except UserError:
        return
    plain.encode()
    split(plain)
    hear(plain, COMMANDS, language)


@settings(FUZZ, max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.sampled_from(Role))
def test_every_conversation_gets_answers_of_bearable_length(texts: list[str], role: Role) -> None:
    desk = a_desk()
    for number, text in enumerate(texts):
        storable = text.replace("\ud800", "").encode("utf-8", "ignore").decode().replace("\x00", "")
        cards = (Card(storable[:20], (storable[-20:],)),) if number % 3 == 2 else ()
        answered = desk.write(storable, pictures=pictures(number % 2), cards=cards)
        assert answered is None or len(answered.text) <= LONGEST_MESSAGE
        assert len(desk.ask_as(role, storable)) <= LONGEST_MESSAGE


@pytest.mark.parametrize("piece", ["x", " x", "!", '"', "a:", "1 ", "+5", "\u0301", "ﷺ", ", ", "\ud83d"])
def test_sixty_thousand_characters_are_read_at_once(piece: str) -> None:
    desk = a_desk()
    for opening in ("", "!campaign contacts #1 only ", "!contact add "):
        text = (opening + piece * 60_000)[:60_000]
        order = desk.order("short")
        answer = desk.dispatcher.answer(
            type(order)(**{**vars(order), "text": text}), None, Role.OWNER, desk.survey(), desk.clock.now()
        )
        assert len(answer.text) <= LONGEST_MESSAGE


@pytest.mark.parametrize("piece", ["x", "x ", '"', "a:", "1 ", "+5", "\u0301", "ﷺ", "x, "])
def test_the_longest_text_that_is_read(piece: str) -> None:
    desk = a_desk()
    for opening in ("!campaign contacts #1 only ", "!contact add ", "!results ", "!"):
        assert len(desk.ask((opening + "x" + piece * 4000)[:4000])) <= LONGEST_MESSAGE

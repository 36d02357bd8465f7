"""How texts are understood: names, accents, quotes, labels, targets, and slips of the finger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.chat import Language
from bot.model.errors import UserError
from bot.model.event import Card
from bot.model.identity import CampaignId, ContactId
from bot.model.result import Outcome
from commands import COMMANDS
from commands.vocabulary import Family, Heard, Unknown, hear, is_command
from commands.words import LONGEST_TEXT, Word, cleaned, folded, nearest, split
from tests.commands.desk import Desk, a_desk, add_campaign, add_contact, add_result, pictures

ES, EN = Language.ES, Language.EN


def understood(text: str, language: Language = ES) -> Heard | Family | Unknown:
    return hear(cleaned(text), COMMANDS, language)


@pytest.mark.parametrize(
    ("text", "key", "language"),
    [
        ("!campaña nueva Café", "campaign_new", ES),
        ("!CAMPANA NUEVA Café", "campaign_new", ES),
        ("!campan\u0303a   nueva Café", "campaign_new", ES),
        ("!campaign\u00a0new Café", "campaign_new", EN),
        ("!\u200fcampaign\u200b new\nCafé", "campaign_new", EN),
        ("!status", "status", EN),
        ("!estado", "status", ES),
        ("!límites", "limits", ES),
        ("!campaigns", "campaign_list", EN),
        ("!campaign list", "campaign_list", EN),
    ],
)
def test_names_are_known_however_they_are_written(text: str, key: str, language: Language) -> None:
    heard = understood(text)
    assert isinstance(heard, Heard)
    assert (heard.command.key, heard.language) == (key, language)


def test_the_longest_name_wins() -> None:
    heard = understood("!contact add Ana")
    assert isinstance(heard, Heard)
    assert (heard.command.key, heard.words) == ("contact_add", (Word("Ana"),))


@pytest.mark.parametrize("text", ["!", "!!!", "!?", "! ", "!1", "", "hola", "🤖 !help", "¡Qué bien!", "! qué susto"])
def test_feelings_are_no_commands(text: str) -> None:
    assert not is_command(cleaned(text), COMMANDS, ES)


@pytest.mark.parametrize("text", ["!help", "!xyz", "! help", "!ñandú"])
def test_the_prefix_and_a_letter_are_a_command(text: str) -> None:
    assert is_command(cleaned(text), COMMANDS, ES)


def test_the_first_word_of_some_commands_names_them_all() -> None:
    heard = understood("!campaña")
    assert isinstance(heard, Family)
    named_so = [command for command in COMMANDS if command.name(ES).startswith("campaña ")]
    assert list(heard.commands) == named_so
    assert len(named_so) > 4


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("!camapign", "!campaign"),
        ("!camapign list", "!campaign list"),
        ("!campaña nuva Café Junio", "!campaña nueva Café Junio"),
        ("!resutlados 1", "!resultados 1"),
        ('!conatct show "Ana María"', '!contact show "Ana María"'),
        ("!xyzzy", None),
    ],
)
def test_slips_are_understood(text: str, meant: str | None) -> None:
    heard = understood(text)
    assert isinstance(heard, Unknown)
    assert heard.meant == ((meant,) if meant else ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Ana María” Luis", (Word("Ana María", True), Word("Luis"))),
        ("«Ana María»", (Word("Ana María", True),)),
        ("O’Brien", (Word("O'Brien"),)),
        ('12" vinilo', (Word('12"'), Word("vinilo"))),
        ('search:"ana maria"', (Word("search:"), Word("ana maria", True))),
    ],
)
def test_quotes_of_every_keyboard_hold_words_together(text: str, words: tuple[Word, ...]) -> None:
    assert split(cleaned(text)) == words


def test_a_text_beyond_all_measure_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        cleaned("a" * (LONGEST_TEXT + 1))
    assert refused.value.key == "text.too_long"


def test_what_cannot_be_stored_or_seen_is_taken_out() -> None:
    assert cleaned("a\ud800b\x00c\u202ed\r\ne") == "a b cd e"
    assert cleaned("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"


def test_names_are_compared_without_accents_and_case() -> None:
    assert folded("  ÑANDÚ  Straße ") == "nandu strasse"
    assert nearest("sofia", ["Sofía", "Luis"]) == "Sofía"


@pytest.mark.parametrize(
    "target",
    ["#1", "1", "ana", "ÁNA", '"Ana"', "+57 300 123-4567", "573001234567", "300 1234567", "(+57) 300.123.4567"],
)
def test_a_contact_is_found_by_id_name_and_number(target: str) -> None:
    assert "*Ana (#1)*" in a_desk().ask(f"!contact show {target}")


def test_a_name_that_is_a_number_comes_before_an_id() -> None:
    desk = a_desk()
    add_campaign(desk, "1")
    assert "*1 (#3)*" in desk.ask("!campaign show 1")
    add_campaign(desk, "#2")
    assert "*Promo Mayo (#1)*" in desk.ask("!campaign show #1")
    assert "*Feria (#2)*" in desk.ask("!campaign show #2")
    assert "*#2 (#4)*" in desk.ask('!campaign show "#2"')


def test_a_beginning_that_fits_several_is_asked_about() -> None:
    desk = a_desk()
    add_contact(desk, "Anabel", "+573001119999")
    add_contact(desk, "Anastasia", "+573001118888")
    assert "*Ana (#1)*" in desk.ask("!contact show ana")
    assert "*Anabel (#4)*" in desk.ask("!contact show anab")
    assert "1. Ana (#1) · +57•••••4567\n2. Anabel (#4)" in desk.ask("!contact show an")


def test_namesakes_are_told_apart_by_id() -> None:
    desk = a_desk()
    add_contact(desk, "ana", "+573001119999")
    assert "1. Ana (#1) · +57•••••4567\n2. ana (#4) · +57•••••9999" in desk.ask("!contact show Ana")
    assert "*ana (#4)*" in desk.ask("!contact show #4")


def test_the_only_active_campaign_needs_no_name() -> None:
    desk = a_desk()
    assert "Which campaign?" in desk.ask("!results")
    desk.tables.campaigns.remove(desk.tables.campaigns.need(2))
    assert "*Promo Mayo (#1)*" in desk.ask("!results")
    assert "*Promo Mayo (#1)*" in desk.ask("!campaign contacts - Luis")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("!campaign threshold #9 60", "no campaign “#9”"),
        ("!campaign threshold ferai 60 40", "“ferai”. Did you mean *Feria (#2)*?"),
        ("!campaign threshold promo mayoo 60", "“promo mayoo”. Did you mean *Promo Mayo (#1)*?"),
        ("!frames promo mayi 2", "“promo mayi”. Did you mean *Promo Mayo (#1)*?"),
        ("!campaign contacts #9 only Ana", "no campaign “#9”"),
        ("!campaign contacts ferai + Ana", "“ferai”. Did you mean *Feria (#2)*?"),
        ("!campaign contacts ferai", "“ferai”. Did you mean *Feria (#2)*?"),
    ],
)
def test_an_unknown_campaign_is_told_as_one_whatever_stands_behind_it(text: str, told: str) -> None:
    assert told in a_desk().ask(text)


def test_what_stands_in_the_place_of_a_campaign_that_is_left_out_is_no_campaign() -> None:
    desk = a_desk()
    desk.tables.campaigns.remove(desk.tables.campaigns.need(2))
    assert "60" in desk.ask("!campaign threshold 60")
    assert desk.tables.campaigns.need(1).match_yes == 60
    assert "60%" in desk.ask("!campaign threshold 60%")
    assert "chosen contact" in desk.ask("!campaign contacts only Ana")


@pytest.mark.parametrize(
    "text",
    [
        "!results #1 status:pending",
        "!results status: pendiente #1",
        "!results #1 Estado:PENDING",
        '!results 1 status:"pending"',
    ],
)
def test_options_stand_anywhere_and_know_both_languages(text: str) -> None:
    answer = a_desk().ask(text)
    assert "Sofía" in answer
    assert "Luis" not in answer


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("!resultados promo estado:no capturado", "Sofía"),
        ("!resultados estado: no capturados promo", "Sofía"),
        ("!results status:Not Captured promo", "Sofía"),
        ("!results status:no promo", "Luis"),
        ("!resultados estado:no cumplen promo", "Luis"),
        ("!results status:“not captured” promo", "Sofía"),
    ],
)
def test_a_value_of_two_words_needs_no_quotes(text: str, who: str) -> None:
    desk = a_desk()
    add_result(desk, desk.tables.campaigns.need(CampaignId(1)), ContactId(3), Outcome.NO_CAPTURADO)
    answer = desk.ask(text)
    assert [name for name in ("Ana", "Luis", "Sofía") if f"{name} (#" in answer] == [who]


def test_a_label_that_is_no_option_is_part_of_a_name() -> None:
    assert "*Oferta: 2x1 (#3)*" in a_desk().ask("!campaign new Oferta: 2x1", pictures=pictures(1))


def test_a_slip_in_an_option_is_understood() -> None:
    assert "Did you mean *pending*?" in a_desk().ask("!results #1 status:pendin")


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999", "١", "²"])
def test_a_page_is_a_number_from_one_on(page: str) -> None:
    assert "is no number" in a_desk().ask(f"!results #1 page:{page}")


def test_a_reply_means_the_campaign_that_the_message_made() -> None:
    desk = a_desk()
    desk.ask("!campaign new Coffee", pictures=pictures(1))
    order = desk.tables.orders.all()[-1]
    assert "*Coffee (#3)*" in desk.ask("!results", quoted=order.message_id)
    answer = desk.tables.outbox.all()[-2]
    desk.tables.outbox.save(replace(answer, message_id="SENT"))
    assert "*Coffee (#3)*" in desk.ask("!results", quoted="SENT")
    assert "Which campaign?" in desk.ask("!results", quoted="unknown")


def test_a_reply_to_a_contact_card_means_the_contact() -> None:
    desk = a_desk()
    desk.ask(cards=(Card("Whoever", ("+57 300 765 4321",)),))
    card = desk.tables.orders.all()[-1]
    assert "*Luis (#2)*" in desk.ask("!contact show", quoted=card.message_id)


def test_a_number_without_a_country_is_of_the_linked_accounts_country() -> None:
    assert "+57 310 5550101" in Desk(region=None).ask("!contact add Zoé 310 555 0101")


def test_a_number_that_is_none_in_the_country_is_refused() -> None:
    desk = Desk(region="ES")
    assert "no phone number that can exist" in desk.ask("!contact add Zoé 310 555 0101")
    assert "*Zoé (#1)*" in desk.ask("!contact add Zoé +57 310 555 0101")


@pytest.mark.parametrize(("text", "language", "tongue"), [
    ("!camapña", ES, ES), ("!limts", EN, EN), ("!contcto", ES, ES), ("!contct", EN, EN), ("!camapign list", ES, EN),
])  # fmt: skip
def test_a_slip_that_fits_both_languages_is_answered_in_the_own_one(
    text: str, language: Language, tongue: Language
) -> None:
    heard = understood(text, language)
    assert isinstance(heard, Unknown)
    assert heard.language is tongue


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!resultados de promo", "*Promo Mayo (#1)*"),
        ("!results of promo", "*Promo Mayo (#1)*"),
        ("!contacto ver a Ana", "*Ana (#1)*"),
        ("!stories of Ana", "*Ana (#1)*"),
        ("!ver contacto Ana", "*Ana (#1)*"),
        ("!show contact Ana", "*Ana (#1)*"),
        ("!borrar contacto Luis", "Olvidar a *Luis (#2)*"),
        ("!delete contact Luis", "Forget *Luis (#2)*"),
        ("!resultados promo pendientes", "⏳ Sofía (#3)"),
        ("!results promo pending", "⏳ Sofía (#3)"),
        ("!results pending promo", "There is no campaign"),
        ("!campañas activas", "*2 campañas*"),
        ("!campaigns closed", "No campaign"),
        ("!silencio de 10pm a 7am", "de 22:00 a 07:00"),
        ("!quiet from 10 pm to 7 am", "from 22:00 to 07:00"),
        ("!quiet 8-8", "is no span of hours"),
        ("!contact Ana", "*!contact show <contact>*"),
        ("!contacto Ana", "*!contacto ver <contacto>*"),
        ("!contact shwo Ana", "Did you mean *!contact show Ana*"),
    ],
)
def test_what_people_write_in_a_sentence_is_understood(text: str, answer: str) -> None:
    assert answer in a_desk().ask(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!contacto nota a Luis llamó ayer", "Luis (#2)"),
        ("!contacto etiqueta a luis vip", "Luis (#2)"),
        ("!contacto nota de Luis llamó", "Luis (#2)"),
        ("!historias de Luis", "Luis (#2)"),
        ("!contacto ver a luis", "Luis (#2)"),
        ("!contacto ver a ana", "Ana (#1)"),
        ("!resumen de feria", "Feria (#2)"),
        ("!resultados de promo pendientes", "Promo Mayo (#1)"),
        ("!campaña regla de feria posts 2", "Feria (#2)"),
    ],
)
def test_a_word_before_a_name_is_not_the_beginning_of_another(text: str, answer: str) -> None:
    desk = a_desk()
    add_contact(desk, "Delia", "+573001112233")
    add_contact(desk, "Andrés", "+573001112244")
    add_campaign(desk, "Desayunos")
    assert answer in desk.ask(text).splitlines()[0]


@pytest.mark.parametrize(
    ("text", "fact"), [("!export promo pdf", "pdf"), ("!exportar promo excel", "xlsx"), ("!chart promo hours", "hours")]
)
def test_what_is_wanted_may_stand_behind_the_campaign(text: str, fact: str) -> None:
    desk = a_desk()
    desk.papers(text)
    (paper,) = desk.tables.orders.all()[-1].papers
    assert fact in paper.facts.values()
    assert paper.facts["campaign"] == 1


def test_a_campaign_that_is_called_like_a_filter_is_still_the_campaign() -> None:
    desk = a_desk()
    add_campaign(desk, "Pendientes")
    assert "*Pendientes (#3)*" in desk.ask("!resultados pendientes")

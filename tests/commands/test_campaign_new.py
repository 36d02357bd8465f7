"""Making a campaign: with pictures at once, or in a wizard that waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.campaign import CampaignState
from bot.model.chat import Advice, Language, Need
from storage.query import where
from tests.commands.desk import Answered, Desk, a_desk, a_picture, no_picture, pictures

TEN_MINUTES = timedelta(minutes=10)


def waiting_for_pictures(language: Language = Language.EN) -> Desk:
    desk = a_desk(language)
    desk.ask("!campaign new Coffee" if language is Language.EN else "!campaña nueva Café")
    return desk


def frames_of_third(desk: Desk) -> list[str]:
    return [frame.sha256 for frame in desk.tables.frames.find(where("campaign_id") == 3)]


def test_pictures_sent_with_the_command_become_frames() -> None:
    desk = a_desk()
    answer = desk.ask("!campaña nueva “Café Junio”", pictures=pictures(2))
    campaign = desk.tables.campaigns.need(3)
    assert (campaign.name, campaign.state) == ("Café Junio", CampaignState.ACTIVE)
    assert frames_of_third(desk) == ["sha-0", "sha-1"]
    assert "1. 1080×1920" in answer
    assert desk.conversation() is None


def test_a_picture_that_cannot_be_read_is_refused_and_the_others_are_used() -> None:
    desk = a_desk()
    answer = desk.ask("!campaign new Coffee", pictures=(no_picture("truncated"), a_picture("good")))
    assert "⚠️ Picture 1 is not used: the file is cut off. Send the picture again." in answer
    assert frames_of_third(desk) == ["sha-good"]


@pytest.mark.parametrize(
    "failure",
    ["not_a_picture", "not_an_image", "truncated", "too_large", "no_frames", "hostile", "unsupported", "gone",
     "unreachable"],
)  # fmt: skip
def test_without_a_usable_picture_there_is_no_campaign_and_others_are_waited_for(failure: str) -> None:
    desk = a_desk()
    answer = desk.ask("!campaign new Coffee", pictures=(no_picture(failure),))
    assert "Picture 1 is not used" in answer
    assert "Send others for *Coffee*" in answer
    assert len(desk.tables.campaigns) == 2
    assert desk.write(pictures=pictures(1)) == Answered("", "👍")
    assert "✅ *Coffee (#3)*" in desk.ask("done")


def test_the_wizard_collects_pictures_until_done() -> None:
    desk = waiting_for_pictures()
    assert desk.write(pictures=(a_picture("a"),)) == Answered("", "👍")
    assert desk.write(pictures=(a_picture("b"), a_picture("a"))) == Answered("", "👍")
    answer = desk.ask("done")
    assert "✅ *Coffee (#3)* is active and looks for 2 pictures:" in answer
    assert "1 picture was sent twice and counts once." in answer
    assert frames_of_third(desk) == ["sha-a", "sha-b"]
    assert desk.conversation() is None


@pytest.mark.parametrize("word", ["listo", "LISTO.", "!listo", "done", "¡listo!".removeprefix("¡")])
def test_the_last_picture_may_say_that_it_is_the_last(word: str) -> None:
    desk = waiting_for_pictures(Language.ES)
    assert "✅ *Café (#3)* está activa" in desk.ask(word, pictures=pictures(1))


@pytest.mark.parametrize("word", ["cancelar", "!cancelar", "cancel", "Cancelar"])
def test_cancel_gives_up(word: str) -> None:
    desk = waiting_for_pictures(Language.ES)
    desk.write(pictures=pictures(1))
    assert "Cancelado: no se creó *Café*." in desk.ask(word)
    assert len(desk.tables.campaigns) == 2
    assert desk.write("listo") is None


def test_done_without_a_picture_goes_on_waiting() -> None:
    desk = waiting_for_pictures()
    assert "*Coffee* has no picture yet" in desk.ask("done")
    assert desk.write(pictures=pictures(1)) == Answered("", "👍")


def test_other_texts_are_told_what_is_waited_for() -> None:
    desk = waiting_for_pictures()
    desk.write(pictures=pictures(1))
    assert "I have 1 picture of *Coffee*" in desk.ask("these are nice")


def test_other_commands_can_be_used_meanwhile_even_without_the_prefix() -> None:
    desk = waiting_for_pictures()
    desk.write(pictures=pictures(1))
    assert "2 campañas" in desk.ask("!campaña lista")
    assert "2 campaigns" in desk.ask("campaign list")
    assert "✅ *Coffee (#3)*" in desk.ask("done")


def test_a_second_wizard_would_lose_the_pictures_of_the_first() -> None:
    desk = waiting_for_pictures()
    desk.write(pictures=pictures(1))
    assert "*Coffee* is still waiting" in desk.ask("!campaign new Tea")
    assert "✅ *Coffee (#3)*" in desk.ask("done")


def test_each_picture_gives_another_ten_minutes() -> None:
    desk = waiting_for_pictures()
    for name in "ab":
        desk.clock.advance(TEN_MINUTES - timedelta(seconds=1))
        assert desk.write(pictures=(a_picture(name),)) == Answered("", "👍")
    assert "looks for 2 pictures" in desk.ask("done")


@pytest.mark.parametrize("late", [pictures(1), ()])
def test_what_comes_too_late_is_told_so(late: tuple[()]) -> None:
    desk = waiting_for_pictures()
    desk.write(pictures=pictures(1))
    desk.clock.advance(TEN_MINUTES)
    answer = desk.ask("" if late else "done", pictures=late)
    assert "I waited 10 minutes for *Coffee*" in answer
    assert "!campaign new Coffee" in answer
    assert len(desk.tables.campaigns) == 2


def test_after_the_time_is_up_notes_are_notes_again() -> None:
    desk = waiting_for_pictures()
    desk.clock.advance(TEN_MINUTES)
    assert desk.write("buy milk") is None
    desk.clock.advance(timedelta(hours=2))
    assert desk.write(pictures=pictures(1)) is None


def test_a_name_is_used_once_among_open_campaigns() -> None:
    desk = a_desk()
    assert "already a campaign *Promo Mayo (#1)*" in desk.ask("!campaign new PROMO  máyo", pictures=pictures(1))
    campaign = desk.tables.campaigns.need(1)
    desk.tables.campaigns.save(type(campaign)(**{**vars(campaign), "state": CampaignState.CLOSED}))
    assert "✅ *Promo Mayo (#3)*" in desk.ask("!campaign new Promo Mayo", pictures=pictures(1))
    assert "*Promo Mayo (#3)*" in desk.ask("!campaign show promo mayo")


def test_advice_names_the_other_picture() -> None:
    desk = a_desk()
    elsewhere = desk.tables.frames.all()[1]
    answer = desk.ask(
        "!campaign new Coffee",
        pictures=(
            a_picture("plain", Advice("too_little_detail")),
            a_picture("twin", Advice("near_duplicate", sha256="sha-plain")),
            a_picture("rival", Advice("lookalike", sha256=elsewhere.sha256)),
            a_picture("alone", Advice("near_duplicate", sha256="no frame")),
        ),
    )
    assert "Little detail" in answer
    assert "Almost the same as picture 1:" in answer
    assert "Shares much with picture 2 of *Promo Mayo (#1)*" in answer
    assert answer.count("⚠️") == 3
    assert "Little detail" in desk.ask("!campaign show 3")


def test_without_contacts_they_are_asked_for() -> None:
    assert "There are no contacts yet" in Desk().ask("!campaign new Coffee", pictures=pictures(1))


def test_the_name_is_not_endless() -> None:
    answer = a_desk().ask("!campaign new " + "x" * 61, pictures=pictures(1))
    assert "at most 60 characters" in answer
    assert "Usage: !campaign new <name>" in answer


def test_pictures_are_read_only_when_they_are_wanted() -> None:
    desk = a_desk()
    wanted = ["!campaign new Coffee", "!campaña nueva", "!campain new Coffee"]
    unwanted = ["!results", "holiday", "!xyzzy", ""]
    assert all(desk.dispatcher.need(desk.order(text), None) is Need.PICTURES for text in wanted)
    assert all(desk.dispatcher.need(desk.order(text), None) is Need.NOTHING for text in unwanted)


def test_a_slip_keeps_the_pictures() -> None:
    desk = a_desk()
    assert "Did you mean *!campaign new Coffee*?" in desk.ask("!campain new Coffee", pictures=pictures(2))
    assert "looks for 2 pictures" in desk.ask("1")

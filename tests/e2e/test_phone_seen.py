"""The bot notices that the owner's phone is alive, by what the phone itself writes, and keeps nothing else of it."""

from __future__ import annotations

from bot.model.event import PhoneSeen
from bot.model.inbox import write_event
from tests.support.running import RunningGateway
from tests.support.world import World


def test_a_message_from_the_phone_is_a_sign_of_it_whoever_it_is_for(world: World, linked: RunningGateway) -> None:
    ana = world.add_person("Ana")
    world.phone.say("private words", to=ana)
    seen = linked.wait(
        lambda: next((event for event in linked.events() if isinstance(event, PhoneSeen)), None), "a sign of the phone"
    )
    assert set(write_event(seen)) == {"event", "at"}
    assert all("private words" not in str(event) for event in linked.events())


def test_what_others_write_is_no_sign_of_the_phone(world: World, linked: RunningGateway) -> None:
    ana = world.add_person("Ana")
    word = ana.say("STOP", to=world.phone)
    linked.wait_for_message(word)
    assert not [event for event in linked.events() if isinstance(event, PhoneSeen)]

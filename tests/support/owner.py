"""What the owner does before anything can be seen: a campaign with its pictures, and who takes part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.support.world import Person, World


def begin_campaign(world: World, name: str, pictures: Sequence[bytes], people: Mapping[str, Person]) -> None:
    """An album and a command for each contact, in the owner's own chat."""
    world.phone.send_album(list(pictures), {1: f"!campaign new {name}"})
    world.phone.wait_for_text(name)
    for contact, person in people.items():
        world.phone.say(f"!contact add {contact} {person.number}")
        world.phone.wait_for_text(contact)

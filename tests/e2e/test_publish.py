"""An own status with a picture, from the order in the chat to what a phone sees."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.product import Product
from tests.support.world import World


def test_a_picture_is_posted_as_own_status_once_it_is_confirmed(world: World, tmp_path: Path) -> None:
    picture = BytesIO()
    Image.effect_noise((540, 960), 80).convert("RGB").save(picture, "JPEG")
    with Product(world, tmp_path, SPAM_HUMAN_PACE="0") as product:
        product.link()
        world.phone.wait_for_text("Testigo is linked")
        world.phone.say("!publish mode on")
        world.phone.wait_for_text("may be posted")
        world.phone.send_image(picture.getvalue(), "!publish Today at the café")
        code = re.search(r"!confirm (\w{4})", world.phone.wait_for_text("!confirm"))
        assert code is not None
        assert not statuses(world)
        world.phone.say(f"!confirm {code[1]}")
        (posted,) = world.wait(lambda: statuses(world), "the status")
        assert posted.imageMessage.caption == "Today at the café"
        assert world.phone.file_of(posted) == picture.getvalue()
        product.wait_until(lambda: product.status()["queue"]["waiting"] == 0, "an empty queue")
        assert len(statuses(world)) == 1


def statuses(world: World) -> list[Any]:
    """The pictures with this caption that reached the owner's phone; the order itself has another one."""
    return [each for each in world.phone.inbox if each.imageMessage.caption == "Today at the café"]

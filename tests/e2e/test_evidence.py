"""`!why` and `!test` through the real WhatsApp library: the verdict of the live path, with its evidence."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from bot.demo.pictures import cropped, forwarded, photo
from tests.support.product import Product
from tests.support.world import World

COFFEE, ROCKET, STORY = photo("coffee.jpg"), photo("rocket.jpg"), photo("story.mp4")


def test_why_and_test_say_what_the_live_path_found(world: World, tmp_path: Path) -> None:
    ana, luis = world.add_person("Ana"), world.add_person("Luis")
    crop = cropped("rocket.jpg")
    with Product(world, tmp_path) as product:
        product.link()
        world.phone.send_album([COFFEE, ROCKET], {1: "!campaign new Café"})
        world.phone.wait_for_text("Café")
        for person, name in ((ana, "Ana"), (luis, "Luis")):
            world.phone.say(f"!contact add {name} {person.number}")
            world.phone.wait_for_text(name)
        ana.post_image(crop)
        luis.post_video(STORY)
        product.wait_until(lambda: product.status()["captures"]["judged"] == 2, "two judgements")
        world.phone.say("!why Ana")
        why = world.phone.wait_for_text("Most like picture 2")
        opens_as_evidence(world, why)
        world.phone.say("!why Luis")
        in_video = world.phone.wait_for_text("In the video at")
        opens_as_evidence(world, in_video)
        world.phone.send_image(crop, "!test")
        tried = world.phone.wait_for_text("Test against")
        opens_as_evidence(world, tried)
        assert score(tried) == score(why)
        second = re.search(r"at ([\d.]+) s", in_video)
        assert second is not None
        assert 1.4 <= float(second[1]) <= 3.0
        before = product.status()["captures"]["seen"]
        world.phone.send_image(forwarded("chelsea.jpg"), "!test")
        world.phone.wait_for_text("resembles none")
        assert product.status()["captures"]["seen"] == before


def score(words: str) -> str:
    found = re.search(r"(\d+)/100", words)
    assert found is not None, words
    return found[1]


def opens_as_evidence(world: World, caption: str) -> None:
    message = next(m for m in world.phone.inbox if m.HasField("imageMessage") and m.imageMessage.caption == caption)
    with Image.open(io.BytesIO(world.phone.file_of(message))) as picture:
        picture.load()
        assert picture.width >= 800

"""The owner's chat through the real neonize: albums, undo, codes, wizards; a group with an operator and a stranger."""

from __future__ import annotations

import io
import re
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from bot.demo.pictures import photo
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.product import Product
from tests.support.world import World

COFFEE, ROCKET, CAT = photo("coffee.jpg"), photo("rocket.jpg"), photo("chelsea.jpg")


def mirrored(picture: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        ImageOps.mirror(image).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def product(world: World, tmp_path: Path) -> Product:
    return Product(world, tmp_path)


def test_an_album_of_four_an_undo_a_confirmed_deletion_and_a_wizard_given_up(world: World, product: Product) -> None:
    phone = world.phone
    with product:
        product.link()
        phone.wait_for_text("Testigo is linked")

        phone.send_album([COFFEE, ROCKET, CAT, mirrored(COFFEE)], {2: "!campaign new Four"})
        assert "looks for 4 pictures" in phone.wait_for_text("*Four (#1)*")

        phone.forward_and_answer(COFFEE, "!test")
        assert "Most like picture 1" in phone.wait_for_text("Test against")

        phone.say("!campaign pause four")
        phone.wait_for_text("is paused")
        phone.say("!undo")
        phone.wait_for_text("Undone: !campaign pause four")
        phone.say("!campaigns status:active")
        phone.wait_for_text("*Four (#1)* · active")

        phone.say("!campaign delete four")
        asked = phone.wait_for_text("This cannot be undone")
        found = re.search(r"!confirm (\w{4})", asked)
        assert found is not None
        phone.say("!confirm AAAA")
        phone.wait_for_text("No code AAAA")
        product.kill()  # the code survives
        product.start()
        product.wait_for_state("connected")
        phone.say(f"!confirm {found[1]}")
        phone.wait_for_text("is deleted")

        phone.say("!campaign new Later")
        phone.wait_for_text("Send the pictures of *Later*")
        phone.send_image(COFFEE)
        world.wait(lambda: any(message.HasField("reactionMessage") for message in phone.inbox), "a 👍")
        phone.say("cancel")
        phone.wait_for_text("Cancelled: *Later* was not made")
        assert product.terminate() == 0
    with closing(open_store(product.data / "bot.db", SCHEMA)) as store:
        tables = Tables(store)
        assert (len(tables.campaigns), len(tables.frames)) == (0, 0)
        told = [(line.command, line.role.name) for line in tables.audit.find(where("at") > 0, order_by="at")]
        assert told == [("campaign_new", "OWNER"), ("campaign_pause", "OWNER"), ("undo", "OWNER"),
                        ("campaign_delete", "OWNER")]  # fmt: skip


def test_an_operator_in_the_group_is_answered_and_strangers_are_not(world: World, product: Product) -> None:
    operator, stranger = world.add_person("Marta"), world.add_person("Nobody")
    group, other = world.add_group(operator, stranger), world.add_group(operator)
    phone = world.phone
    with product:
        product.link()
        phone.wait_for_text("Testigo is linked")
        phone.say(f"!role set operator {operator.number}")
        phone.wait_for_text("is now operator")
        operator.say_in(group, "!campaigns")  # nobody listens yet
        phone.say_in(group, "!group here")
        operator.wait_for_text("Commands are heard in this group now")

        stranger.say_in(group, "!campaigns")
        stranger.say("!campaigns")
        operator.say("!campaigns")
        operator.say_in(other, "!campaigns")
        operator.say_in(group, "see you at the meeting")
        operator.say_in(group, "!contact add Ana +573001234567")
        operator.wait_for_text("*Ana (#1)*")
        operator.say_in(group, "!role set operator +573001234567")
        operator.wait_for_text("Only people with the role *owner*")
        phone.say_in(group, "!audit")
        assert "operator" in operator.wait_for_text("changes*")
        assert product.terminate() == 0
    heard = [text for text in stranger.texts if text]
    assert not any("campaigns yet" in text for text in [*heard, *operator.texts])
    with closing(open_store(product.data / "bot.db", SCHEMA)) as store:
        asked = [order.text for order in Tables(store).orders.all()]
    assert asked.count("!campaigns") == 0
    assert "see you at the meeting" not in asked

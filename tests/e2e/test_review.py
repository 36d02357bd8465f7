"""Through the real WhatsApp library: a doubtful status is settled by a reaction, a contact's proof by a word."""

from __future__ import annotations

from pathlib import Path

from bot.demo.pictures import cropped, photo
from tests.support.owner import begin_campaign
from tests.support.product import Product
from tests.support.world import World

COFFEE, ROCKET = photo("coffee.jpg"), photo("rocket.jpg")


def test_a_reaction_on_the_evidence_and_a_word_on_a_proof_settle_a_doubt(world: World, tmp_path: Path) -> None:
    ana, luis = world.add_person("Ana"), world.add_person("Luis")
    with Product(world, tmp_path) as product:
        product.link()
        begin_campaign(world, "Café", [COFFEE, ROCKET], {"Ana": ana, "Luis": luis})
        world.phone.say("!campaign threshold café 100 1")
        world.phone.wait_for_text("a sure match from 100")
        ana.post_image(cropped("rocket.jpg"))
        product.wait_until(lambda: product.status()["captures"]["judged"] == 1, "the judgement")
        world.phone.say("!review")
        world.phone.wait_for_text("The last one")
        world.phone.react("👍", message_id(world, "The last one"))
        world.phone.wait_for_text("✅ Ana (#1): it is the picture.")

        luis.send_image(cropped("rocket.jpg"), "PROOF of mine")
        product.wait_until(lambda: product.status()["captures"]["judged"] == 2, "the proof to be compared")
        world.phone.say("!review list")
        world.phone.wait_for_text("sent as proof")
        world.phone.say("!review")
        world.phone.wait_for_text("Luis (#2) · Café")
        world.phone.say("no")
        world.phone.wait_for_text("❌ Luis (#2): it is something else.")
        world.phone.say("!results")
        world.phone.wait_for_text("✅ 1 ❌ 1 📵 0 ⏳ 0")


def message_id(world: World, part: str) -> str:
    """The id of the bot's newest message with these words, as the owner's phone knows it."""
    words = [index for index, text in enumerate(world.phone.texts) if part in text]
    ids = list(dict.fromkeys(got.node.a("id") for got in world.phone.phone.inbox if got.plain))
    return str(ids[words[-1]])

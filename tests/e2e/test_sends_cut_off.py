"""A send that a crash cuts off between WhatsApp's taking it and the bot's learning of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.test_main_job import set_up
from tests.support.product import Product
from tests.support.world import World


@pytest.mark.parametrize("victim", ["bot", "whatsapp process"])
def test_a_reply_to_a_contact_that_went_out_unnoticed_is_never_repeated(
    world: World, tmp_path: Path, victim: str
) -> None:
    ana = world.add_person("Ana")
    with Product(world, tmp_path) as product:
        set_up(world, product, ana)
        ana.say("STOP")
        with world.withheld_acknowledgements():
            world.wait(lambda: ana.texts, "the confirmation")
            product.wait_for_journalled_receipt(ana)  # the library acknowledges it before it can be written down
            if victim == "bot":
                product.kill()
            else:
                product.kill_worker()
        if victim == "bot":
            product.start()
        product.wait_for_state("connected")
        world.phone.say("!status")
        world.phone.wait_for_text("Messages")
        product.wait_until(lambda: product.status()["queue"]["in_doubt"] == 0, "the receipt to settle the doubt")
        assert len(ana.texts) == 1
        assert product.status()["queue"]["waiting"] == 0

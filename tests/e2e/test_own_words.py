"""Contacts see and delete their own data by direct message, through the real library."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.e2e.test_main_job import CAT, COFFEE, judged, recompressed, set_up
from tests.support.product import Product
from tests.support.world import World


@pytest.mark.parametrize("by_lid", [False, True])
def test_a_contact_sees_their_data_and_has_them_deleted(world: World, tmp_path: Path, by_lid: bool) -> None:
    world.address_statuses(by_lid=by_lid, tells_both=True)
    ana, luis, stranger = (world.add_person(name) for name in ("Ana", "Luis", "Stranger"))
    with Product(world, tmp_path) as product:
        set_up(world, product, ana, luis)
        ana.post_image(recompressed(COFFEE))
        judged(product, 1)

        stranger.say("DATA")
        ana.say("DATA")
        shown = ana.wait_for_text("Statuses seen")
        for line in ("*Contact0*", "declared by", "Statuses seen: 1 · files kept: 1", "✅ Corner Café"):
            assert line in shown

        ana.say("borrar mis datos ya mismo")  # a sentence, not the word: nothing is lost by a misunderstanding
        ana.say("Borrar")
        ana.wait_for_text("Se borró")
        ana.post_image(recompressed(CAT))
        luis.post_image(recompressed(CAT))
        product.wait_until(lambda: product.status()["outcomes"]["incumple"] == 1, "Luis's result")
        world.phone.say("!results")
        results = world.phone.wait_for_text("posted something else")
        assert "Contact1 (#2)" in results
        assert "Contact0" not in results
        assert product.status()["captures"]["seen"] == 1

        assert len(ana.texts) == 2
        assert not stranger.texts
        product.kill()
    with closing(open_store(product.data / "bot.db", SCHEMA)) as store:
        tables = Tables(store)
        assert [contact.name for contact in tables.contacts.all()] == ["Contact1"]
        assert len(tables.suppressed.all()) == 1
        assert len(tables.captures.all()) == 1

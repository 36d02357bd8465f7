"""What WhatsApp says about the link, through the real library: the state, the page, the alert, and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.product import Product
from tests.support.world import World
from tests.whatsapp_double.stanza import Node

REPLACED = Node("stream:error", {}, [Node("conflict", {"type": "replaced"})])


def status_of(product: Product) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(product.get("/api/status"))
    return status


def alert_kinds(product: Product) -> set[str]:
    return {alert["kind"] for alert in status_of(product)["alerts"]}


def is_told(product: Product, state: str) -> None:
    """The page shows the state, and there is an alert about it."""
    product.wait_for_state(state)
    product.wait_until(lambda: "link" in alert_kinds(product), f"an alert about {state}")


def start_again(product: Product) -> None:
    """As the runbook says: by a person."""
    product.terminate()
    product.start()


def is_back(product: Product) -> None:
    product.wait_for_state("connected")
    product.wait_until(lambda: "link" not in alert_kinds(product), "the alert to be called off")


def test_every_state_that_needs_a_person_is_on_the_page_and_an_alert_and_leads_back(
    world: World, tmp_path: Path
) -> None:
    with Product(world, tmp_path) as product:
        product.link()
        for state, code, facts in (
            ("banned", 402, {"code": "101", "expire": "3600"}),
            ("outdated", 405, {}),
            ("restricted", 400, {}),
        ):
            world.refuse_logins(code, **facts)
            is_told(product, state)
            world.accept_logins()
            start_again(product)
            is_back(product)
            world.wait_until_online()
        world.tell_bot(REPLACED)
        is_told(product, "replaced")
        start_again(product)
        is_back(product)
        world.wait_until_online()

        world.refuse_logins(401)
        is_told(product, "logged_out")
        world.accept_logins()
        start_again(product)
        product.link()
        is_back(product)

"""With a proxy nothing goes to WhatsApp beside it: socket and media, tried and used through the real library."""

from __future__ import annotations

import ssl

from bot.model.link import LinkState
from bot.whatsapp.proxy_trial import try_proxy
from tests.support.running import RunningGateway
from tests.support.world import World

NOBODY_THERE = "http://127.0.0.1:9"


def logins(world: World) -> int:
    return len(world.server.seen("->", "success"))


def test_both_of_whatsapps_hosts_are_tried_through_the_proxy(world: World) -> None:
    context = ssl.create_default_context(cafile=str(world.server.ca_file))
    found = try_proxy(world.server.proxy_url, context)
    assert [(each.what, each.fault) for each in found] == [("socket", ""), ("media", "")]
    refused = try_proxy(NOBODY_THERE, context)
    assert all(each.fault for each in refused)


def test_a_certificate_that_is_not_whatsapps_is_refused(world: World) -> None:
    """A proxy that looks inside would be noticed."""
    found = try_proxy(world.server.proxy_url)
    assert all("CERTIFICATE_VERIFY_FAILED" in each.fault for each in found)


def test_a_proxy_that_fails_leaves_no_connection_at_all_until_it_is_mended(
    world: World, linked: RunningGateway
) -> None:
    before = logins(world)
    linked.gateway.use_proxy(NOBODY_THERE)
    lost = linked.wait_for(LinkState.RECONNECTING)
    while lost.failures < 2:  # it was tried, and tried again
        lost = linked.wait_for(LinkState.RECONNECTING)
    assert logins(world) == before
    linked.gateway.use_proxy(world.server.proxy_url)
    linked.wait_for(LinkState.CONNECTED)
    assert logins(world) == before + 1

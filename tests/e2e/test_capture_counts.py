"""Through the real library: what was posted, captured, judged and reported agrees exactly, whatever went wrong."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from bot.demo.pictures import photo
from bot.model.capture import Capture, CaptureState, MissReason
from bot.model.event import Flag
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support import messages, statuses
from tests.support.product import Product
from tests.support.world import Person, World
from tests.whatsapp_double.stanza import Node

COFFEE, ROCKET, CAT = photo("coffee.jpg"), photo("rocket.jpg"), photo("chelsea.jpg")
STORY = photo("story.mp4")  #: shows the coffee picture from 1.5 s to 3 s
QUICK_TO_GIVE_UP = {"STATUS_MEDIA_TIMEOUT_MS": "1000", "MAX_STATUS_RETRIES": "2"}


def small(picture: bytes, side: int = 500, quality: int = 50) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        ImageOps.contain(image, (side, side)).save(out, "JPEG", quality=quality)
    return out.getvalue()


AD, OTHER = small(ROCKET), small(CAT)


def set_up(world: World, product: Product, *contacts: Person) -> None:
    """Link the account, make a campaign of two pictures and add the contacts as P0, P1, …"""
    product.link()
    world.phone.wait_for_text("Testigo is linked")
    world.phone.send_album([COFFEE, ROCKET], {0: "!campaign new Promo"})
    world.phone.wait_for_text("Promo")
    for number, contact in enumerate(contacts):
        world.phone.say(f"!contact add P{number} {contact.number}")
        world.phone.wait_for_text(f"P{number}")


def settled(product: Product, statuses: int) -> dict[str, Any]:
    """Wait until so many statuses are recorded and none is under way; the page's document then."""

    def is_done() -> dict[str, Any] | None:
        status = product.status()
        captures = status["captures"]
        return status if captures["seen"] == statuses and not captures["waiting"] else None

    return product.wait_until(is_done, f"{statuses} settled statuses")


@dataclass(frozen=True)
class Books:
    """What the records say after the end, read from the store itself."""

    captures: dict[str, Capture]  #: by message id
    verdicts: Counter[str]
    outcomes: Counter[str]


def books(product: Product) -> Books:
    """End the product and read its records."""
    assert product.terminate() == 0
    with closing(open_store(product.data / "bot.db", SCHEMA)) as store:
        tables = Tables(store)
        return Books(
            {capture.message_id: capture for capture in tables.captures.all()},
            Counter(judgement.verdict.value for judgement in tables.judgements.all()),
            Counter(result.outcome.value for result in tables.results.all()),
        )


def assert_agree(world: World, product: Product, sent: list[str], matching: int, complying: int) -> None:
    """Posted = captured = judged = told: `matching` of the posts show the ad, by `complying` contacts."""
    status = settled(product, len(sent))
    assert (status["captures"]["judged"], status["captures"]["not_captured"]) == (len(sent), 0)
    assert status["outcomes"]["cumple"] == complying
    world.phone.say("!results promo status:complied")
    answer = world.phone.wait_for_text(f"complied {complying}" if complying > 15 else "Promo (#1)* · ✅")
    assert "P0" in answer
    kept = books(product)
    assert kept.captures.keys() == set(sent)
    assert kept.verdicts == Counter({"match": matching, "no_match": len(sent) - matching})
    assert kept.outcomes["cumple"] == complying


def test_three_hundred_statuses_posted_while_the_bot_was_off(world: World, tmp_path: Path) -> None:
    """Each contact posts thirty; one in three shows the ad, and the last contact never posts it."""
    people = [world.add_person(f"P{number}") for number in range(10)]
    with Product(world, tmp_path) as product:
        set_up(world, product, *people)
        assert product.terminate() == 0
        sent = [
            person.post_image(AD if number % 3 == 0 and person is not people[-1] else OTHER)
            for number in range(30)
            for person in people
        ]
        product.start()
        assert_agree(world, product, sent, matching=90, complying=9)


def test_the_connection_drops_twice_in_the_middle_of_fifty_posts(world: World, tmp_path: Path) -> None:
    people = [world.add_person(f"P{number}") for number in range(5)]
    with Product(world, tmp_path) as product:
        set_up(world, product, *people)
        sent = []
        for number in range(50):
            if number in (17, 34):
                world.drop_connection()
            sent.append(people[number % 5].post_image(AD if number < 5 else OTHER))
            if number in (17, 34):
                world.wait_until_online()
        assert_agree(world, product, sent, matching=5, complying=5)


def test_what_is_posted_while_another_session_has_taken_over_is_judged_once_it_is_back(
    world: World, tmp_path: Path
) -> None:
    ana = world.add_person("Ana")
    with Product(world, tmp_path) as product:
        set_up(world, product, ana)
        sent = [ana.post_image(OTHER)]
        world.tell_bot(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))
        product.wait_for_state("replaced")
        sent += [ana.post_image(OTHER), ana.post_image(AD)]
        assert product.terminate() == 0
        product.start()
        assert_agree(world, product, sent, matching=1, complying=1)


def test_every_kind_of_status_is_captured_once_and_judged_if_it_holds_a_picture(world: World, tmp_path: Path) -> None:
    ana = world.add_person("Ana")
    with Product(world, tmp_path) as product:
        set_up(world, product, ana)
        kinds = [*statuses.KINDS, *statuses.VIEW_ONCE]
        sent = {kind.name: ana.post(kind.build(uploading(world)), **delivery(kind)) for kind in kinds}
        settled(product, len(sent))
        kept = books(product)
    assert kept.captures.keys() == set(sent.values())
    pictures = [kind for kind in kinds if kind.is_picture]
    states = {kind.name: kept.captures[sent[kind.name]].state for kind in kinds}
    assert states == {k.name: CaptureState.JUDGED if k.is_picture else CaptureState.OTHER for k in kinds}
    flags = {kind.name: kept.captures[sent[kind.name]].flags for kind in kinds}
    assert flags == {kind.name: kind.flags for kind in kinds}
    assert kept.verdicts == Counter({"match": len(pictures)})
    assert [c.media_sha256 for c in kept.captures.values() if Flag.VIEW_ONCE in c.flags] == ["", "", ""]


def test_two_copies_of_one_post_are_one_capture(world: World, tmp_path: Path) -> None:
    ana, luis = world.add_person("Ana"), world.add_person("Luis")
    with Product(world, tmp_path) as product:
        set_up(world, product, ana, luis)
        upload = uploading(world)
        first = ana.post_image(OTHER)
        ana.post(statuses.hd_twin(upload, first))
        ghost = "3EB0LATER"
        luis.post(statuses.hd_twin(upload, ghost))
        settled(product, 2)
        product.wait_until(lambda: product.status()["outcomes"]["cumple"] == 2, "both copies to be judged")
        kept = books(product)
    assert kept.captures.keys() == {first, ghost}
    assert kept.verdicts == Counter({"match": 2})


def test_posts_that_could_not_be_decrypted_count_once_they_are_healed_and_are_told_if_they_never_are(
    world: World, tmp_path: Path
) -> None:
    ana, luis = world.add_person("Ana"), world.add_person("Luis")
    luis.phone.answers_retries = False
    with Product(world, tmp_path, **QUICK_TO_GIVE_UP) as product:
        set_up(world, product, ana, luis)
        healed = ana.post_image(AD, without_key=[world.bot])
        lost = luis.post_image(AD, garbled=True)
        settled(product, 2)
        kept = books(product)
    assert kept.captures[healed].state is CaptureState.JUDGED
    assert kept.captures[lost].reason is MissReason.UNDECRYPTABLE
    assert kept.outcomes == Counter({"cumple": 1, "no_capturado": 1})


def test_media_that_are_gone_or_late(world: World, tmp_path: Path) -> None:
    """404 without anything else; 410 with a small picture in the message; 503 that passes."""
    gone, small_left, late = (world.add_person(name) for name in ("Gone", "Small", "Late"))
    media = world.server.media
    with Product(world, tmp_path, **QUICK_TO_GIVE_UP) as product:
        set_up(world, product, gone, small_left, late)
        media.statuses["/"] = 404
        first = gone.post_image(AD)
        settled(product, 1)
        media.statuses["/"] = 410
        thumbnail = small(ROCKET, side=100, quality=60)
        with_thumbnail = messages.image(messages.upload(world.server, AD, "image"), thumbnail=thumbnail)
        second = small_left.post(with_thumbnail)
        settled(product, 2)
        media.statuses["/"] = 503
        third = late.post_image(AD)
        product.wait_until(lambda: 503 in [status for _, _, status in media.requests], "a refusal that passes")
        media.statuses.clear()
        status = settled(product, 3)
        assert status["outcomes"] == {
            "cumple": 1, "incumple": 0, "no_capturado": 1, "pendiente": 1, "review": 1,
        }  # fmt: skip
        kept = books(product)
    assert [kept.captures[each].reason for each in (first, second, third)] == [
        MissReason.EXPIRED, MissReason.EXPIRED, None,
    ]  # fmt: skip
    assert kept.verdicts == Counter({"not_captured": 1, "review": 1, "match": 1})


def uploading(world: World) -> Callable[[str], dict[str, Any]]:
    """Puts the ad on the media host, as an image or as a video that shows it."""

    def upload(kind: str, holds: str) -> dict[str, Any]:
        return messages.upload(world.server, STORY if holds == "video" else AD, kind)

    return upload


def delivery(kind: statuses.StatusKind) -> dict[str, Any]:
    """How the phone declares the post to the server."""
    return {"kind": "media", "mediatype": kind.kind.value} if kind.is_picture else {"kind": "text", "mediatype": None}

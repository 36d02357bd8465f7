"""Bad input, through the real WhatsApp library: each gets an answer that says what to do; nothing crashes."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.pictures import photo
from bot.i18n import Catalogue
from tests.support.product import ROOT, Product
from tests.support.world import Person, World

COFFEE, STORY = photo("coffee.jpg"), photo("story.mp4")
SAY = Catalogue.load().say
#: An MP4 that holds nothing: a file type box and an empty movie box.
VIDEO_WITHOUT_FRAMES = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + b"\0\0\0\x08moov"


def enormous_png() -> bytes:
    """30,000 x 30,000 pixels in a few kilobytes: nearly a gigabyte when decoded."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(30_001 * 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BAD_PICTURES = {
    "not_an_image": b"this is no picture at all",
    "truncated": COFFEE[: len(COFFEE) // 3],
    "too_large": enormous_png(),
}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Product, Person]]:
    """A linked bot with one campaign and one contact; every test finds it alive."""
    world = World(tmp_path_factory.mktemp("whatsapp"))
    ana = world.add_person("Ana")
    with Product(world, tmp_path_factory.mktemp("product")) as product:
        product.link()
        world.phone.send_image(COFFEE, "!campaign new Café")
        world.phone.wait_for_text("Café")
        world.phone.say(f"!contact add Ana {ana.number}")
        world.phone.wait_for_text("Ana")
        product.wait_until(lambda: product.status()["contacts"] == 1, "the contact on the page")
        yield world, product, ana
        health = {item["name"]: item for item in product.status()["health"]}
        assert [name for name, item in health.items() if not item["ok"]] == []
        assert health["faults"]["detail"] == "0"
    world.close()


@pytest.mark.parametrize("fault", BAD_PICTURES)
def test_a_campaign_of_a_bad_picture_is_refused_with_what_to_do(
    linked: tuple[World, Product, Person], fault: str
) -> None:
    world, product, _ = linked
    world.phone.send_image(BAD_PICTURES[fault], f"!campaign new Bad {fault}")
    world.phone.wait_for_text(SAY(f"attachment.{fault}", "en"))
    assert [campaign["name"] for campaign in product.status()["campaigns"]] == ["Café"]
    world.phone.say("!cancel")
    world.phone.wait_for_text(f"*Bad {fault}* was not made")


@pytest.mark.parametrize("fault", [*BAD_PICTURES, "video_without_frames"])
def test_a_status_that_cannot_be_read_is_no_capturado_with_the_reason(
    linked: tuple[World, Product, Person], fault: str
) -> None:
    _, product, ana = linked
    before = product.status()["captures"]["not_captured"]
    if fault in BAD_PICTURES:
        ana.post_image(BAD_PICTURES[fault])
    else:
        ana.post_video(VIDEO_WITHOUT_FRAMES)
    product.wait_until(lambda: product.status()["captures"]["not_captured"] == before + 1, "the unreadable status")
    event = next(event for event in product.status()["events"] if event["key"] == "not_captured")
    assert event["facts"]["reason"] == ("reason.too_large" if fault == "too_large" else "reason.unreadable")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("!camapign list", "Did you mean *!campaign list*"),
        ("!contact add Luis 12345", "12345"),
        ("!campaign show #99", "#99"),
        ("!campaign new Empty", "10 minutes"),
        ("!" + "x" * 5000, "too long"),
    ],
)
def test_words_that_cannot_be_understood_are_answered(
    linked: tuple[World, Product, Person], text: str, part: str
) -> None:
    world, _, _ = linked
    world.phone.say(text)
    world.phone.wait_for_text(part)


def test_a_document_is_no_frame(linked: tuple[World, Product, Person]) -> None:
    world, _, _ = linked
    world.phone.say("!cancel")  # what an earlier test may have left open
    world.phone.send_document(b"%PDF-1.7", "application/pdf", "offer.pdf", "!campaign new Paper")
    world.phone.wait_for_text(SAY("attachment.not_a_picture", "en"))


def test_three_mistakes_in_the_settings_are_told_at_once(tmp_path: Path) -> None:
    settings = tmp_path / ".env"
    settings.write_text("TESTIGO_TIMEZONE=Bogota\nSPAM_MIN_DELAY_MS=soon\nTESTIGO_LANGUGE=es\n")
    told = subprocess.run(
        [sys.executable, "-m", "bot", "run"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert told.returncode == 2
    for name in ("TESTIGO_TIMEZONE", "SPAM_MIN_DELAY_MS", "TESTIGO_LANGUGE"):
        assert name in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "data").exists()

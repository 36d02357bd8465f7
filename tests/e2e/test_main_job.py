"""The main job through the real neonize: link, campaign, contacts, statuses, verdict, answer; and kill -9."""

from __future__ import annotations

import io
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from bot.demo.pictures import photo
from bot.engine.inbox import CURSOR
from bot.i18n import Catalogue
from storage.journal import JournalReader
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.product import Product
from tests.support.world import Person, World
from tests.whatsapp_double.stanza import Node

COFFEE, ROCKET, CAT = photo("coffee.jpg"), photo("rocket.jpg"), photo("chelsea.jpg")
STORY = photo("story.mp4")  #: shows the coffee picture from 1.5 s to 3 s

#: (how a status names its author, whether the other address comes with it)
ADDRESSINGS = [("pn", True), ("pn", False), ("lid", True), ("lid", False)]


def recompressed(picture: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        ImageOps.contain(image, (500, 500)).save(out, "JPEG", quality=50)
    return out.getvalue()


def set_up(world: World, product: Product, *contacts: Person) -> None:
    """Link the account and, from its phone, make a campaign of two pictures and add the contacts."""
    product.link()
    world.phone.wait_for_text("Testigo is linked")
    world.phone.send_album([COFFEE, ROCKET], {0: "!campaign new Corner Café"})
    world.phone.wait_for_text("Corner Café")
    for number, contact in enumerate(contacts):
        world.phone.say(f"!contact add Contact{number} {contact.number}")
        world.phone.wait_for_text(f"Contact{number}")


def judged(product: Product, statuses: int) -> None:
    product.wait_until(lambda: product.status()["captures"]["judged"] == statuses, f"{statuses} judged statuses")


@pytest.mark.parametrize(("addressing", "alternate"), ADDRESSINGS)
def test_the_main_job(world: World, tmp_path: Path, addressing: str, alternate: bool) -> None:
    world.address_statuses(by_lid=addressing == "lid", tells_both=alternate)
    ana, luis, marta = (world.add_person(name) for name in ("Ana", "Luis", "Marta"))
    with Product(world, tmp_path) as product:
        set_up(world, product, ana, luis, marta)
        ana.post_image(recompressed(ROCKET))
        luis.post_video(STORY)
        marta.post_image(CAT)
        judged(product, 3)
        world.phone.say("!results")
        answer = world.phone.wait_for_text("Contact2")
        assert product.status()["outcomes"] == {
            "cumple": 2, "incumple": 1, "no_capturado": 0, "pendiente": 0, "review": 0,
        }  # fmt: skip
        assert answer.startswith("🤖")
        assert product.terminate() == 0
    frames = frames_of_results(product.data)
    assert frames == {"Contact0": ROCKET, "Contact1": COFFEE, "Contact2": None}


def test_kill_9_between_receipt_and_processing_loses_and_doubles_nothing(world: World, tmp_path: Path) -> None:
    people = [world.add_person(f"P{number}") for number in range(4)]
    with Product(world, tmp_path) as product:
        set_up(world, product, *people)
        with product.frozen():
            for person in people[:2]:
                person.post_image(recompressed(COFFEE))
            product.wait_for_journalled_statuses(2)
            product.kill_worker()
        judged(product, 2)
        product.wait_for_state("connected")
        with product.frozen():
            for person in people[2:]:
                person.post_image(recompressed(COFFEE))
            product.wait_for_journalled_statuses(4)
            product.kill()
        product.start()
        judged(product, 4)
        assert product.status()["outcomes"]["cumple"] == 4
        assert product.status()["captures"]["seen"] == 4


def test_kill_9_in_the_middle_of_the_downloads_judges_each_status_once(world: World, tmp_path: Path) -> None:
    people = [world.add_person(f"P{number}") for number in range(3)]
    with Product(world, tmp_path) as product:
        set_up(world, product, *people)
        with world.silent_media():
            for person in people:
                person.post_image(recompressed(COFFEE))
            product.wait_until(lambda: product.status()["captures"]["waiting"] == 3, "three statuses without media")
            product.kill()
        product.start()
        judged(product, 3)
        assert product.status()["outcomes"]["cumple"] == 3
        assert product.status()["captures"]["seen"] == 3


def test_no_reply_to_a_contact_is_sent_twice(world: World, tmp_path: Path) -> None:
    people = [world.add_person(f"P{number}") for number in range(3)]
    with Product(world, tmp_path) as product:
        set_up(world, product, *people)
        for person in people:
            person.say("STOP")
        world.wait(lambda: any(person.texts for person in people), "the first confirmation")
        product.kill()  # others are being typed, or on their way
        product.start()
        product.wait_for_state("connected")
        product.wait_until(lambda: product.status()["queue"]["waiting"] == 0, "the queue to be empty")
        in_doubt = product.status()["queue"]["in_doubt"]
        received = [len(person.texts) for person in people]
        assert all(count <= 1 for count in received)
        assert sum(received) >= len(people) - in_doubt


def test_what_is_posted_while_the_bot_is_off_is_judged_when_it_is_back(world: World, tmp_path: Path) -> None:
    ana = world.add_person("Ana")
    with Product(world, tmp_path) as product:
        set_up(world, product, ana)
        assert product.terminate() == 0
        ana.post_image(recompressed(COFFEE))
        product.start()
        judged(product, 1)
        assert product.status()["outcomes"]["cumple"] == 1


@pytest.mark.parametrize(
    ("code", "attributes", "state"), [(402, {"code": "101", "expire": "3600"}, "banned"), (405, {}, "outdated")]
)
def test_a_refused_login_is_shown_and_told_in_the_chat_when_the_link_is_back(
    world: World, tmp_path: Path, code: int, attributes: dict[str, str], state: str
) -> None:
    with Product(world, tmp_path) as product:
        sentence = refused(world, product, code, attributes, state)
        restart(world, product)
        product.wait_for_state("connected")
        assert sentence in world.phone.wait_for_text("The link is back")


def test_after_a_logout_the_page_shows_a_new_qr_code_at_the_next_start(world: World, tmp_path: Path) -> None:
    with Product(world, tmp_path) as product:
        refused(world, product, 401, {}, "logged_out")
        restart(world, product)
        product.link()
        world.wait(lambda: sum("Testigo is linked" in text for text in world.phone.texts) == 2, "a second welcome")


def refused(world: World, product: Product, code: int, attributes: dict[str, str], state: str) -> str:
    """Link the account and have WhatsApp refuse its next login: the sentence that the page shows then."""
    product.link()
    world.phone.wait_for_text("Testigo is linked")
    world.refuse_logins(code, **attributes)
    product.wait_for_state(state)
    sentence = Catalogue.load().say(f"link.{state}", "en")
    assert sentence in product.get("/?lang=en")
    return sentence


def restart(world: World, product: Product) -> None:
    """WhatsApp accepts logins again, and the bot is started anew."""
    assert product.terminate() == 0
    world.accept_logins()
    product.start()


def test_a_dropped_socket_comes_back_and_a_replaced_session_is_told_when_the_link_is_back(
    world: World, tmp_path: Path
) -> None:
    with Product(world, tmp_path) as product:
        product.link()
        world.phone.wait_for_text("Testigo is linked")
        before = world.bot.connection
        world.drop_connection()
        world.wait(lambda: world.bot.live and world.bot.connection is not before, "a new connection")
        product.wait_for_state("connected")
        world.tell_bot(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))
        product.wait_for_state("replaced")
        assert product.terminate() == 0
        product.start()
        product.wait_for_state("connected")
        assert "Another session took over" in world.phone.wait_for_text("The link is back")


def test_sigterm_while_the_qr_is_showing_ends_everything(world: World, tmp_path: Path) -> None:
    with Product(world, tmp_path) as product:
        product.wait_until(product.qr_on_page, "a QR code")
        workers = product.workers()
        assert product.terminate() == 0
        assert workers
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_after_the_inbox_is_lost_what_comes_later_is_not_taken_for_read(world: World, tmp_path: Path) -> None:
    """As after a restore on a new machine: the records remember a long journal, and there is none."""
    with Product(world, tmp_path) as product:
        product.link()
        world.phone.wait_for_text("Testigo is linked")
        assert product.terminate() == 0
        shutil.rmtree(product.data / "inbox")
        pretend_read_up_to(product.data, 5000)
        product.start()
        product.wait_for_state("connected")
        world.phone.say("!campaigns")
        world.phone.wait_for_text("campaign new")
    numbers = [number for number, _ in JournalReader(product.data / "inbox").read(0, 1000)]
    assert numbers
    assert min(numbers) > 5000


def test_a_second_process_over_the_same_folder_is_refused(world: World, tmp_path: Path) -> None:
    with Product(world, tmp_path) as product:
        product.wait_until(lambda: product.status(), "the page")
        second = Product(world, tmp_path)
        second.start()
        assert second.process is not None
        assert second.process.wait(20) == 1
        assert "is in use by process" in second.log()


def pretend_read_up_to(data: Path, cursor: int) -> None:
    """Make the records say that the journal was read up to this number."""
    with closing(open_store(data / "bot.db", SCHEMA)) as store, store.transaction():
        Tables(store).facts.set(CURSOR, cursor)


def frames_of_results(data: Path) -> dict[str, bytes | None]:
    """Each contact's name with the picture of the frame that was found, read from the store itself."""
    store = open_store(data / "bot.db", SCHEMA)
    tables = Tables(store)
    found: dict[str, bytes | None] = {}
    for result in tables.results.all():
        name = tables.contacts.need(result.contact_id).name
        sha256 = tables.frames.need(result.frame_id).sha256 if result.frame_id else ""
        found[name] = (data / "media" / sha256[:2] / sha256).read_bytes() if sha256 else None
    store.close()
    return found

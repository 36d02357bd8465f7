"""Through the real library: strangers leave no trace on the disk, and nobody registered is lost."""

from __future__ import annotations

from pathlib import Path

from bot.model.watched import Watched
from tests.support.running import RunningGateway
from tests.support.world import Person, World


def addresses(*people: Person) -> frozenset[str]:
    return frozenset(str(jid) for person in people for jid in (person.account.pn, person.account.lid))


def watching(*people: Person) -> Watched:
    return Watched(posters=addresses(*people), writers=addresses(*people))


def traces_of(person: Person, folder: Path) -> list[Path]:
    """The files that hold the number or LID of a person; the library's own session database is not ours."""
    marks = [person.account.pn.user.encode(), person.account.lid.user.encode()]
    files = [path for path in (folder / "inbox").rglob("*") if path.is_file()]
    return [path for path in files if any(mark in path.read_bytes() for mark in marks)]


def test_strangers_do_not_reach_the_disk_and_who_is_registered_next_does(world: World, linked: RunningGateway) -> None:
    ana, luis, stranger = (world.add_person(name) for name in ("Ana", "Luis", "Stranger"))
    linked.gateway.watch(watching(ana))
    first = ana.post_image(b"one")  # everything before it is handled by then: events come in order
    linked.wait_for_message(first)
    by_stranger = [stranger.post_image(b"private"), stranger.say("STOP"), stranger.say("between us")]
    by_luis = [luis.post_image(b"two"), luis.say("ACEPTO")]
    linked.wait_for_message(ana.post_image(b"three"))
    assert not {seen.id for seen in linked.messages()} & {*by_stranger, *by_luis}

    linked.gateway.watch(watching(ana, luis))

    for message in by_luis:
        linked.wait_for_message(message)
    assert traces_of(stranger, linked.data) == []
    assert traces_of(luis, linked.data) != []


def test_a_new_process_is_told_whom_to_watch(world: World, linked: RunningGateway) -> None:
    ana, stranger = world.add_person("Ana"), world.add_person("Stranger")
    linked.gateway.watch(watching(ana))
    before = linked.pid
    linked.gateway.reconnect()
    linked.wait(lambda: (pid := linked.gateway.process_id) is not None and pid != before, "another process")
    world.wait_until_online()
    linked.wait_for_message(ana.post_image(b"one"))
    stranger.post_image(b"private")
    linked.wait_for_message(ana.post_image(b"two"))
    assert traces_of(stranger, linked.data) == []

from __future__ import annotations

from pathlib import Path

import pytest
from tinydb import where

from storage.migrations import MIGRATIONS, Migration
from storage.store import NewerLayout, Spec, Store, StoreError, open_store

OLD = [Spec("contacts")]
NEW = [Spec("contacts", key="phone")]


def add_phone(store: Store) -> None:
    contacts = store.table("contacts")
    for contact in contacts.all():
        contacts.update({"phone": contact["number"]}, doc_ids=[contact.doc_id])


def drop_number(store: Store) -> None:
    store.table("contacts").update(lambda contact: contact.pop("number"), where("number").exists())


def fail(store: Store) -> None:
    store.table("contacts").truncate()
    store.table("made_inside").insert({})
    raise ZeroDivisionError("by design")


PHONE = Migration(1, "name the number a phone", add_phone)
NUMBER = Migration(2, "forget the old name", drop_number)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Data of the first version, with two contacts."""
    with open_store(tmp_path / "bot.db", OLD, migrations=()) as store:
        store.table("contacts").insert_multiple([{"number": "1"}, {"number": "2"}])
    return tmp_path / "bot.db"


def test_the_programs_own_steps_are_in_order() -> None:
    with open_store(":memory:") as store:
        assert store.layout == len(MIGRATIONS)


def test_old_data_goes_through_every_step_once(database: Path) -> None:
    for _ in range(2):
        with open_store(database, NEW, migrations=(PHONE, NUMBER)) as store:
            assert store.layout == 2
            assert [dict(contact) for contact in store.table("contacts")] == [{"phone": "1"}, {"phone": "2"}]


def test_the_data_is_saved_before_each_step(database: Path) -> None:
    open_store(database, NEW, migrations=(PHONE, NUMBER)).close()
    before = database.parent / "backups"
    with open_store(before / "before-1.db", migrations=()) as saved:
        assert saved.layout == 0
        assert saved.table("contacts").get(doc_id=1) == {"number": "1"}
    with open_store(before / "before-2.db", migrations=(PHONE,)) as saved:
        assert saved.layout == 1
        assert saved.table("contacts").get(doc_id=1) == {"number": "1", "phone": "1"}


def test_new_data_starts_with_the_newest_layout(tmp_path: Path) -> None:
    with open_store(tmp_path / "bot.db", NEW, migrations=(Migration(1, "must not run", fail),)) as store:
        assert store.layout == 1
    assert not (tmp_path / "backups").exists()


def test_a_failing_step_leaves_the_data_as_it_was(database: Path) -> None:
    failing = Migration(2, "fails", fail)
    with pytest.raises(StoreError, match=r"step 2 \(fails\) failed: by design\. .*before-2\.db"):
        open_store(database, NEW, migrations=(PHONE, failing))
    with open_store(database, NEW, migrations=(PHONE,)) as store:
        assert store.layout == 1
        assert store.tables() == {"contacts"}
        assert len(store.table("contacts")) == 2


def test_data_of_a_newer_program_is_refused(database: Path) -> None:
    open_store(database, NEW, migrations=(PHONE, NUMBER)).close()
    with pytest.raises(NewerLayout, match=r"bot\.db was written by a newer version \(layout 2"):
        open_store(database, NEW, migrations=(PHONE,))


def test_steps_out_of_order_are_a_bug() -> None:
    with pytest.raises(ValueError, match="numbered"):
        open_store(":memory:", migrations=(NUMBER, PHONE))

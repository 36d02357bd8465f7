"""Changes of the stored data's layout: numbered, described, each in one transaction after a backup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import NewerLayout, StoreError

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True)
class Migration:
    """One step; `number` is the layout that the data has afterwards. Tables have no declared keys while it runs."""

    number: int
    description: str
    apply: Callable[[Store], None]


#: every step there ever was, in order; a released step is never changed
MIGRATIONS: tuple[Migration, ...] = ()


def migrate(store: Store, migrations: Sequence[Migration]) -> None:
    """Bring the data to the newest layout.

    New data starts with it. Raises NewerLayout for data of a newer program; a step that fails leaves the data as it
    was before that step, with the backup beside it.
    """
    _require_order(migrations)
    newest = len(migrations)
    if store.layout > newest:
        raise NewerLayout(
            f"{store.path} was written by a newer version (layout {store.layout}, this version knows {newest}). "
            "Install the newer version again, or restore a backup from before it."
        )
    if not store.tables():
        store.set_layout(newest)
    for migration in migrations[store.layout :]:
        _apply(store, migration)


def _apply(store: Store, migration: Migration) -> None:
    saved = backup_before(store.path, migration.number) if isinstance(store.path, Path) else None
    if saved:
        store.backup(saved)
    try:
        with store.transaction():
            migration.apply(store)
            store.set_layout(migration.number)
    except Exception as error:
        raise StoreError(
            f"{store.path}: step {migration.number} ({migration.description}) failed: {error}. "
            f"Nothing of it was kept; the data before it is in {saved}."
        ) from error


def backup_before(database: Path, number: int) -> Path:
    """Where the data is saved before a step."""
    return database.parent / "backups" / f"before-{number}.db"


def _require_order(migrations: Sequence[Migration]) -> None:
    numbers = [migration.number for migration in migrations]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"migrations must be numbered 1, 2, 3, …: {numbers}")

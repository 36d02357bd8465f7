"""The library's session database: where it lies, how the library is told, and when it is thrown away.

It holds the keys of the linked device: whoever has it is that device.
"""

from __future__ import annotations

from pathlib import Path

_PARTS = ("", "-wal", "-shm")  # SQLite's files


def prepare(session: Path) -> None:
    """Make the folder private (the library creates the database readable for everybody); clear an ended session.

    A session that WhatsApp has ended would be refused again and again; without it a new QR code is shown.
    """
    session.parent.mkdir(parents=True, exist_ok=True)
    session.parent.chmod(0o700)
    mark = _ended_mark(session)
    if mark.exists():
        for part in _PARTS:
            session.with_name(session.name + part).unlink(missing_ok=True)
        mark.unlink()


def mark_ended(session: Path) -> None:
    """WhatsApp has ended this session: it is not to be used again."""
    _ended_mark(session).touch()


def _ended_mark(session: Path) -> Path:
    return session.with_name(session.name + ".ended")


def address_of(session: Path) -> str:
    """neonize opens `file:ADDRESS?_foreign_keys=on`; WAL and waiting for locks go in by ending that query early.

    The address is a URI: `#` would cut it, `%20` be decoded, `?` begin the query.
    """
    path = session.resolve().as_posix()
    for sign in "%#?":
        path = path.replace(sign, f"%{ord(sign):02X}")
    return f"{path}?_foreign_keys=on&_journal_mode=WAL&_busy_timeout=15000&_x=1"

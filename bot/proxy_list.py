"""A list of proxies gives each account a fixed one of its own, never shared.

Beside the list `proxies.txt` a file `proxies.txt.assigned.json` remembers whose each is: by the data folder, and by a
hash of the address, so that it holds no password. An account keeps its proxy as long as it is in the list.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.model.errors import ConfigError
from bot.settings import readers
from storage.disk import written_aside
from storage.errors import explaining
from storage.lock import AlreadyRunning, DataLock

#: Another account's start holds the list for a moment.
LOCK_WAIT = 10.0


def assigned(list_file: Path, data: Path) -> str:
    """The proxy of the account of this data folder; raises ConfigError when the list has none for it."""
    with _held(list_file):
        known = _read_list(list_file)
        register = list_file.with_name(f"{list_file.name}.assigned.json")
        owners = _read_register(register)
        account = _account(data)
        for digest, owner in owners.items():
            if owner == account and digest in known:
                return known[digest]
        free = [digest for digest in known if digest not in owners]
        if not free:
            raise ConfigError(
                [f"All {len(known)} proxies of {list_file} belong to other accounts. Add one to the list, or remove "
                 f"the line of an account that is no more from {register.name}."]
            )  # fmt: skip
        kept = {digest: owner for digest, owner in owners.items() if owner != account}
        with explaining(register), written_aside(register) as temporary:
            temporary.write_text(json.dumps({**kept, free[0]: account}, indent=1) + "\n", "ascii")
        return known[free[0]]


def _read_list(path: Path) -> dict[str, str]:
    """The addresses by their hash, in the list's order; one in each line, `#` begins a remark."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"TESTIGO_PROXY_LIST={path} cannot be read: {error}."]) from error
    found, faults = {}, []
    for number, line in enumerate(lines, start=1):
        text = line.partition(" #")[0].strip()
        if text and not text.startswith("#"):
            try:
                found[_digest(text)] = readers.proxy(text)
            except ValueError as wrong:
                faults.append(f"Line {number} of {path} {wrong}.")
    if faults or not found:
        raise ConfigError(faults or [f"{path} holds no proxy. Write one address in each line."])
    return found


def _read_register(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        return {str(digest): str(owner) for digest, owner in json.loads(path.read_text("ascii")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(
            [f"{path} is damaged ({error}). Mend it; without it two accounts could share a proxy."]
        ) from error


def _account(data: Path) -> str:
    """A name of the data folder's own that moves with it."""
    path = data / "account-id"
    with explaining(path):
        if not path.exists():
            with written_aside(path) as temporary:
                temporary.write_text(secrets.token_hex(8) + "\n", "ascii")
        return path.read_text("ascii").strip()


def _digest(proxy: str) -> str:
    return hashlib.sha256(proxy.encode()).hexdigest()[:16]


@contextmanager
def _held(list_file: Path) -> Iterator[None]:
    """One account at a time looks at the list."""
    end = time.monotonic() + LOCK_WAIT
    while True:
        try:
            lock = DataLock(list_file.parent, f"{list_file.name}.lock")
            break
        except AlreadyRunning:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.release()

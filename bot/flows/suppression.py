"""Numbers whose people were deleted, as salted hashes: recognised when they are added again, readable by nobody.

scrypt (RFC 7914) makes trying out all phone numbers slow; the salt is this account's own.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from bot.model.identity import Phone
from bot.model.privacy import Suppressed
from storage.query import where
from storage.tables import Tables

SALT = "suppression_salt"
#: About 20 ms for each number that is added, and only while somebody is suppressed.
_COST, _BLOCK = 2**13, 8


def suppress(tables: Tables, phone: Phone, now: datetime) -> None:
    tables.suppressed.add_once(Suppressed(0, _hash(tables, phone), now))


def suppressed_since(tables: Tables, phones: Iterable[Phone]) -> datetime | None:
    """When the person with one of these numbers was deleted; None when nobody was."""
    if not len(tables.suppressed):
        return None
    found = (tables.suppressed.one(where("key") == _hash(tables, phone)) for phone in phones)
    return next((each.at for each in found if each is not None), None)


def allow(tables: Tables, phone: Phone) -> bool:
    """They agreed anew; whether they were suppressed."""
    known = tables.suppressed.one(where("key") == _hash(tables, phone)) if len(tables.suppressed) else None
    if known is None:
        return False
    tables.suppressed.remove(known)
    return True


def _hash(tables: Tables, phone: Phone) -> str:
    salt = tables.facts.get(SALT)
    if not isinstance(salt, str):
        salt = secrets.token_hex(16)
        tables.facts.set(SALT, salt)
    digest = hashlib.scrypt(phone.number.encode(), salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=1, dklen=32)
    return digest.hex()

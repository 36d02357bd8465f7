"""Files that only the holder of a key can open: Fernet (AES-128-CBC, HMAC-SHA256), by a random key or a passphrase.

A sealed file begins with a mark and 16 bytes of salt; the rest is a Fernet token (https://github.com/fernet/spec).
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.disk import PRIVATE_FILE, written_aside
from storage.errors import StoreError, explaining

_WITH_KEY, _WITH_PASSPHRASE = b"TESTIGO-K1\n", b"TESTIGO-P1\n"
_SALT = 16
#: scrypt's cost: about 0.1 s and 32 MB, as RFC 7914 advises for interactive use (2**14), doubled.
_COST, _BLOCK, _LANES = 2**15, 8, 1


@dataclass(frozen=True, repr=False)
class Secret:
    """What a sealed file is opened with: the passphrase, or else the key in a file, which is made when first needed."""

    key_file: Path
    passphrase: str = ""


def seal(content: bytes, target: Path, secret: Secret) -> None:
    """Write the sealed content, whole or not at all; raises StoreError."""
    salt = os.urandom(_SALT)
    mark = _WITH_PASSPHRASE if secret.passphrase else _WITH_KEY
    key = _derived(secret.passphrase, salt) if secret.passphrase else _key_in(secret.key_file, make=True)
    with explaining(target), written_aside(target) as temporary:
        temporary.write_bytes(mark + salt + Fernet(key).encrypt(content))


def unseal(path: Path, secret: Secret) -> bytes:
    """The content; raises StoreError when the key does not fit or the file is damaged."""
    with explaining(path):
        whole = path.read_bytes()
    mark, salt, token = whole[: len(_WITH_KEY)], whole[len(_WITH_KEY) :][:_SALT], whole[len(_WITH_KEY) + _SALT :]
    if mark == _WITH_PASSPHRASE:
        if not secret.passphrase:
            raise StoreError(f"{path} was sealed with a passphrase. Set TESTIGO_BACKUP_PASSPHRASE to it and try again.")
        key = _derived(secret.passphrase, salt)
    elif mark == _WITH_KEY:
        key = _key_in(secret.key_file, make=False)
    else:
        raise StoreError(f"{path} is no sealed backup of this program.")
    try:
        return Fernet(key).decrypt(token)
    except InvalidToken:
        raise StoreError(f"{path} cannot be opened: it is damaged, or the passphrase or key is another one.") from None


def _derived(passphrase: str, salt: bytes) -> bytes:
    derive = Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_LANES)
    return base64.urlsafe_b64encode(derive.derive(passphrase.encode()))


def _key_in(path: Path, *, make: bool) -> bytes:
    if not path.exists():
        if not make:
            raise StoreError(f"The key {path} is missing. Copy it from the old data folder, or link the phone anew.")
        with explaining(path), written_aside(path) as temporary:
            temporary.touch(PRIVATE_FILE)
            temporary.write_bytes(Fernet.generate_key())
    with explaining(path):
        return path.read_bytes().strip()

"""What is wrong with settings that each by itself can be read: unknown names, contradictions."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Collection, Iterator, Mapping

#: Names that begin so are ours: one that we do not know is a slip of the pen.
OUR_PREFIXES = ("TESTIGO_", "SPAM_")


def unknown_names(known: Collection[str], environ: Mapping[str, str], written: Mapping[str, str]) -> Iterator[str]:
    """A fault for each name that looks like a setting of ours and is none; in our own file, near misses too."""
    for name in sorted({*environ, *written}.difference(known)):
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        if name.upper().startswith(OUR_PREFIXES) or (name in written and near):
            advice = f"did you mean {near[0]}?" if near else "remove it, or see the list in docs/settings.md."
            yield f"{name} is not a setting; {advice}"


def contradictions(*, yes: float | None, review: float | None, host: str, has_token: bool) -> Iterator[str]:
    """A fault for each pair of settings that cannot be meant together."""
    if yes is not None and review is not None and review > yes:
        yield (
            f"MATCH_REVIEW={review:g} is above MATCH_YES={yes:g}, so the owner would never be asked. "
            "Make it the lower of the two."
        )
    if not has_token and not is_loopback(host):
        yield needs_token(host)


def needs_token(host: str) -> str:
    """The fault of a page that others could reach without a key."""
    return (
        f"The page would listen at {host}, where others can reach it, and TESTIGO_TOKEN is not set. Set it "
        '(python -c "import secrets; print(secrets.token_urlsafe(24))" makes one), or set HOST=127.0.0.1.'
    )


def is_loopback(host: str) -> bool:
    """Whether an address is reached only from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""The QR code as a picture."""

from __future__ import annotations

import functools
import io

import segno

#: Light modules around the code that scanners need (ISO/IEC 18004, section 9.1).
QUIET_ZONE = 4


@functools.lru_cache(maxsize=4)  # drawing takes 19 ms, and the page asks every two seconds
def qr_svg(code: str) -> bytes:
    """An SVG document of any size, black on white in dark mode too: phones read nothing else reliably."""
    picture = io.BytesIO()
    segno.make(code, error="l", micro=False).save(
        picture, kind="svg", border=QUIET_ZONE, light="#fff", xmldecl=False, omitsize=True
    )
    return picture.getvalue()

"""A campaign's frame as a small picture, so that the owner sees which one a number means."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageOps

from bot.flows.papers import Made, Progress, Sources
from bot.model.chat import say
from bot.model.errors import UserError
from storage.errors import MissingFile

#: Pixels of the longer side: enough to recognise it on a phone.
SIDE = 640


def frame_picture(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    """Facts: `frame`, its id, and `place`, its number in the campaign."""
    frame = sources.tables.frames.get(facts["frame"])
    if frame is None:
        raise UserError("frame.gone", n=facts["place"])
    campaign = sources.tables.campaigns.need(frame.campaign_id)
    try:
        small = _shrunk(sources.media.read(frame.sha256))
    except (MissingFile, OSError):  # Pillow's errors are OSErrors
        raise UserError("frame.gone", n=facts["place"]) from None
    row = say("frame.row" if frame.enabled else "frame.row_disabled", n=facts["place"], width=frame.width,
              height=frame.height)  # fmt: skip
    caption = say("frame.of", name=campaign.name, id=campaign.id, row=row)
    return Made(small, "image/jpeg", f"{facts['place']}.jpg", (caption,))


def _shrunk(picture: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        small = ImageOps.exif_transpose(image)
        small.thumbnail((SIDE, SIDE))
        small.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()

"""The one error this package raises for bytes it cannot use."""

from __future__ import annotations

from enum import Enum


class MediaFault(Enum):
    """Why a picture or a video could not be used."""

    #: The bytes are no picture or video of a kind that is known here.
    NOT_AN_IMAGE = "not_an_image"
    #: The beginning is fine, the rest is missing or damaged: download it again.
    TRUNCATED = "truncated"
    #: More bytes, pixels or seconds than are accepted.
    TOO_LARGE = "too_large"
    #: A video without a single picture that can be decoded.
    NO_FRAMES = "no_frames"
    #: Decoding crashed, hung or took too much memory, and was stopped.
    HOSTILE = "hostile"
    #: A known format that this build cannot decode, such as HEIC.
    UNSUPPORTED = "unsupported"


class MediaError(Exception):
    """The media cannot be used; `reason` says why, `detail` says it in words for the log."""

    def __init__(self, reason: MediaFault, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail

"""Who turns media bytes into pictures: this process, or another one that may crash in its stead."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from bot.vision.decode import Picture, decode_image
from bot.vision.video import picture_at, sample_video


class Decoder(Protocol):
    """Decodes images and videos; raises MediaError and nothing else."""

    def image(self, data: bytes, longest_side: int, *, in_colour: bool = False) -> Picture:
        """Decode an image so that no side is longer than `longest_side`."""

    def video(self, data: bytes, longest_side: int) -> Generator[Picture, None, None]:
        """Sample a video; closing the iterator ends the work."""

    def video_picture(self, data: bytes, time: float, longest_side: int) -> Picture:
        """The picture of a video at `time` seconds, in colour."""

    def close(self) -> None:
        """Release what is held."""


class InProcessDecoder:
    """Decodes here and now: quick to start, but a crash of a codec is a crash of the program."""

    def image(self, data: bytes, longest_side: int, *, in_colour: bool = False) -> Picture:
        """Decode an image so that no side is longer than `longest_side`."""
        return decode_image(data, longest_side, in_colour=in_colour)

    def video(self, data: bytes, longest_side: int) -> Generator[Picture, None, None]:
        """Sample a video; closing the iterator ends the work."""
        return sample_video(data, longest_side)

    def video_picture(self, data: bytes, time: float, longest_side: int) -> Picture:
        """The picture of a video at `time` seconds, in colour."""
        return picture_at(data, time, longest_side)

    def close(self) -> None:
        """Nothing is held."""

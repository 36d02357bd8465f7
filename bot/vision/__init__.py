"""Matching of statuses with frames: usable on its own, knows nothing of the rest of the program."""

from __future__ import annotations

from bot.vision.advice import Advice, AdviceKind
from bot.vision.decoders import Decoder, InProcessDecoder
from bot.vision.errors import MediaError, MediaFault
from bot.vision.matcher import Matcher, MatchScore
from bot.vision.score import Band, Thresholds, band

__all__ = [
    "Advice",
    "AdviceKind",
    "Band",
    "Decoder",
    "InProcessDecoder",
    "MatchScore",
    "Matcher",
    "MediaError",
    "MediaFault",
    "Thresholds",
    "band",
]

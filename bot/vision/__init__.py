"""Matching of statuses with frames: usable on its own, knows nothing of the rest of the program."""

from __future__ import annotations

from bot.vision.advice import Advice, AdviceKind
from bot.vision.decoders import Decoder, InProcessDecoder
from bot.vision.errors import MediaError, MediaFault
from bot.vision.evidence import evidence_picture
from bot.vision.matcher import Kind, Matcher
from bot.vision.sandbox import SandboxedDecoder
from bot.vision.score import DEFAULT_THRESHOLDS, Band, Thresholds, band
from bot.vision.verification import MatchScore

__all__ = [
    "DEFAULT_THRESHOLDS",
    "Advice",
    "AdviceKind",
    "Band",
    "Decoder",
    "InProcessDecoder",
    "Kind",
    "MatchScore",
    "Matcher",
    "MediaError",
    "MediaFault",
    "SandboxedDecoder",
    "Thresholds",
    "band",
    "evidence_picture",
]

"""The outcomes of a campaign in words: all in one line, or a line for each."""

from __future__ import annotations

from bot.model.chat import Phrase, say
from bot.model.overview import OutcomeCounts
from bot.model.percent import whole_percent
from bot.model.result import Result


def in_one_line(counts: OutcomeCounts) -> Phrase:
    """For example `✅ 41 ❌ 7 📵 4 ⏳ 8`."""
    return say(
        "outcomes.line",
        cumple=counts.cumple,
        incumple=counts.incumple,
        no_capturado=counts.no_capturado,
        pendiente=counts.pendiente,
    )


def in_rows(counts: OutcomeCounts) -> tuple[Phrase, ...]:
    """A line for each outcome, with the share of those who comply."""
    total = counts.cumple + counts.incumple + counts.no_capturado + counts.pendiente
    share = whole_percent(counts.cumple / total) if total else 0
    lines = [
        say("outcomes.cumple", n=counts.cumple, share=share),
        say("outcomes.incumple", n=counts.incumple),
        say("outcomes.no_capturado", n=counts.no_capturado),
        say("outcomes.pendiente", n=counts.pendiente),
    ]
    if counts.review:
        lines.append(say("outcomes.review", n=counts.review))
    return tuple(lines)


def by_hand(key: str, result: Result, reader: str = "") -> Phrase:
    """Who set an outcome by hand, and why if they said so: the sentence `key`, or `key_plain` without a reason."""
    by = decider(result.marked_by, reader)
    return say(key, by=by, why=result.marked_why) if result.marked_why else say(f"{key}_plain", by=by)


def decider(by: str, reader: str) -> Phrase | str:
    """Who decided, by their masked number; to themselves they are "you"."""
    return say("why.you") if by == reader else by

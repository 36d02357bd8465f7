"""What `!why` says of statuses of which there was less than a file to compare."""

from __future__ import annotations

from dataclasses import replace

from bot.model.capture import MissReason, Verdict
from bot.model.chat import Language
from bot.model.event import Flag
from tests.commands.desk import Desk, a_desk


def seen_by_less(desk: Desk, verdict: Verdict, reason: MissReason | None, *flags: Flag) -> str:
    """Ana's status was captured so; the answer to why she stands as she does."""
    judgement = desk.tables.judgements.need(1)
    desk.tables.judgements.save(replace(judgement, verdict=verdict, reason=reason))
    capture = desk.tables.captures.need(judgement.capture_id)
    once = replace(capture, flags=frozenset(flags), media_sha256="" if flags else capture.media_sha256)
    desk.tables.captures.save(once)
    return desk.ask("!why ana promo")


def test_a_doubt_by_the_small_picture_alone_is_explained() -> None:
    answer = seen_by_less(a_desk(Language.EN), Verdict.REVIEW, MissReason.EXPIRED)
    assert "only the small picture inside the message was compared" in answer
    assert "WhatsApp no longer has it" in answer
    assert "Most like picture 1" in answer


def test_of_what_could_be_seen_once_there_is_no_evidence_picture_and_it_is_said() -> None:
    desk = a_desk(Language.EN)
    answer = seen_by_less(desk, Verdict.MATCH, None, Flag.VIEW_ONCE)
    assert "compared in memory, and no picture of it was kept" in answer
    assert all(item.evidence is None for item in desk.tables.outbox.all())

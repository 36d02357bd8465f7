"""A campaign's report as a document: its facts, its pie, everybody's standing, and the newest proofs."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image

from bot.flows.papers import Progress, Sources
from bot.flows.standings import standings
from bot.model.campaign import Campaign, pair_key
from bot.model.capture import Judgement
from bot.model.chat import Evidence, Found, say
from bot.model.errors import UnreadableMedia
from bot.model.event import ContentKind
from bot.model.result import Outcome, Result
from bot.papers.campaign_sheets import facts_of, results_sheet
from bot.papers.charts import pie
from bot.papers.pdf_file import Proof, Report, pdf_file
from bot.papers.reader import Reader
from bot.ports import Matcher
from storage.errors import MissingFile
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

#: More proofs would make a document that is slow to make and to send; each can be asked for with `why`.
MOST_PROOFS = 12
#: Pixels across of a proof: sharp enough in half a page.
PROOF_WIDTH = 720
SHA256_LENGTH = 64


def campaign_pdf(sources: Sources, reader: Reader, campaign: Campaign, progress: Progress, *, numbers: bool) -> bytes:
    """`progress` is told of each proof that was drawn."""
    tables = sources.tables
    named = say("named", name=campaign.name, id=campaign.id)
    wanted = list(_shown(tables, campaign, sources.media))
    proofs = []
    for done, (caption, evidence) in enumerate(wanted, 1):
        picture = _drawn(sources.media, sources.matcher, evidence)
        if picture is not None:
            proofs.append(Proof(picture, reader.say("pdf.proof", **caption)))
        progress(done, len(wanted))
    report = Report(
        title=reader.render(named),
        subtitle=reader.say("pdf.subtitle", at=reader.now),
        facts=tuple(facts_of(tables, reader, campaign)),
        chart=pie(tables, reader, campaign, None).picture,
        table=results_sheet(tables, reader, campaign, numbers=numbers),
        proofs_title=reader.say("pdf.proofs", n=len(proofs)),
        proofs=tuple(proofs),
        foot=reader.say("pdf.foot", page="{page}", pages="{pages}"),
    )
    return pdf_file(report, reader.zone)


def _shown(tables: Tables, campaign: Campaign, media: MediaStore) -> Iterator[tuple[dict[str, object], Evidence]]:
    """The newest proofs of compliance whose pictures are still kept, with what their captions say."""
    found = [(each.result, each.contact) for each in standings(tables, campaign) if each.result]
    complied = [(result, contact) for result, contact in found if result.outcome is Outcome.CUMPLE]
    left = MOST_PROOFS
    for result, contact in sorted(complied, key=lambda pair: pair[0].decided_at, reverse=True):
        evidence = _evidence(tables, campaign, result)
        if left and evidence and (_can_be_drawn(media, evidence) or _is_kept(media, evidence.card)):
            left -= 1
            yield {"name": contact.name, "id": contact.id, "score": evidence.found.score}, evidence


def _evidence(tables: Tables, campaign: Campaign, result: Result) -> Evidence | None:
    if result.capture_id is None or result.frame_id is None:
        return None
    judgement: Judgement | None = tables.judgements.one(where("key") == pair_key(result.capture_id, campaign.id))
    frame, capture = tables.frames.get(result.frame_id), tables.captures.get(result.capture_id)
    if judgement is None or frame is None or capture is None or not capture.media_sha256:
        return None
    found = Found(frame.sha256, judgement.score, judgement.quad, judgement.at_second)
    is_video = capture.kind is ContentKind.VIDEO
    return Evidence(
        found, capture.media_sha256, is_video, judgement.verdict, judgement_id=judgement.id, card=judgement.card
    )


def _can_be_drawn(media: MediaStore, evidence: Evidence) -> bool:
    return media.exists(evidence.found.sha256) and _is_kept(media, evidence.media_sha256)


def _is_kept(media: MediaStore, sha256: str) -> bool:
    """Whether there is such a file; an empty text or a sign stands for none."""
    return len(sha256) == SHA256_LENGTH and media.exists(sha256)


def _drawn(media: MediaStore, matcher: Matcher, evidence: Evidence) -> bytes | None:
    """The evidence in a size for a document: drawn now, or the card that was kept when the status's file went.

    Strangers' files are read by the matcher's decoders, never here.
    """
    try:
        if _can_be_drawn(media, evidence):
            drawn = matcher.draw(media.read(evidence.found.sha256), media.read(evidence.media_sha256), evidence)
        else:
            drawn = media.read(evidence.card)
    except (UnreadableMedia, MissingFile):  # deleted meanwhile
        return None
    with Image.open(io.BytesIO(drawn)) as image:
        image.thumbnail((PROOF_WIDTH, 4 * PROOF_WIDTH))
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=80)
    return buffer.getvalue()

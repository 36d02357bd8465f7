"""`!why`, `!test` and the bands: what the matcher saw, shown with the evidence."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import rejudging
from bot.flows.judging import bands_of
from bot.flows.outcome_lines import by_hand, decider
from bot.model.campaign import Campaign, CampaignState, Frame, pair_key
from bot.model.capture import Judgement, Verdict
from bot.model.chat import Evidence, Found, Need, OrderPart, Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.document import from_document
from bot.model.errors import UserError
from bot.model.event import Media, MediaKind
from bot.model.matching import verdict_of
from bot.model.result import Result
from commands.again import more_is_asked
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.evidence import evidence_of
from commands.frames import place_of
from commands.kinds import Number, begins_number
from commands.targets import CampaignTarget, ContactTarget
from commands.why_rules import explained
from storage.query import where

_CAMPAIGN = Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False)


@command(
    en=("why",),
    es=("por qué", "por-qué", "porqué"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto"), _CAMPAIGN),
    more=True,
    examples=both(Example("!why Ana promo", "97/100"), Example("!por qué Ana promo", "97/100")),
)
def why(ask: Ask, contact: Contact, campaign: Campaign) -> Reply:
    key = pair_key(campaign.id, contact.id)
    result = ask.tables.results.one(where("key") == key)
    judgement = _judgement(ask, campaign, contact, result)
    title = say("why.title", name=contact.name, id=contact.id, campaign=campaign.name, campaign_id=campaign.id)
    if result is None and judgement is None:
        return Reply((title, say("why.nothing_seen")))
    rules = explained(ask, campaign, contact, result)
    lines = (title, *_standing(ask, result, judgement), *rules, *_seen(ask, judgement, campaign))
    return Reply(lines, evidence=evidence_of(ask, judgement, contact, lines))


@command(
    en=("test",),
    es=("probar", "prueba de imagen"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    need=Need.MATCHES,
    more=True,
    examples=both(
        Example("!test promo", "97/100", pictures=1),
        Example("!probar promo", "97/100", pictures=1),
    ),
)
def test(ask: Ask, campaign: Campaign) -> Reply:
    if not ask.order.parts:
        raise WrongUse("test.no_file")
    if campaign.state is CampaignState.CLOSED:  # its pictures are not looked for
        raise UserError("rejudge.not_active", name=campaign.name, id=campaign.id)
    tried = [_tried(ask, part, campaign) for part in ask.order.parts]
    title = say("test.title", campaign=campaign.name, id=campaign.id)
    lines = (title, *(line for line, _ in tried), say("test.nothing_kept"))
    shown = next((evidence for _, evidence in tried if evidence), None)
    return Reply(lines, evidence=replace(shown, lines=lines) if shown else None)


@command(
    en=("campaign threshold",),
    es=("campaña umbral",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(
        Argument("campaign", CampaignTarget(begins_number), en="campaign", es="campaña"),
        Argument("sure", Number(), en="sure from", es="seguro desde"),
        Argument("doubtful", Number(), en="doubtful from", es="dudoso desde", required=False),
    ),
    more=True,
    examples=both(
        (Example("!campaign threshold promo 60", "60"), Example("!campaign threshold #1 60 40", "40")),
        (Example("!campaña umbral promo 60", "60"), Example("!campaña umbral #1 60 40", "40")),
    ),
)
def campaign_threshold(ask: Ask, campaign: Campaign, sure: int, doubtful: int | None) -> Reply:
    if not 0 < (doubtful or 1) <= sure <= 100:
        raise UserError("threshold.bad")
    changed = replace(campaign, match_yes=float(sure), match_review=float(doubtful) if doubtful else None)
    bands = bands_of(ask.tables.campaigns.save(changed), ask.bands)
    moved = rejudging.by_new_bands(ask.tables, changed, ask.bands, ask.now)
    facts = {"name": campaign.name, "id": campaign.id, "sure": bands.yes, "doubtful": bands.review}
    videos = more_is_asked(ask, campaign, changed)
    return Reply((say("threshold.set", **facts), *videos, say("rule.settled", count=moved)))


def _judgement(ask: Ask, campaign: Campaign, contact: Contact, result: Result | None) -> Judgement | None:
    """The comparison that decided; without a decision, the one that waits for a person, or resembles most."""
    if result is not None:
        if result.capture_id is None:
            return None
        return ask.tables.judgements.one(where("key") == pair_key(result.capture_id, campaign.id))
    theirs = (where("campaign_id") == campaign.id) & (where("contact_id") == contact.id)
    seen = ask.tables.judgements.find(theirs)
    doubtful = [each for each in seen if each.verdict is Verdict.REVIEW]
    return max(doubtful or seen, key=lambda each: each.score, default=None)


def _standing(ask: Ask, result: Result | None, judgement: Judgement | None) -> tuple[Phrase, ...]:
    if result is None:
        is_doubtful = judgement is not None and judgement.verdict is Verdict.REVIEW
        return (say("why.in_review" if is_doubtful else "why.pending"),)
    outcome = say("why.outcome", icon=say(f"icon.{result.outcome}"), outcome=say(f"page.outcome.{result.outcome}"))
    if result.marked_by:
        return (outcome, by_hand("why.marked", result, ask.who))
    return (outcome,)


def _seen(ask: Ask, judgement: Judgement | None, campaign: Campaign) -> tuple[Phrase, ...]:
    if judgement is None:
        return ()
    posted = (say("why.posted", at=judgement.posted_at), *_circumstances(ask, judgement))
    was_seen = judgement.reason is None or judgement.frame_id is not None
    if judgement.verdict is Verdict.NOT_CAPTURED or not was_seen:
        return posted
    frame = ask.tables.frames.get(judgement.frame_id) if judgement.frame_id else None
    if frame is None:
        return (*posted, say("why.no_frame"))
    found = Found(frame.sha256, judgement.score, judgement.quad, judgement.at_second)
    return (*posted, *_best(ask, frame, found, campaign))


def _circumstances(ask: Ask, judgement: Judgement) -> tuple[Phrase, ...]:
    """What there was to compare, if it was not the file itself or if that was not kept; and who decided."""
    if judgement.decided_by:
        return (say("why.decided", by=decider(judgement.decided_by, ask.who), at=judgement.decided_at),)
    if judgement.reason is not None:
        by_small_picture = judgement.verdict is not Verdict.NOT_CAPTURED and judgement.frame_id is not None
        key = "why.small_picture" if by_small_picture else "why.not_captured"
        return (say(key, reason=say(f"reason.{judgement.reason}")),)
    capture = ask.tables.captures.get(judgement.capture_id)
    return (say("why.seen_once"),) if capture is not None and capture.is_view_once else ()


def _best(ask: Ask, frame: Frame, found: Found, campaign: Campaign) -> tuple[Phrase, ...]:
    """The frame that resembles most, how surely, and what that means in this campaign."""
    bands = bands_of(campaign, ask.bands)
    verdict = verdict_of(found.score, bands)
    meaning = say(f"verdict.{verdict.value}", sure=bands.yes, doubtful=bands.review)
    best = say("why.best", n=place_of(ask.tables, frame), score=found.score, meaning=meaning)
    return (best,) if found.at_second is None else (best, say("why.second", second=found.at_second))


def _tried(ask: Ask, part: OrderPart, campaign: Campaign) -> tuple[Phrase, Evidence | None]:
    """What one file shows of a campaign."""
    if part.found is None:
        return say("test.refused", why=say(f"attachment.{part.failure or 'unreachable'}")), None
    frames = {frame.sha256: frame for frame in ask.tables.frames.find(where("campaign_id") == campaign.id)}
    best = max((found for found in part.found if found.sha256 in frames), key=lambda each: each.score, default=None)
    if best is None:
        return say("test.no_frame"), None
    said = _best(ask, frames[best.sha256], best, campaign)
    is_video = from_document(Media, part.media).kind is MediaKind.VIDEO
    verdict = verdict_of(best.score, bands_of(campaign, ask.bands))
    return say("test.found", lines=said), Evidence(best, part.sha256, is_video, verdict)

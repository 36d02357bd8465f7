"""How a contact stands in a campaign: kept up to date with every judgement, deletion, rule and word of the owner's.

Nobody else writes `results`. A result is worked out anew from all that is known (`bot.model.outcome`), so it does not
matter in which order things arrived; what the owner set by hand stays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flows import chronicle
from bot.flows.coverage import coverage
from bot.model.campaign import Campaign, CampaignState, pair_key
from bot.model.capture import Capture, Judgement, Verdict
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.event import Flag
from bot.model.identity import CampaignId, ContactId, FrameId
from bot.model.outcome import Day, Decision, Setting, Standing, changes_nothing, days, decide
from bot.model.posts import Post, weigh
from bot.model.result import Outcome, Result
from bot.model.rules import CampaignRules
from storage.query import where
from storage.tables import Tables


def unseen(capture: Capture, campaign_id: CampaignId, verdict: Verdict, now: datetime) -> Judgement:
    """A judgement of a status, to be recorded, with nothing found in it."""
    key = pair_key(capture.id, campaign_id)
    return Judgement(0, key, capture.id, campaign_id, capture.contact_id, capture.posted_at, verdict, now)


def record(tables: Tables, judgement: Judgement, now: datetime) -> None:
    """Keep a judgement, in the place of an older one of the same status, and let it change the contact's result.

    What a person decided about the status is never replaced.
    """
    campaign = tables.campaigns.need(judgement.campaign_id)
    contact = tables.contacts.need(judgement.contact_id)
    fresh = replace(judgement, due_at=_due_at(judgement, campaign.rules, now))
    kept, is_new = tables.judgements.add_once(fresh)
    if not is_new:
        if kept.decided_by:
            return
        tables.judgements.save(replace(fresh, id=kept.id))
    _tell(tables, fresh, campaign, contact)
    current = _result(tables, campaign, contact)
    before = Standing(current.outcome, current.posted_at, current.broken) if current else None
    if not (is_new and changes_nothing(fresh.verdict, fresh.posted_at, before)):
        settle(tables, campaign, contact, now)


def settle(tables: Tables, campaign: Campaign, contact: Contact, now: datetime) -> None:
    """Work the contact's result out anew; one that was set by hand stays."""
    current = _result(tables, campaign, contact)
    if current is not None and current.marked_by:
        return
    decision = decide(posts_of(tables, campaign, contact), _setting(tables, campaign, contact, now))
    if decision.outcome is None or decision.post is None:
        if current is not None:
            tables.results.remove(current)
        return
    _keep(tables, current, _as_result(campaign, contact, decision, now))


def settle_all(tables: Tables, campaign: Campaign, now: datetime) -> int:
    """Work out all results of a campaign anew, for example by other rules; returns how many changed."""
    of_campaign = where("campaign_id") == campaign.id
    for judgement in tables.judgements.find(of_campaign):
        due_at = _due_at(judgement, campaign.rules, now)
        if judgement.due_at != due_at:
            tables.judgements.save(replace(judgement, due_at=due_at))
    before = _outcomes(tables, campaign)
    known = {ContactId(who) for (who,) in tables.judgements.pluck(of_campaign, "contact_id")} | before.keys()
    for contact_id in sorted(known):
        contact = tables.contacts.get(contact_id)
        if contact is not None:
            settle(tables, campaign, contact, now)
    after = _outcomes(tables, campaign)
    return sum(before.get(who) != after.get(who) for who in before.keys() | after.keys())


def settle_due(tables: Tables, now: datetime, limit: int) -> int:
    """Settle those of whom a status has been up for long enough by now; returns how many statuses those were."""
    due = tables.judgements.find(where("due_at") <= to_document(now), order_by="due_at", limit=limit)
    for judgement in due:
        tables.judgements.save(replace(judgement, due_at=None))
        _settle_both(tables, judgement, now)
    return len(due)


def removed(tables: Tables, capture: Capture, now: datetime) -> None:
    """The author deleted a status: it fails where it had to stay longer."""
    for judgement in tables.judgements.find(where("capture_id") == capture.id):
        _settle_both(tables, judgement, now)


def withdraw(tables: Tables, capture: Capture, now: datetime) -> None:
    """Forget that a status could not be captured: it has come after all, and is judged by what it holds."""
    for judgement in tables.judgements.find(where("capture_id") == capture.id):
        if not judgement.decided_by:
            tables.judgements.remove(judgement)
            _settle_both(tables, judgement, now)


def decided(tables: Tables, judgement: Judgement, verdict: Verdict, by: str, now: datetime) -> Judgement:
    """A person says whether a status shows the campaign's picture; the matcher never overrules them."""
    campaign = tables.campaigns.need(judgement.campaign_id)
    matched = (judgement.frame_id,) if verdict is Verdict.MATCH and judgement.frame_id else ()
    settled = replace(judgement, verdict=verdict, matched=matched, decided_by=by, decided_at=now)
    saved = tables.judgements.save(replace(settled, due_at=_due_at(settled, campaign.rules, now)))
    _settle_both(tables, saved, now)
    return saved


def mark(
    tables: Tables, campaign: Campaign, contact: Contact, outcome: Outcome, by: str, why: str, now: datetime
) -> Result:
    """Set a result by hand; it stays until it is unmarked."""
    current = _result(tables, campaign, contact)
    key = pair_key(campaign.id, contact.id)
    fresh = Result(0, key, campaign.id, contact.id, outcome, now, None, None)
    marked = replace(current or fresh, outcome=outcome, decided_at=now, marked_by=by, marked_why=why)
    return tables.results.save(marked) if current else tables.results.add(marked)


def unmark(tables: Tables, campaign: Campaign, contact: Contact, now: datetime) -> bool:
    """Let what was seen decide again; False when nothing had been set by hand."""
    current = _result(tables, campaign, contact)
    if current is None or not current.marked_by:
        return False
    tables.results.save(replace(current, marked_by="", marked_why=""))
    settle(tables, campaign, contact, now)
    return True


def decision_of(tables: Tables, campaign: Campaign, contact: Contact, now: datetime) -> Decision:
    """How a contact stands by what was seen, whatever was set by hand."""
    return decide(posts_of(tables, campaign, contact), _setting(tables, campaign, contact, now))


def days_of(tables: Tables, campaign: Campaign, contact: Contact, now: datetime) -> tuple[Day, ...]:
    """The outcome of each day so far, in a campaign that judges each day by itself."""
    weighed = weigh(posts_of(tables, campaign, contact), campaign.rules, now)
    return days(weighed, _setting(tables, campaign, contact, now))


def complied_today(tables: Tables, campaign: Campaign, contact: Contact, now: datetime) -> bool:
    """Whether somebody has already done today what a campaign asks for that judges each day by itself."""
    if not campaign.rules.daily:
        return False
    weighed = weigh(posts_of(tables, campaign, contact), campaign.rules, now)
    today = Setting(campaign.rules, _frames(tables, campaign), since=now, now=now)
    return any(day.decision.outcome is Outcome.CUMPLE for day in days(weighed, today))


def posts_of(tables: Tables, campaign: Campaign, contact: Contact) -> list[Post]:
    """The contact's statuses that were compared with a campaign, as its rules see them; in no order."""
    theirs = (where("campaign_id") == campaign.id) & (where("contact_id") == contact.id)
    judged = ((each, tables.captures.get(each.capture_id)) for each in tables.judgements.find(theirs))
    return [_post(judgement, capture) for judgement, capture in judged if capture is not None]


def _setting(tables: Tables, campaign: Campaign, contact: Contact, now: datetime) -> Setting:
    rules = campaign.rules
    since = max(rules.starts_at or campaign.created_at, contact.created_at)
    is_blindness_asked_for = rules.daily or rules.ask_for_more
    return Setting(
        rules=rules,
        frames=_frames(tables, campaign),
        since=since,
        now=now,
        blind=coverage(tables, since, min(now, rules.ends_at or now)).blind if is_blindness_asked_for else (),
        is_closed=campaign.state is CampaignState.CLOSED,
    )


def _frames(tables: Tables, campaign: Campaign) -> frozenset[FrameId]:
    """Those that must all be shown, where the rules say so."""
    frames = tables.frames.find(where("campaign_id") == campaign.id) if campaign.rules.all_frames else ()
    return frozenset(frame.id for frame in frames if frame.enabled)


def _post(judgement: Judgement, capture: Capture) -> Post:
    return Post(
        message_id=capture.message_id,
        capture_id=capture.id,
        posted_at=capture.posted_at,
        verdict=judgement.verdict,
        frames=frozenset(judgement.matched or ([judgement.frame_id] if judgement.frame_id else ())),
        frame_id=judgement.frame_id,
        score=judgement.score,
        at_second=judgement.at_second,
        reason=judgement.reason,
        caption=capture.caption,
        content=capture.media_sha256,
        is_reshared=Flag.RESHARED in capture.flags,
        removed_at=capture.removed_at,
    )


def _as_result(campaign: Campaign, contact: Contact, decision: Decision, now: datetime) -> Result:
    assert decision.outcome is not None
    assert decision.post is not None
    post = decision.post
    return Result(
        id=0,
        key=pair_key(campaign.id, contact.id),
        campaign_id=campaign.id,
        contact_id=contact.id,
        outcome=decision.outcome,
        decided_at=now,
        posted_at=post.posted_at,
        capture_id=post.capture_id,
        frame_id=post.frame_id if post.verdict is Verdict.MATCH else None,
        score=post.score,
        at_second=post.at_second,
        reason=post.reason,
        broken=decision.broken,
    )


def _keep(tables: Tables, current: Result | None, wanted: Result) -> None:
    if current is None:
        tables.results.add(wanted)
    elif replace(current, id=0, decided_at=wanted.decided_at) != wanted:
        tables.results.save(replace(wanted, id=current.id))


def _settle_both(tables: Tables, judgement: Judgement, now: datetime) -> None:
    campaign, contact = tables.campaigns.get(judgement.campaign_id), tables.contacts.get(judgement.contact_id)
    if campaign is not None and contact is not None:
        settle(tables, campaign, contact, now)


def _due_at(judgement: Judgement, rules: CampaignRules, now: datetime) -> datetime | None:
    """When the passing of time alone makes this status count."""
    if rules.alive_for is None or judgement.verdict is not Verdict.MATCH:
        return None
    full_age = judgement.posted_at + rules.alive_for
    return full_age if full_age > now else None


def _outcomes(tables: Tables, campaign: Campaign) -> dict[ContactId, str]:
    found = tables.results.pluck(where("campaign_id") == campaign.id, "contact_id", "outcome")
    return {ContactId(who): outcome for who, outcome in found}


def _result(tables: Tables, campaign: Campaign, contact: Contact) -> Result | None:
    return tables.results.one(where("key") == pair_key(campaign.id, contact.id))


def _tell(tables: Tables, judgement: Judgement, campaign: Campaign, contact: Contact) -> None:
    if judgement.verdict is not Verdict.NOT_CAPTURED:
        score = round(judgement.score)
        key = judgement.verdict.value
        chronicle.note(tables, judgement.judged_at, key, contact=contact.name, campaign=campaign.name, score=score)

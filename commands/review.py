"""`!review`: doubtful statuses one after the other, each settled by a word, or by a reaction on its picture."""

from __future__ import annotations

from bot.flows import reviewing
from bot.model.campaign import Campaign
from bot.model.capture import Judgement
from bot.model.chat import About, Expect, Order, Phrase, Reply, Role, say
from bot.model.event import Flag
from commands.conversation import CANCEL_WORDS, DONE_WORDS, Talk, is_word
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.evidence import evidence_of
from commands.frames import place_of
from commands.options import PAGE
from commands.targets import OptionalCampaignTarget
from commands.text import footer, page_of
from commands.words import folded
from storage.tables import Tables

_YES = frozenset({"yes", "y", "si", "s", "1", "👍", "✅", "✔", "👌", "💯"})
_NO = frozenset({"no", "n", "0", "👎", "❌", "✖", "🚫"})
_SKIP = frozenset({"skip", "next", "saltar", "siguiente", "otra", "despues", "later"})
_STOP = CANCEL_WORDS | DONE_WORDS - {"ok"}
#: Skin tones, and the mark that asks for the coloured form of a sign.
_TONES = "🏻🏼🏽🏾🏿\ufe0f"

_CAMPAIGN = Argument("campaign", OptionalCampaignTarget(), en="campaign", es="campaña", required=False)


@command(
    en=("review",),
    es=("revisar",),
    group=Group.RESULTS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    more=True,
    examples=both(Example("!review", "Nothing to review"), Example("!revisar", "Nada por revisar")),
)
def review(ask: Ask, campaign: Campaign | None) -> Reply:
    return _next(ask, campaign, after=())


@command(
    en=("review list",),
    es=("revisar lista",),
    group=Group.RESULTS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    options=(PAGE,),
    examples=both(Example("!review list", "Nothing to review"), Example("!revisar lista", "Nada por revisar")),
)
def review_list(ask: Ask, campaign: Campaign | None, page: int | None) -> Reply:
    found = reviewing.waiting(ask.tables, campaign)
    if not found:
        return Reply((say("review.none"),))
    rows = [_row(ask, judgement) for judgement in page_of(found, page)]
    return Reply((say("review.title", count=len(found)), *rows, *footer(found, page)))


def meant_by_sign(tables: Tables, order: Order) -> tuple[Judgement, bool] | None:
    """The status that a reaction on its picture, or a reply to it, settles, and whether it is a match."""
    is_yes = _answer(order.text)
    judgement = reviewing.shown_in(tables, order.quoted) if is_yes is not None else None
    return (judgement, is_yes) if judgement is not None and is_yes is not None else None


def settle_by_sign(ask: Ask, judgement: Judgement, *, is_match: bool) -> Reply:
    """Settle a status; if it is the one that is being asked about, the next one follows."""
    going_on = ask.conversation if ask.conversation and ask.conversation.kind == review.key else None
    if going_on is not None and going_on.data["judgement"] == judgement.id:
        return _settled(ask, judgement, going_on.data, is_match=is_match)
    told, left = _decide(ask, judgement, is_match=is_match), len(reviewing.waiting(ask.tables))
    lines = (told, say("review.left", count=left)) if left else (told,)
    about = About(judgement.campaign_id, judgement.contact_id)
    return Reply(lines, expect=Expect(review.key, going_on.data) if going_on else None, about=about)


def _talked(ask: Ask, text: str) -> Reply:
    assert ask.conversation is not None
    data = ask.conversation.data
    if is_word(text, _STOP):
        left = len(reviewing.waiting(ask.tables, _campaign(ask, data)))
        return Reply((say("review.stopped", count=left) if left else say("review.none"),), ends=True)
    judgement = ask.tables.judgements.get(data["judgement"])
    if judgement is None or is_word(text, _SKIP):
        return _next(ask, _campaign(ask, data), after=(*data["skipped"], data["judgement"]))
    return _settled(ask, judgement, data, is_match=bool(_answer(text)))


def _settled(ask: Ask, judgement: Judgement, data: dict[str, object], *, is_match: bool) -> Reply:
    """The decision, and the next status."""
    told = _decide(ask, judgement, is_match=is_match)
    skipped = data["skipped"]
    assert isinstance(skipped, list | tuple)
    return _next(ask, _campaign(ask, data), after=tuple(skipped), before=(told,))


def _decide(ask: Ask, judgement: Judgement, *, is_match: bool) -> Phrase:
    reviewing.decide(ask.tables, judgement, is_match=is_match, by=ask.who, now=ask.now)
    contact = ask.tables.contacts.need(judgement.contact_id)
    return say("review.match" if is_match else "review.no_match", name=contact.name, id=contact.id)


def _next(ask: Ask, campaign: Campaign | None, after: tuple[int, ...], before: tuple[Phrase, ...] = ()) -> Reply:
    """Show the next status that was not skipped."""
    waiting = reviewing.waiting(ask.tables, campaign)
    shown = next((judgement for judgement in waiting if judgement.id not in after), None)
    if shown is None:
        over = say("review.all_skipped", count=len(waiting)) if waiting else say("review.none")
        return Reply((*before, over), ends=True)
    return asked_about(ask, shown, (*before, say("review.question", count=len(waiting))), campaign, after)


def asked_about(
    ask: Ask, shown: Judgement, before: tuple[Phrase, ...], campaign: Campaign | None = None,
    skipped: tuple[int, ...] = (),
) -> Reply:  # fmt: skip
    """Show one status and wait for the word that settles it."""
    contact = ask.tables.contacts.need(shown.contact_id)
    lines = (*before, _row(ask, shown))
    data = {"judgement": shown.id, "skipped": list(skipped), "campaign": campaign.id if campaign else 0}
    on_picture = (*lines, say("review.how_on_picture"))
    evidence, about = evidence_of(ask, shown, contact, on_picture), About(shown.campaign_id, contact.id)
    told = on_picture if evidence else (*lines, say("review.how"))
    return Reply(told, expect=Expect(review.key, data), evidence=evidence, about=about)


def _row(ask: Ask, judgement: Judgement) -> Phrase:
    contact, campaign = ask.tables.contacts.need(judgement.contact_id), ask.tables.campaigns.need(judgement.campaign_id)
    frame = ask.tables.frames.get(judgement.frame_id) if judgement.frame_id else None
    facts = {"name": contact.name, "id": contact.id, "campaign": campaign.name, "at": judgement.posted_at}
    row = say("review.row_plain", **facts)
    if frame is not None:
        row = say("review.row", n=place_of(ask.tables, frame), score=judgement.score, **facts)
    capture = ask.tables.captures.get(judgement.capture_id)
    if capture is None or Flag.PROOF not in capture.flags:
        return row
    row = say("stories.and", row=row, more=say("flag.proof"))
    if frame is not None:
        return row
    if judgement.reason is not None:
        why = say("review.unopened", name=contact.name, reason=say(f"reason.{judgement.reason}"))
    else:
        why = say("review.unlike")
    return say("stories.and", row=row, more=why)


def _campaign(ask: Ask, data: dict[str, object]) -> Campaign | None:
    number = data["campaign"]
    return ask.tables.campaigns.get(number) if isinstance(number, int) and number else None


def _answer(text: str) -> bool | None:
    """Yes or no; None for all else."""
    plain = folded("".join(sign for sign in text if sign not in _TONES).strip().removeprefix("!")).strip(".! ")
    if plain in _YES:
        return True
    return False if plain in _NO else None


REVIEW_TALK = Talk(review.key, _YES | _NO | _SKIP | _STOP, _talked)

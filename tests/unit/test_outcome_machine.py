"""Whatever the order in which statuses arrive, twice, late, deleted or through a restart: only what was posted counts.

The machine posts, delays, repeats, deletes, fails, restarts and merges at random over the real engine. In the end
everything has arrived, and each outcome must be what the rules make of the bare list of posts.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.flows import merging
from bot.model.campaign import Campaign, pair_key
from bot.model.capture import MissReason, Verdict
from bot.model.contact import Address, Contact
from bot.model.errors import GatewayError
from bot.model.event import Content, ContentKind, Flag, MediaKind, MessageSeen, Scope
from bot.model.identity import STATUS_CHAT, CaptureId, Jid
from bot.model.outcome import Decision, Setting, decide
from bot.model.posts import Post
from bot.model.rules import CampaignRules
from bot.whatsapp.simulated import SimulatedPerson, lid_of
from storage.query import where
from tests.support.stage import Stage

POSTER, BACK = b"the poster of the campaign", b"the back of the campaign"
PICTURES = (POSTER, BACK, POSTER + BACK, b"a cat", b"doubtful:" + POSTER)
CAMPAIGNS = {
    "plain": CampaignRules(),
    "strict": CampaignRules(caption="sol", alive_for=timedelta(hours=2), reposts=False),
    "many": CampaignRules(least_posts=2, all_frames=True),
    "daily": CampaignRules(daily=True, zone="America/Bogota"),
}
PEOPLE = (("Ana", "+573001234567"), ("Luis", "+573007654321"), ("Sofía", "+573005550001"))
HOUR = timedelta(hours=1)
#: More of them find more: `OUTCOME_EXAMPLES=500 make test ARGS=tests/unit/test_outcome_machine.py`.
EXAMPLES = int(os.environ.get("OUTCOME_EXAMPLES", "8"))
people, numbers = st.integers(0, len(PEOPLE) - 1), st.integers(0, 1_000_000)


@dataclass
class Posted:
    """What somebody really did, whatever arrives of it."""

    person: int
    message_id: str
    at: datetime
    picture: bytes
    caption: str = ""
    is_reshared: bool = False
    comes: bool = True  #: whether its content ever arrives
    removed_at: datetime | None = None


@dataclass
class Under:
    """How the machine's world stands."""

    posts: list[Posted] = field(default_factory=list)
    waiting: list[MessageSeen] = field(default_factory=list)
    delivered: list[MessageSeen] = field(default_factory=list)


class Arrivals(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.stage = Stage(self.folder)
        self.world = Under()
        self.belongs = list(range(len(PEOPLE)))  #: whose the posts of each person are, after merges

    @initialize()
    def begin(self) -> None:
        self.stage.settle()
        self.phones = [self.stage.contact(name, number) for name, number in PEOPLE]
        for name, rules in CAMPAIGNS.items():
            campaign = self.stage.campaign(name, POSTER, BACK)
            self.stage.tables.campaigns.save(replace(campaign, rules=rules))
        for phone in self.phones:
            contact = self.contact(PEOPLE[self.phones.index(phone)][0])
            now = self.stage.clock.now()
            self.stage.tables.addresses.add(Address(0, str(lid_of(phone.phone)), contact.id, now))
        self.stage.settle()  # the gateway is told whom to listen to; what came before is held in its memory alone

    @rule(who=people, picture=st.sampled_from(PICTURES), same=st.booleans(), caption=st.sampled_from(["", "¡El SOL!"]),
          is_reshared=st.booleans(), sign=st.sampled_from([None, ContentKind.KEY_ONLY, ContentKind.UNDECRYPTABLE]),
          comes=st.integers(0, 4), by=numbers)  # fmt: skip
    def post(self, who: int, picture: bytes, same: bool, caption: str, is_reshared: bool, sign: ContentKind | None,
             comes: int, by: int) -> None:  # fmt: skip
        """Somebody posts: perhaps only a sign of it comes first, or nothing else ever."""
        number = len(self.world.posts)
        shown = picture if same else picture + str(number).encode()
        does_come = sign is None or comes > 0
        posted = Posted(who, f"POST{number}", self.stage.clock.now(), shown, caption, is_reshared, does_come)
        self.world.posts.append(posted)
        if sign is not None:
            self.world.waiting.append(self.message(posted, Content(sign), by))
        if posted.comes:
            media = self.stage.gateway.upload(shown, MediaKind.IMAGE, "image/jpeg")
            self.world.waiting.append(self.message(posted, Content(ContentKind.IMAGE, caption, media), by // 3))

    @precondition(lambda self: self.world.posts)
    @rule(which=numbers, by=numbers)
    def delete(self, which: int, by: int) -> None:
        posted = self.world.posts[which % len(self.world.posts)]
        if posted.removed_at is None and self.stage.clock.now() > posted.at:
            posted.removed_at = self.stage.clock.now()
            revoke = Content(ContentKind.REVOKE, target=posted.message_id)
            message = self.message(posted, revoke, by)
            self.world.waiting.append(replace(message, id=f"R{posted.message_id}", sent_at=posted.removed_at))

    @precondition(lambda self: self.world.waiting)
    @rule(which=numbers)
    def arrive(self, which: int) -> None:
        message = self.world.waiting.pop(which % len(self.world.waiting))
        self.world.delivered.append(message)
        self.stage.gateway.receive(message)

    @precondition(lambda self: self.world.delivered)
    @rule(which=numbers)
    def arrive_again(self, which: int) -> None:
        self.stage.gateway.receive(self.world.delivered[which % len(self.world.delivered)])

    @rule(seconds=st.sampled_from([1, 40, 200]), does_fail=st.booleans())
    def work(self, seconds: int, does_fail: bool) -> None:
        """The engine works for a while; perhaps one download fails for a passing reason."""
        if does_fail and not self.stage.gateway.failures:
            self.stage.gateway.failures.append(GatewayError("timeout"))
        self.stage.settle(at_most=timedelta(seconds=seconds))
        self.stage.gateway.failures.clear()

    @rule(hours=st.sampled_from([1, 3, 20]))
    def wait(self, hours: int) -> None:
        self.stage.clock.advance(hours * HOUR)

    @rule()
    def restart(self) -> None:
        files = self.stage.gateway.files
        self.stage.close()
        self.stage = Stage(self.folder, self.stage.clock)
        self.stage.gateway.files.update(files)

    @rule(kept=people, gone=people)
    def merge(self, kept: int, gone: int) -> None:
        """Two contacts turn out to be one person."""
        kept, gone = self.belongs[kept], self.belongs[gone]
        if kept == gone:
            return
        tables = self.stage.tables
        with tables.store.transaction():
            one, other = self.contact(PEOPLE[kept][0]), self.contact(PEOPLE[gone][0])
            merging.merge(tables, one, other, self.stage.clock.now())
        self.belongs = [kept if owner == gone else owner for owner in self.belongs]

    def teardown(self) -> None:
        try:
            if hasattr(self, "phones"):
                self.finish()
                self.check()
        finally:
            self.stage.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self) -> None:
        """Everything arrives, and so much time passes that nothing waits any more."""
        for message in self.world.waiting:
            self.stage.gateway.receive(message)
        self.stage.settle()
        self.stage.clock.advance(30 * HOUR)
        self.stage.settle()

    def check(self) -> None:
        tables = self.stage.tables
        assert len(tables.dead_letters) == 0
        assert len(tables.captures) == len(self.world.posts)
        for owner in set(self.belongs):
            contact = self.contact(PEOPLE[owner][0])
            for name in CAMPAIGNS:
                campaign = tables.campaigns.one(where("name") == name)
                assert campaign is not None
                assert self.kept(campaign, contact) == self.expected(campaign, contact, owner)

    def kept(self, campaign: Campaign, contact: Contact) -> tuple[object, ...]:
        result = self.stage.tables.results.one(where("key") == pair_key(campaign.id, contact.id))
        if result is None or result.capture_id is None:
            return (None,)
        return result.outcome, self.stage.tables.captures.need(result.capture_id).message_id, result.broken

    def expected(self, campaign: Campaign, contact: Contact, owner: int) -> tuple[object, ...]:
        looked_for = self.stage.tables.frames.find(where("campaign_id") == campaign.id)
        frames = {frame.sha256: frame.id for frame in looked_for}
        posts = [self.as_post(each, frames) for each in self.world.posts if self.belongs[each.person] == owner]
        since = max(campaign.created_at, contact.created_at)
        setting = Setting(campaign.rules, frozenset(frames.values()), since, self.stage.clock.now())
        decision: Decision = decide(posts, setting)
        if decision.outcome is None or decision.post is None:
            return (None,)
        return decision.outcome, decision.post.message_id, decision.broken

    def as_post(self, posted: Posted, frames: dict[str, int]) -> Post:
        """A post as the rules should see it, without any engine."""
        shown = frozenset(n for sha256, n in frames.items() if self.stage.media.read(sha256) in posted.picture)
        verdict = Verdict.MATCH if shown else Verdict.NO_MATCH
        if shown and posted.picture.startswith(b"doubtful:"):
            verdict = Verdict.REVIEW
        return Post(
            message_id=posted.message_id,
            capture_id=CaptureId(0),
            posted_at=posted.at,
            verdict=verdict if posted.comes else Verdict.NOT_CAPTURED,
            frames=shown if verdict is Verdict.MATCH else frozenset(),  # type: ignore[arg-type]
            reason=None if posted.comes else MissReason.UNDECRYPTABLE,
            caption=posted.caption,
            content=hashlib.sha256(posted.picture).hexdigest(),
            is_reshared=posted.is_reshared,
            removed_at=posted.removed_at,
        )

    def message(self, posted: Posted, content: Content, by: int) -> MessageSeen:
        author, other = self.addresses(self.phones[posted.person], by)
        flags = frozenset({Flag.RESHARED}) if posted.is_reshared else frozenset[Flag]()
        return MessageSeen(
            posted.message_id, Scope.STATUS, STATUS_CHAT, author, other, False, posted.at, content, flags=flags
        )

    def addresses(self, phone: SimulatedPerson, by: int) -> tuple[Jid, Jid | None]:
        """Under the number, the LID, or both, as the server pleases."""
        number, lid = phone.phone.jid, lid_of(phone.phone)
        return ((number, None), (lid, None), (number, lid), (lid, number))[by % 4]

    def contact(self, name: str) -> Contact:
        found = self.stage.tables.contacts.one(where("name") == name)
        assert found is not None
        return found


TestArrivals = Arrivals.TestCase
TestArrivals.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)

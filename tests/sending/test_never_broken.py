"""No sequence of messages, restarts, clock steps, failures and receipts breaks a rule of sending or loses a message."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.flows import blacklist, queueing, receipts
from bot.model.errors import GatewayError
from bot.model.event import ReceiptKind, ReceiptSeen
from bot.model.failures import Failure
from bot.model.identity import Jid, Phone
from bot.model.limits import DAY, HOUR, MINUTE, Limit, Limits, QuietHours
from bot.model.outbox import OutboxItem, SendState, To
from storage.query import where
from tests.sending.sender import OWNER, Sender, Transmission
from tests.support.clock import FakeClock

NEW_YORK = ZoneInfo("America/New_York")
QUIET = QuietHours(time(22), time(6), NEW_YORK)
LIMITS = Limits(
    per_number=((Limit.NUMBER_MINUTE, MINUTE, 2), (Limit.NUMBER_HOUR, HOUR, 3), (Limit.NUMBER_DAY, DAY, 5)),
    in_total=((Limit.MINUTE, MINUTE, 4), (Limit.HOUR, HOUR, 6), (Limit.DAY, DAY, 12)),
    contacts_per_hour=4,
    warmup=(4, 7),
    quiet=QUIET,
    human_pace=0.0,
)
NUMBERS = ("+573001234501", "+573001234502", "+573001234503")
#: The evening before the clocks go back in New York.
EVE = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
SPANS = st.sampled_from([0.5, 1, 2, 7, 31, 61, 599, 1801, 3601, 9001, 30_001, 86_401])
STEPS = st.sampled_from([-400 * 86_400, -86_400, -7200, -3600, -61, -3, 3, 61, 3600, 86_400, 40 * 86_400])
FATES = st.sampled_from(
    [
        GatewayError(Failure.SERVER, "server returned error 500"),
        GatewayError(Failure.NOT_CONNECTED),
        GatewayError(Failure.REACH_OUT_LIMIT, permanent=True),
        GatewayError(Failure.NO_ANSWER, in_doubt=True),
    ]
)
#: What a message may end as.
ENDS = {SendState.SENT, SendState.DELIVERED, SendState.READ, SendState.FAILED, SendState.IN_DOUBT, SendState.CANCELLED}


class Sending(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sender = Sender(LIMITS, FakeClock(EVE))
        self.contacts = [self.sender.add_contact(number) for number in NUMBERS]
        self.queued: list[str] = []
        self.judged, self.boots, self.own = 0, 1, 0

    @rule(who=st.integers(0, 2))
    def a_message_is_queued(self, who: int) -> None:
        self._say(f"message {len(self.queued)}", Phone(NUMBERS[who]).jid, To.CONTACT)

    @rule()
    def the_same_effect_is_queued_again(self) -> None:
        if self.queued:
            self.sender.say(self.queued[-1], Phone(NUMBERS[0]).jid)

    @rule()
    def the_owner_is_answered(self) -> None:
        self._say(f"answer {len(self.queued)}", OWNER, To.CONTROL)

    @rule(times=st.integers(1, 5))
    def the_engine_turns(self, times: int) -> None:
        for _ in range(times):
            self.sender.turn()

    @rule(fate=FATES)
    def a_send_fails(self, fate: GatewayError) -> None:
        self.sender.turn(lambda _: fate)

    @rule(got_out=st.booleans())
    def a_crash_cuts_a_send_off(self, got_out: bool) -> None:
        item = self.sender.begin()
        if item is not None and got_out:
            self.sender.transmit(item)
        self.sender.crash()

    @rule()
    def the_bot_restarts(self) -> None:
        self.sender.crash()

    @rule(seconds=SPANS)
    def time_passes(self, seconds: float) -> None:
        self.sender.pass_time(timedelta(seconds=seconds))

    @rule(seconds=STEPS)
    def the_clock_is_set(self, seconds: float) -> None:
        self._set_clock(seconds)
        self.sender.turn()  # the engine turns all the time

    @precondition(lambda self: self.sender.clock.boot())  # where that is not known, nobody can tell such a step
    @rule(seconds=STEPS)
    def the_clock_is_set_while_the_bot_is_off(self, seconds: float) -> None:
        self._set_clock(seconds)
        self.sender.crash()

    @rule(back=st.sampled_from([0, 3, 3600, 86_400, 400 * 86_400]), is_known=st.booleans())
    def the_machine_restarts_with_its_clock_behind(self, back: int, is_known: bool) -> None:
        self.boots += 1
        self.sender.clock.restart_machine(f"boot {self.boots}" if is_known else "")
        self.sender.clock.set(self.sender.clock.now() - timedelta(seconds=back))
        self.sender.crash()

    @rule(who=st.integers(0, 2), listed=st.booleans())
    def the_blacklist_changes(self, who: int, listed: bool) -> None:
        tables, phone = self.sender.tables, Phone(NUMBERS[who])
        if listed:
            blacklist.add(tables, phone, "test", "owner", self.sender.clock.now())
        else:
            blacklist.remove(tables, phone)

    @precondition(lambda self: self.sender.arrived)
    @rule(place=st.integers(0, 30), kind=st.sampled_from(ReceiptKind))
    def a_receipt_comes(self, place: int, kind: ReceiptKind) -> None:
        """For any message that arrived, whether the bot knows its id or not."""
        sent = self.sender.arrived[place % len(self.sender.arrived)]
        self._receipt(sent.message_id, sent.to, kind)

    @rule(who=st.integers(0, 2), kind=st.sampled_from(ReceiptKind))
    def a_receipt_for_the_owners_own_writing_comes(self, who: int, kind: ReceiptKind) -> None:
        self.own += 1
        message_id = f"3EB0FFFF{self.own}"
        receipts.own_writing(self.sender.tables, message_id, self.sender.clock.now())
        self._receipt(message_id, Phone(NUMBERS[who]).jid, kind)

    @rule(survives=st.booleans())
    def a_receipt_is_faster_than_the_answer(self, survives: bool) -> None:
        item = self.sender.begin()
        if item is None:
            return
        message_id = self.sender.transmit(item)
        self._receipt(message_id, item.to, ReceiptKind.DELIVERED)
        if survives:
            self.sender.answer(item, message_id)
        else:
            self.sender.crash()

    @rule(is_paused=st.booleans())
    def sending_is_paused_or_resumed(self, is_paused: bool) -> None:
        (queueing.pause if is_paused else queueing.resume)(self.sender.tables)

    @precondition(lambda self: self.queued)
    @rule(place=st.integers(0, 30))
    def a_message_is_cancelled(self, place: int) -> None:
        item = self._row(self.queued[place % len(self.queued)])
        queueing.cancel(self.sender.tables, item)

    @invariant()
    def every_transmission_keeps_the_rules(self) -> None:
        for place in range(self.judged, len(self.sender.arrived)):
            self._judge(self.sender.arrived[place], self.sender.arrived[:place])
        self.judged = len(self.sender.arrived)

    @invariant()
    def nothing_goes_twice_to_a_contact(self) -> None:
        times = Counter(sent.key for sent in self.sender.arrived if sent.audience is To.CONTACT)
        assert max(times.values(), default=0) <= 1

    @invariant()
    def nothing_queued_is_lost(self) -> None:
        assert len(self.sender.tables.outbox) == len(self.queued)

    def teardown(self) -> None:
        """Given time, every message comes to an end, however the clocks stand."""
        queueing.resume(self.sender.tables)
        self.sender.drain(timedelta(days=2 + len(self.queued)))
        self.every_transmission_keeps_the_rules()
        self.nothing_goes_twice_to_a_contact()
        assert {self._row(key).state for key in self.queued} <= ENDS
        for key in self.queued:
            row, went = self._row(key), any(sent.key == key for sent in self.sender.arrived)
            assert went or row.state in (SendState.FAILED, SendState.CANCELLED, SendState.IN_DOUBT)

    def _say(self, key: str, to: object, audience: To) -> None:
        self.sender.say(key, to, audience)  # type: ignore[arg-type]
        self.queued.append(key)

    def _set_clock(self, seconds: float) -> None:
        self.sender.clock.set(self.sender.clock.now() + timedelta(seconds=seconds))

    def _receipt(self, message_id: str, reader: Jid, kind: ReceiptKind) -> None:
        with self.sender.store.transaction():
            now = self.sender.clock.now()
            receipts.seen(self.sender.tables, ReceiptSeen((message_id,), kind, reader, reader, now))

    def _row(self, key: str) -> OutboxItem:
        row = self.sender.tables.outbox.one(where("key") == key)
        assert row is not None
        return row

    def _judge(self, sent: Transmission, before: list[Transmission]) -> None:
        """By the time that really passed, whatever the clock said; quiet hours by the clock on the wall."""
        own = [other.elapsed for other in before if other.to == sent.to]
        everyone = [other.elapsed for other in before]
        once = {other.key: other.elapsed for other in before}.values()  # an answer that a crash doubled counts once
        assert not own or sent.elapsed - own[-1] >= LIMITS.number_gap.total_seconds()
        assert not everyone or sent.elapsed - everyone[-1] >= LIMITS.gap.total_seconds()
        if sent.audience is To.CONTROL:
            return
        contacts = [other.elapsed for other in before if other.audience is To.CONTACT]
        windows = [(own, span, most) for _, span, most in LIMITS.per_number]
        windows += [(list(once), span, most) for _, span, most in LIMITS.in_total]
        windows.append((contacts, HOUR, LIMITS.contacts_per_hour))
        day = int(sent.elapsed // DAY.total_seconds())
        if day < len(LIMITS.warmup):
            windows.append((contacts, DAY, LIMITS.warmup[day]))
        for times, span, most in windows:
            assert sum(sent.elapsed - span.total_seconds() < at for at in times) < most, (span, most)
        assert QUIET.ends_after(sent.wall) == sent.wall
        assert self.sender.tables.blacklist.one(where("jid") == str(sent.to)) is None


Sending.TestCase.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSending = Sending.TestCase

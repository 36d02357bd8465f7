"""The link's state machine, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.identity import Jid
from bot.model.link import (
    ALL_QRS,
    BACKOFF,
    CONNECT_DEADLINE,
    DEAF_DEADLINE,
    FIRST_QR,
    MAX_QR_ROUNDS,
    NEXT_QR,
    OVERLOAD_WAIT,
    QR_GRACE,
    STABLE,
    Link,
    LinkState,
    Notice,
    NoticeKind,
    advance,
)

NOW = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)
ME = Jid("573001200001", "s.whatsapp.net")
MY_LID = Jid("991100000001", "lid")


def a_notice(kind: NoticeKind, after: timedelta = timedelta(), **facts: Any) -> Notice:
    return Notice(kind, NOW + after, **facts)


def a_link(state: LinkState = LinkState.STARTING, **facts: Any) -> Link:
    return Link(state, NOW, **facts)


def connected(**facts: Any) -> Link:
    return a_link(LinkState.CONNECTED, account=ME, account_lid=MY_LID, **facts)


def test_a_deaf_connection_is_deaf_from_its_last_sign_of_life_and_made_anew_soon() -> None:
    link = replace(connected(), since=NOW - STABLE, failures=3)
    deaf = advance(link, a_notice(NoticeKind.DEAF))
    assert (deaf.state, deaf.since, deaf.keeps_process, deaf.account) == (LinkState.DEAF, NOW, True, ME)
    assert deaf.deadline == NOW + DEAF_DEADLINE
    again = advance(deaf, a_notice(NoticeKind.HUNG, DEAF_DEADLINE))
    assert (again.state, again.failures) == (LinkState.RECONNECTING, 1)


def test_a_deaf_connection_may_hear_again_by_itself() -> None:
    deaf = advance(connected(), a_notice(NoticeKind.DEAF))
    hearing = advance(deaf, a_notice(NoticeKind.HEARING, timedelta(seconds=30)))
    assert (hearing.state, hearing.since) == (LinkState.CONNECTED, NOW + timedelta(seconds=30))


@pytest.mark.parametrize("state", [LinkState.BANNED, LinkState.RECONNECTING, LinkState.STOPPED])
def test_only_a_connection_can_be_deaf(state: LinkState) -> None:
    for kind in (NoticeKind.DEAF, NoticeKind.HEARING):
        assert advance(a_link(state), a_notice(kind)).state is state


@pytest.mark.parametrize(
    ("notice", "state"),
    [
        (a_notice(NoticeKind.STARTED), LinkState.STARTING),
        (a_notice(NoticeKind.DISCONNECTED), LinkState.RECONNECTING),
        (a_notice(NoticeKind.STREAM_ERROR, text="stream error 499"), LinkState.RECONNECTING),
        (a_notice(NoticeKind.CONNECTED, account=ME), LinkState.CONNECTED),
    ],
)
def test_what_the_library_mends_itself_keeps_the_process(notice: Notice, state: LinkState) -> None:
    after = advance(connected(), notice)
    assert (after.state, after.keeps_process, after.retry_at) == (state, True, None)


@pytest.mark.parametrize(
    ("notice", "state"),
    [
        (a_notice(NoticeKind.LOGGED_OUT, code=401), LinkState.LOGGED_OUT),
        (a_notice(NoticeKind.LOGGED_OUT, code=403), LinkState.LOGGED_OUT),
        (a_notice(NoticeKind.UNLINKED), LinkState.LOGGED_OUT),
        (a_notice(NoticeKind.BANNED, code=101, seconds=60), LinkState.BANNED),
        (a_notice(NoticeKind.OUTDATED, code=405), LinkState.OUTDATED),
        (a_notice(NoticeKind.LOGIN, text="err-client-outdated"), LinkState.OUTDATED),
        (a_notice(NoticeKind.LOGIN, text="passkey-request"), LinkState.PASSKEY),
        (a_notice(NoticeKind.LOGIN, text="passkey-confirmation"), LinkState.PASSKEY),
        (a_notice(NoticeKind.REPLACED), LinkState.REPLACED),
        (a_notice(NoticeKind.REFUSED, code=400), LinkState.RESTRICTED),
        (a_notice(NoticeKind.REFUSED, code=409), LinkState.RESTRICTED),
        (a_notice(NoticeKind.STOPPED), LinkState.STOPPED),
    ],
)
def test_what_only_a_person_can_mend_ends_the_process_for_good(notice: Notice, state: LinkState) -> None:
    after = advance(connected(), notice)
    assert (after.state, after.needs_a_person, after.keeps_process) == (state, True, False)
    assert (after.retry_at, after.deadline) == (None, None)
    assert after.reason == notice.code


@pytest.mark.parametrize("code", [429, 500, 501, 503])
def test_an_overloaded_server_gets_five_minutes(code: int) -> None:
    after = advance(connected(), a_notice(NoticeKind.REFUSED, code=code))
    assert (after.state, after.retry_at, after.reason) == (LinkState.RECONNECTING, NOW + OVERLOAD_WAIT, code)


def test_a_ban_tells_its_end() -> None:
    banned = advance(connected(), a_notice(NoticeKind.BANNED, code=102, seconds=3600))
    assert banned.until == NOW + timedelta(hours=1)


def test_the_first_qr_code_is_valid_longer_than_the_next_ones() -> None:
    first = advance(a_link(), a_notice(NoticeKind.QR, text="one"))
    assert (first.state, first.code, first.code_until) == (LinkState.QR_SHOWN, "one", NOW + FIRST_QR)
    second = advance(first, a_notice(NoticeKind.QR, FIRST_QR, text="two"))
    assert (second.code, second.code_until) == ("two", NOW + FIRST_QR + NEXT_QR)
    assert second.since == first.since


def test_a_qr_code_is_no_detail_for_the_log() -> None:
    for kind in (NoticeKind.QR, NoticeKind.PAIRING_CODE):
        assert "secret" not in advance(a_link(), a_notice(kind, text="secret")).detail


def test_a_pairing_code_shares_the_end_of_the_qr_codes_and_stays_when_they_rotate() -> None:
    shown = advance(a_link(), a_notice(NoticeKind.QR, text="one"))
    code = advance(shown, a_notice(NoticeKind.PAIRING_CODE, timedelta(seconds=30), text="ABCD-EFGH"))
    assert (code.state, code.code_until) == (LinkState.PAIRING_CODE, NOW + ALL_QRS)
    assert advance(code, a_notice(NoticeKind.QR, FIRST_QR, text="two")) == code


def test_a_qr_code_means_that_no_account_is_linked() -> None:
    assert advance(a_link(account=ME), a_notice(NoticeKind.QR, text="one")).account is None


def test_a_code_is_forgotten_when_it_was_used() -> None:
    shown = advance(a_link(), a_notice(NoticeKind.QR, text="one"))
    pairing = advance(shown, a_notice(NoticeKind.LOGIN, text="success"))
    assert (pairing.state, pairing.code, pairing.code_until) == (LinkState.CONNECTING, "", None)
    linked = advance(pairing, a_notice(NoticeKind.CONNECTED, account=ME, account_lid=MY_LID))
    assert (linked.state, linked.account, linked.account_lid) == (LinkState.CONNECTED, ME, MY_LID)


def test_codes_that_ran_out_are_asked_for_again_at_once_but_not_forever() -> None:
    link = a_link()
    for rounds in range(1, MAX_QR_ROUNDS):
        shown = advance(link, a_notice(NoticeKind.QR, text="one"))
        link = advance(shown, a_notice(NoticeKind.LOGIN, text="timeout"))
        assert (link.state, link.retry_at, link.qr_rounds) == (LinkState.STARTING, NOW, rounds)
    link = advance(link, a_notice(NoticeKind.LOGIN, text="timeout"))
    assert (link.state, link.retry_at, link.keeps_process) == (LinkState.NOT_LINKED, None, False)


def test_a_failed_pairing_is_tried_again_later() -> None:
    failed = advance(a_link(LinkState.QR_SHOWN, code="x"), a_notice(NoticeKind.LOGIN, text="error"))
    assert (failed.state, failed.retry_at, failed.detail) == (LinkState.NOT_LINKED, NOW + BACKOFF[0], "error")


@pytest.mark.parametrize("kind", [NoticeKind.DIED, NoticeKind.HUNG])
def test_a_process_that_keeps_breaking_waits_longer_each_time(kind: NoticeKind) -> None:
    link, waits = connected(), []
    for _ in range(7):
        link = advance(link, a_notice(kind, text="killed by signal 9"))
        assert link.retry_at is not None
        waits.append(link.retry_at - NOW)
        link = advance(link, a_notice(NoticeKind.STARTED))
    assert waits == [*BACKOFF, BACKOFF[-1], BACKOFF[-1]]


def test_a_short_connection_does_not_reset_the_waits_and_a_stable_one_does() -> None:
    broken = replace(connected(), failures=3)
    soon = advance(broken, a_notice(NoticeKind.DIED, STABLE - timedelta(seconds=1)))
    late = advance(broken, a_notice(NoticeKind.DIED, STABLE))
    assert (soon.failures, late.failures) == (4, 1)


def test_a_lost_connection_after_a_stable_time_forgets_earlier_failures() -> None:
    lost = advance(replace(connected(), failures=3), a_notice(NoticeKind.DISCONNECTED, STABLE))
    assert lost.failures == 0


def test_the_end_of_a_process_that_had_to_end_changes_nothing() -> None:
    replaced = advance(connected(), a_notice(NoticeKind.REPLACED))
    assert advance(replaced, a_notice(NoticeKind.DIED)) == replaced
    assert advance(replaced, a_notice(NoticeKind.DISCONNECTED)) == replaced


def test_a_process_that_dies_is_shown_as_trying_again_also_before_the_first_link() -> None:
    assert advance(a_link(), a_notice(NoticeKind.DIED)).state is LinkState.RECONNECTING


def test_every_state_that_should_pass_has_a_deadline() -> None:
    assert connected().deadline is None
    assert advance(connected(), a_notice(NoticeKind.DISCONNECTED)).deadline == NOW + CONNECT_DEADLINE
    assert advance(a_link(), a_notice(NoticeKind.LOGIN, text="success")).deadline == NOW + CONNECT_DEADLINE
    shown = advance(a_link(), a_notice(NoticeKind.QR, text="one"))
    assert shown.deadline == NOW + FIRST_QR + QR_GRACE


def test_each_start_gets_its_own_deadline() -> None:
    broken = advance(a_link(), a_notice(NoticeKind.DIED, timedelta(seconds=50)))
    assert broken.state is LinkState.RECONNECTING
    again = advance(broken, a_notice(NoticeKind.STARTED, timedelta(minutes=5)))
    assert again.deadline == NOW + timedelta(minutes=5) + CONNECT_DEADLINE


def test_reconnecting_again_and_again_does_not_postpone_the_deadline() -> None:
    lost = advance(connected(), a_notice(NoticeKind.DISCONNECTED))
    again = advance(lost, a_notice(NoticeKind.STREAM_ERROR, timedelta(seconds=40), text="stream error 499"))
    assert again.deadline == NOW + CONNECT_DEADLINE


@given(st.lists(st.sampled_from(list(NoticeKind)), max_size=30))
def test_no_order_of_notices_leads_to_a_link_that_waits_for_nothing(kinds: list[NoticeKind]) -> None:
    """A link without a process, without a time to start one and without need of a person would be dead."""
    link = a_link()
    for number, kind in enumerate(kinds):
        link = advance(link, a_notice(kind, timedelta(seconds=number), text="timeout", code=429, seconds=5))
        gave_up_qr = link.state is LinkState.NOT_LINKED and link.qr_rounds >= MAX_QR_ROUNDS
        assert link.keeps_process or link.retry_at or link.needs_a_person or gave_up_qr
        assert not (link.needs_a_person and link.retry_at)
        assert bool(link.code) == (link.state in (LinkState.QR_SHOWN, LinkState.PAIRING_CODE))

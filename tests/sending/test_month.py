"""A simulated month of reminders, with fewer people than `python -m tests.sending month` takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.limits import Limits
from bot.model.sequence import Going
from tests.sending.month import QUIET, START, STEPS, Kind, Month, simulate


@pytest.fixture(scope="module")
def month() -> Month:
    return simulate(contacts=120, days=30)


def test_nobody_who_gave_a_sign_of_life_is_marked(month: Month) -> None:
    assert month.marked
    assert month.false_marks() == []


def test_those_who_never_receive_anything_are_marked_and_no_others(month: Month) -> None:
    kinds = {person.contact.id: person.kind for person in month.people}
    assert {kinds[contact] for contact in month.marked} == {Kind.NEVER}
    assert len(month.marked) == sum(kind is Kind.NEVER for kind in kinds.values())


def test_a_mark_takes_more_than_72_hours_of_silence(month: Month) -> None:
    for contact, at in month.marked_at.items():
        (issue,) = month.marked[contact]
        assert at - issue.oldest_at > timedelta(hours=72)


def test_everybody_ends_the_sequence_or_is_paused(month: Month) -> None:
    assert month.ended[Going.WAITING] == month.ended[Going.QUEUED] == 0
    assert month.ended[Going.PAUSED] <= len(month.marked)
    assert len(month.sends) <= len(STEPS) * len(month.people)


def test_no_limit_is_broken_in_the_whole_month(month: Month) -> None:
    limits = Limits()
    for day, most in enumerate(limits.warmup):
        in_day = [at for at in month.sends if timedelta(days=day) <= at - START < timedelta(days=day + 1)]
        assert all(_within(month.sends, at, timedelta(days=1)) <= most for at in in_day)
    assert all(_within(month.sends, at, timedelta(hours=1)) <= limits.contacts_per_hour for at in month.sends)
    assert all(QUIET.ends_after(at) == at for at in month.sends)


def _within(sends: list, at: object, span: timedelta) -> int:  # type: ignore[type-arg]
    return sum(at - span < other <= at for other in sends)  # type: ignore[operator]

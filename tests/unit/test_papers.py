"""Papers: promised at once, made in a lane, sent once each, whatever happens in between."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.flows.papers import Made, Progress, Sources
from bot.model.chat import say
from bot.model.errors import UserError
from bot.model.outgoing import SendDocument, SendEdit, SendImage, SendReaction, SendText
from storage.query import where
from tests.support.stage import Stage

PATIENCE = 20


def letter(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    return Made(b"a letter", "application/pdf", "letter.pdf", (say("papers.finished"),))


def picture(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    return Made(b"a picture", "image/png", "picture.png")


def refusal(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    raise UserError("contact.none")


def broken(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    raise RuntimeError("this is a bug")


class Slow:
    """Goes on by one step each time `go` is given something."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.reached: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.go: queue.SimpleQueue[None] = queue.SimpleQueue()

    def __call__(self, sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
        for step in range(self.steps):
            progress(step, self.steps)
            self.reached.put(step)
            self.go.get(timeout=PATIENCE)
        return letter(sources, facts, progress)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = a_stage(tmp_path)
    yield stage
    stage.close()


def a_stage(folder: Path) -> Stage:
    stage = Stage(folder)
    stage.makers |= {"letter": letter, "picture": picture, "refusal": refusal, "broken": broken}
    stage.settle()
    stage.said.clear()
    return stage


def seconds_pass(stage: Stage, seconds: int) -> None:
    """Second by second, all that is due is sent; a maker at work does not hold anybody up."""
    for _ in range(seconds):
        stage.clock.advance(timedelta(seconds=1))
        while stage.engine.step() or stage.tables.outbox.count(where("state") == "sending"):
            stage.wake.wait(0.05)
            stage.wake.clear()


def test_the_answer_comes_first_then_the_papers_then_the_tick(stage: Stage) -> None:
    asked = stage.owner.note("!papers letter picture")
    stage.settle()
    sent = [said.what for said in stage.said]
    kinds = [type(what) for what in sent]
    assert kinds == [SendReaction, SendText, SendDocument, SendImage, SendReaction] or kinds == [
        SendText, SendReaction, SendDocument, SendImage, SendReaction,
    ]  # fmt: skip
    assert stage.reactions() == ["⏳", "✅"]
    assert all(what.target == asked for what in sent if isinstance(what, SendReaction))
    file = next(what for what in sent if isinstance(what, SendDocument))
    assert (file.filename, file.mimetype, file.caption) == ("letter.pdf", "application/pdf", "🤖 ✅ Ready")
    assert file.path.read_bytes() == b"a letter"


def test_other_commands_are_answered_while_a_paper_is_made(stage: Stage) -> None:
    slow = stage.makers["slow"] = Slow(1)
    stage.owner.note("!papers slow")
    seconds_pass(stage, 5)
    stage.owner.note("!hello")
    seconds_pass(stage, 5)
    assert any("!hello" in text for text in stage.texts())
    assert stage.reactions() == ["⏳"]
    slow.go.put(None)
    stage.settle()
    assert stage.reactions() == ["⏳", "✅"]


def test_progress_is_one_message_edited_at_most_every_five_seconds(stage: Stage) -> None:
    slow = stage.makers["slow"] = Slow(4)
    stage.owner.note("!papers slow")
    seconds_pass(stage, 3)
    for step in range(4):
        assert slow.reached.get(timeout=PATIENCE) == step
        seconds_pass(stage, 4)
        slow.go.put(None)
    stage.settle()
    told = [said for said in stage.said if isinstance(said.what, SendText | SendEdit)][1:]
    first, *edits = told
    texts = [said.what.text for said in told if isinstance(said.what, SendText | SendEdit)]
    assert (texts[0], texts[-1], len(texts)) == ("🤖 ⏳ 0 of 4", "🤖 ✅ Ready", 4)
    assert all(isinstance(said.what, SendEdit) and said.what.target == first.sent.id for said in edits)
    moments = [item.created_at for item in stage.tables.outbox.all() if " of 4" in item.text]
    assert all(later - earlier >= timedelta(seconds=5) for earlier, later in pairwise(moments))


@pytest.mark.parametrize(("kind", "told"), [("refusal", "There are no contacts yet"), ("broken", "Its reference is")])
def test_a_paper_that_cannot_be_made_is_explained_and_the_others_are_made(stage: Stage, kind: str, told: str) -> None:
    stage.owner.note(f"!papers {kind} letter")
    stage.settle()
    assert any(told in text for text in stage.texts())
    assert any(isinstance(said.what, SendDocument) for said in stage.said)
    assert stage.reactions() == ["⏳", "❌"]
    assert len(stage.tables.dead_letters) == (kind == "broken")


def test_a_crash_while_a_paper_is_made_makes_it_again_and_sends_each_once(tmp_path: Path) -> None:
    stage = a_stage(tmp_path)
    slow = stage.makers["slow"] = Slow(1)
    stage.owner.note("!papers letter slow picture")
    seconds_pass(stage, 3)
    slow.reached.get(timeout=PATIENCE)
    stage.close()
    sent_before = [said.what for said in stage.said]
    slow.go.put(None)
    again = Stage(tmp_path, stage.clock)
    again.makers |= {"letter": letter, "slow": letter, "picture": picture}
    again.settle()
    sent = sent_before + [said.what for said in again.said]
    assert sum(isinstance(what, SendDocument) for what in sent) == 2
    assert sum(isinstance(what, SendImage) for what in sent) == 1
    assert again.reactions()[-1] == "✅"
    assert again.open_orders() == 0
    again.close()

"""What a command wants of the link happens after its answer, once, and its end is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.flows import proxying, wishes
from bot.model.chat import Language, Order, OrderState
from bot.model.link import LinkState
from bot.model.proxy import Reached
from bot.model.wish import WishKind, WishState
from storage.backup import list_backups
from tests.support.stage import OWNER, Stage


def an_order(stage: Stage, name: str = "M1") -> Order:
    now = stage.clock.now()
    order = Order(0, f"{OWNER.jid}|{name}", OWNER.jid, OWNER.jid, name, "!x", now, OrderState.DONE, now)
    return stage.tables.orders.add(order)


def wish(stage: Stage, kind: WishKind) -> None:
    wishes.make(stage.tables, kind, an_order(stage), Language.EN, stage.clock.now())
    stage.clock.advance(wishes.ANSWER_FIRST)


def settled(stage: Stage) -> None:
    stage.settle(until=lambda: not len(stage.tables.wishes))
    stage.settle()


def test_a_reconnect_is_carried_out(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.settle()
    stage.gateway.become(LinkState.REPLACED)
    wish(stage, WishKind.RECONNECT)
    settled(stage)
    assert stage.gateway.link().state is LinkState.CONNECTED
    stage.close()


def test_a_logout_waits_for_its_answer_and_happens_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.settle()
    wishes.make(stage.tables, WishKind.LOGOUT, an_order(stage), Language.EN, stage.clock.now())
    assert wishes.next_wish(stage.tables, stage.clock.now()) is None
    stage.clock.advance(wishes.ANSWER_FIRST)
    settled(stage)
    assert stage.gateway.link().state is LinkState.LOGGED_OUT
    assert len(stage.tables.wishes) == 0
    stage.close()


def test_a_wish_that_a_crash_cut_off_is_not_repeated(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.settle()
    wish(stage, WishKind.LOGOUT)
    [cut_off] = stage.tables.wishes.all()
    stage.tables.wishes.save(replace(cut_off, state=WishState.GRANTING))
    stage.close()
    again = Stage(tmp_path, stage.clock)
    again.settle()
    assert again.gateway.link().state is LinkState.CONNECTED
    assert len(again.tables.wishes) == 0
    again.close()


def test_a_backup_asked_for_is_made_and_told(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.settle()
    stage.clock.advance(timedelta(minutes=5))
    before = len(list_backups(tmp_path / "backups"))
    wish(stage, WishKind.BACKUP)
    settled(stage)
    assert len(list_backups(tmp_path / "backups")) == before + 1
    assert "Backup made" in stage.texts()[-1]
    stage.close()


def test_a_bug_in_granting_a_wish_is_told_with_its_reference(tmp_path: Path) -> None:
    def broken(proxy: str) -> tuple[Reached, ...]:
        raise RuntimeError("this is a bug")

    stage = Stage(tmp_path, try_proxy=broken)
    stage.settle()
    wish(stage, WishKind.TEST_PROXY)
    settled(stage)
    [fault] = stage.tables.dead_letters.all()
    assert fault.reference in stage.texts()[-1]
    stage.close()


def test_a_proxy_set_in_the_chat_wins_over_the_settings(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert proxying.current(stage.tables, "socks5://own:1") == "socks5://own:1"
    proxying.choose(stage.tables, "socks5://chosen:1")
    assert proxying.current(stage.tables, "socks5://own:1") == "socks5://chosen:1"
    proxying.choose(stage.tables, "")
    assert proxying.current(stage.tables, "") == ""
    stage.close()

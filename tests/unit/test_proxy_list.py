"""Each account gets a proxy of its own, keeps it, and never shares it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.model.errors import ConfigError
from bot.model.proxy import masked
from bot.proxy_list import assigned

PROXIES = [f"socks5://user:pass{n}@10.0.0.{n}:1080" for n in range(1, 5)]


@pytest.fixture
def proxies(tmp_path: Path) -> Path:
    path = tmp_path / "proxies.txt"
    path.write_text("# ours\n" + "\n".join(PROXIES) + "  # the last\n")
    return path


def account(folder: Path, name: str) -> Path:
    (folder / name).mkdir(exist_ok=True)
    return folder / name


def test_an_account_keeps_its_proxy_and_no_two_share_one(proxies: Path, tmp_path: Path) -> None:
    first = [assigned(proxies, account(tmp_path, f"a{n}")) for n in range(4)]
    assert sorted(first) == PROXIES
    again = [assigned(proxies, account(tmp_path, f"a{n}")) for n in reversed(range(4))]
    assert again == first[::-1]


def test_it_keeps_it_when_the_list_is_reordered_and_the_folder_moves(proxies: Path, tmp_path: Path) -> None:
    mine = assigned(proxies, account(tmp_path, "a"))
    proxies.write_text("\n".join(reversed(PROXIES)))
    (tmp_path / "a").rename(tmp_path / "moved")
    assert assigned(proxies, tmp_path / "moved") == mine


def test_when_all_are_taken_the_next_account_does_not_start(proxies: Path, tmp_path: Path) -> None:
    for n in range(4):
        assigned(proxies, account(tmp_path, f"a{n}"))
    with pytest.raises(ConfigError, match="belong to other accounts"):
        assigned(proxies, account(tmp_path, "one too many"))


def test_a_proxy_that_left_the_list_is_replaced_by_a_free_one(proxies: Path, tmp_path: Path) -> None:
    mine = assigned(proxies, account(tmp_path, "a"))
    proxies.write_text("\n".join(each for each in PROXIES if each != mine))
    assert assigned(proxies, account(tmp_path, "a")) != mine


def test_accounts_that_start_at_once_share_nothing(proxies: Path, tmp_path: Path) -> None:
    folders = [account(tmp_path, f"a{n}") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda folder: assigned(proxies, folder), folders))
    assert sorted(found) == PROXIES


def test_the_register_holds_no_password(proxies: Path, tmp_path: Path) -> None:
    assigned(proxies, account(tmp_path, "a"))
    assert "pass" not in (tmp_path / "proxies.txt.assigned.json").read_text()


@pytest.mark.parametrize("text", ["", "# nothing\n", "socks4://10.0.0.1:1080\n", "10.0.0.1\n"])
def test_a_list_that_cannot_be_used_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "proxies.txt"
    path.write_text(text)
    with pytest.raises(ConfigError):
        assigned(path, tmp_path)


def test_a_damaged_register_stops_the_start_rather_than_sharing(proxies: Path, tmp_path: Path) -> None:
    (tmp_path / "proxies.txt.assigned.json").write_text("{half")
    with pytest.raises(ConfigError, match="damaged"):
        assigned(proxies, account(tmp_path, "a"))


def test_a_proxy_is_shown_without_its_secrets() -> None:
    shown = masked("socks5://user:secret@proxy.example.com:1080")
    assert shown == "socks5://•••@pr…om:1080"

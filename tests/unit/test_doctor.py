"""The doctor: it finds what is wrong on a machine, and says so in the reader's language."""

from __future__ import annotations

import io
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor
from bot.doctor.checkups import Finding, Verdict, check_clock, check_library, check_port, check_python
from bot.doctor.folder import check_data_folder, file_system, newest_record
from bot.doctor.records import check_records, check_running
from bot.i18n import Catalogue
from storage.lock import DataLock
from storage.store import open_store
from storage.tables import SCHEMA
from tests.support.clock import START, FakeClock


def keys(findings: list[Finding]) -> list[str]:
    return [finding.sentence.key.removeprefix("doctor.") for finding in findings]


def test_every_sentence_can_be_said_in_both_languages(tmp_path: Path) -> None:
    findings = [
        check_python(),
        check_python((3, 9)),
        check_library("neonize", "raise SystemExit(3)"),
        *check_clock(FakeClock(datetime(1970, 1, 1, tzinfo=UTC)), None),
        *check_clock(FakeClock(), START + timedelta(days=2)),
        *check_data_folder(tmp_path),
    ]
    catalogue = Catalogue.load()
    for finding in findings:
        assert catalogue.render(finding.sentence, "en") != catalogue.render(finding.sentence, "es")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_supported_python_is_fine(version: tuple[int, int]) -> None:
    assert check_python(version).verdict is Verdict.FINE


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_another_python_is_a_fault(version: tuple[int, int]) -> None:
    assert check_python(version).verdict is Verdict.FAULT


def test_a_library_that_aborts_is_a_fault_and_not_the_end() -> None:
    finding = check_library("neonize", "import os; os.abort()")
    assert keys([finding]) == ["library.broken"]


def test_a_broken_library_is_named_with_its_last_words() -> None:
    finding = check_library("neonize", "import no_such_library")
    assert finding.sentence.facts["error"] == "ModuleNotFoundError: No module named 'no_such_library'"


def test_a_working_library_is_named_with_its_version() -> None:
    finding = check_library("pytest", "import pytest")
    assert finding.sentence.facts == {"package": "pytest", "version": pytest.__version__}


def test_a_believable_clock_is_fine() -> None:
    (finding,) = check_clock(FakeClock(), newest_record=START - timedelta(hours=1))
    assert finding.verdict is Verdict.FINE


@pytest.mark.parametrize("year", [1970, 2024, 2107])
def test_an_absurd_year_is_a_fault(year: int) -> None:
    (finding,) = check_clock(FakeClock(datetime(year, 6, 1, tzinfo=UTC)), None)
    assert keys([finding]) == ["clock.absurd"]


def test_a_clock_behind_the_newest_record_is_a_fault() -> None:
    (finding,) = check_clock(FakeClock(), newest_record=START + timedelta(hours=3))
    assert keys([finding]) == ["clock.behind"]
    assert finding.sentence.facts["span"] == timedelta(hours=3)


def test_the_newest_record_is_looked_for_in_the_data_folder(tmp_path: Path) -> None:
    assert newest_record(tmp_path / "nowhere") is None
    (tmp_path / "inbox").mkdir()
    (tmp_path / "bot.db").write_text("")
    newest = tmp_path / "inbox" / "1.journal"
    newest.write_text("")
    os.utime(tmp_path / "bot.db", (1_000_000, 1_000_000))
    os.utime(newest, (2_000_000, 2_000_000))
    assert newest_record(tmp_path) == datetime.fromtimestamp(2_000_000, UTC)


def test_a_data_folder_that_does_not_exist_will_be_made(tmp_path: Path) -> None:
    assert "folder.will_be_made" in keys(list(check_data_folder(tmp_path / "a" / "b")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_an_open_data_folder_is_pointed_at(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert "folder.open" in keys(list(check_data_folder(tmp_path)))
    tmp_path.chmod(0o700)
    assert "folder.private" in keys(list(check_data_folder(tmp_path)))


@pytest.mark.skipif(not Path("/proc/1").exists(), reason="needs Linux's /proc, where nobody can write a file")
def test_a_folder_that_cannot_be_written_is_a_fault() -> None:
    (finding,) = check_data_folder(Path("/proc/1/data"))
    assert keys([finding]) == ["folder.not_writable"]


def test_the_file_system_is_the_one_of_the_nearest_mount(tmp_path: Path) -> None:
    shared = tmp_path / "on a share"
    shared.mkdir()
    mounts = tmp_path / "mounts"
    escaped = str(shared).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {escaped} nfs4 rw 0 0\nproc /proc proc rw 0 0\n")
    assert file_system(shared, mounts) == "nfs4"
    assert file_system(tmp_path, mounts) == "ext4"
    assert file_system(tmp_path, tmp_path / "none") is None


def test_damaged_records_are_a_fault(tmp_path: Path) -> None:
    assert list(check_records(tmp_path)) == []
    open_store(tmp_path / "bot.db", SCHEMA).close()
    assert keys(list(check_records(tmp_path))) == ["records.fine"]
    (tmp_path / "bot.db").write_bytes(b"no records" * 1000)
    (finding,) = check_records(tmp_path)
    assert finding.verdict is Verdict.FAULT
    assert "make restore" in Catalogue.load().render(finding.sentence, "en")


def test_a_bot_that_runs_is_told_and_its_port_is_no_fault(tmp_path: Path) -> None:
    out = io.StringIO()
    with socket.socket() as page, DataLock(tmp_path):
        page.bind(("127.0.0.1", 0))
        page.listen()
        port = str(page.getsockname()[1])
        environ = {"TESTIGO_DATA": str(tmp_path), "HOST": "127.0.0.1", "PORT": port, "TESTIGO_LANGUAGE": "en"}
        assert doctor.run(environ, out, env_file=None) == 0, out.getvalue()
    assert f"A bot is already running with this data folder (process {os.getpid()})" in out.getvalue()
    assert check_running(tmp_path) is None


def test_a_taken_port_is_a_fault() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert keys([check_port("127.0.0.1", port)]) == ["port.taken"]
    assert check_port("127.0.0.1", 0).verdict is Verdict.FINE


def test_an_address_of_another_machine_is_a_fault() -> None:
    assert keys([check_port("192.0.2.1", 0)]) == ["port.taken"]  # TEST-NET-1: nobody's


def test_a_sound_machine_passes(tmp_path: Path) -> None:
    out = io.StringIO()
    environ = {"TESTIGO_DATA": str(tmp_path / "data"), "HOST": "127.0.0.1", "PORT": "0", "TESTIGO_LANGUAGE": "en"}
    assert doctor.run(environ, out, env_file=None) == 0, out.getvalue()
    assert "Nothing stands in the way." in out.getvalue()
    assert "neonize" in out.getvalue()


def test_bad_settings_are_all_told_and_fail(tmp_path: Path) -> None:
    out = io.StringIO()
    environ = {"TESTIGO_DATA": str(tmp_path), "SPAM_PROFILE": "reckless", "LOG_LEVEL": "loud"}
    assert doctor.run(environ, out, env_file=None) == 1
    assert "SPAM_PROFILE" in out.getvalue()
    assert "LOG_LEVEL" in out.getvalue()
    assert "Hay 2 fallos" in out.getvalue()


def test_a_terminal_without_accents_still_gets_a_diagnosis(tmp_path: Path) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    doctor.run({"SPAM_PROFILE": "reckless"}, out, env_file=None)
    out.flush()
    assert "bien" in raw.getvalue().decode("ascii")


def test_the_doctor_needs_none_of_the_libraries_that_it_examines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(doctor.__file__).parents[2])
    program = """
import sys
import bot.doctor
sys.exit(any(name.partition(".")[0] in ("cv2", "neonize", "numpy", "flask") for name in sys.modules))
"""
    assert check_library("testigo", program).verdict is Verdict.FINE

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import StoreError
from storage.lock import AlreadyRunning, DataLock

HOLD = """
import sys
from pathlib import Path
from storage.errors import StoreError
from storage.lock import DataLock
lock = DataLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    lock = DataLock(tmp_path / "data")
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}") as refused:
        DataLock(tmp_path / "data")
    assert refused.value.pid == os.getpid()
    lock.release()
    lock.release()
    with DataLock(tmp_path / "data"), pytest.raises(AlreadyRunning):
        DataLock(tmp_path / "data")
    DataLock(tmp_path / "data").release()


def test_different_names_and_folders_do_not_meet(tmp_path: Path) -> None:
    with DataLock(tmp_path / "a"), DataLock(tmp_path / "b"), DataLock(tmp_path / "a", "other"):
        pass


def test_another_process_is_refused_and_its_death_frees_the_folder(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning) as refused:
            DataLock(tmp_path)
        assert refused.value.pid == holder.pid
        holder.kill()
    DataLock(tmp_path).release()


def test_an_unreadable_process_id_is_no_trouble(tmp_path: Path) -> None:
    with DataLock(tmp_path):
        (tmp_path / "lock").write_bytes(b"garbage")
        with pytest.raises(AlreadyRunning, match="another process") as refused:
            DataLock(tmp_path)
    assert refused.value.pid is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_is_said_and_keeps_nobody_out(tmp_path: Path) -> None:
    from tests.support.disk import file_size_limit

    with file_size_limit(0), pytest.raises(StoreError, match="writing failed"):
        DataLock(tmp_path)
    DataLock(tmp_path).release()

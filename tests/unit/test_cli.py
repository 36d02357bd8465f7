"""The command line: what it says when it cannot begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import cli


@pytest.mark.parametrize("command", ["run", "backup"])
def test_a_data_folder_that_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path / "file" / "data"))

    assert cli.main([command]) == cli.FAULT

    (told,) = caplog.records
    assert str(tmp_path / "file") in told.getMessage()
    assert told.getMessage().endswith("Check the disk and the data folder.")
    assert told.exc_info is None

"""Everything that the doctor looks at, in turn, and what it prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from bot.clock import SystemClock
from bot.doctor.checkups import Finding, Verdict, check_clock, check_libraries, check_port, check_python, fault, fine
from bot.doctor.folder import check_data_folder, newest_record
from bot.doctor.records import check_records, check_running
from bot.i18n import Catalogue
from bot.model.chat import Language
from bot.model.errors import ConfigError
from bot.settings import ENV_FILE, Settings
from bot.terminal import write


def run(environ: Mapping[str, str], out: TextIO, env_file: Path | None = ENV_FILE) -> int:
    """Print each finding as it is made; 0 when nothing stands in the way of running the bot, else 1."""
    settings, faults = _load(environ, env_file)
    language = settings.language if settings else Language(Settings.language)
    catalogue = Catalogue.load()
    faulty = 0
    for finding in diagnose(settings, faults):
        _print(out, catalogue, language, finding)
        faulty += finding.verdict is Verdict.FAULT
    summary = catalogue.say("doctor.summary.faults" if faulty else "doctor.summary.fine", language, count=faulty)
    write(out, f"\n{summary}\n")
    return 1 if faulty else 0


def diagnose(settings: Settings | None, faults: list[str]) -> Iterator[Finding]:
    """Look at everything in turn. `settings` is None when `faults` keep them from being used."""
    yield check_python()
    yield from check_libraries()
    yield from (fault("settings.fault", sentence=sentence) for sentence in faults)
    if settings is None:
        yield from check_clock(SystemClock(), None)
        return
    yield fine("settings.fine")
    yield from check_clock(SystemClock(), newest_record(settings.data))
    yield from check_data_folder(settings.data)
    if running := check_running(settings.data):
        yield running
        return
    yield from check_records(settings.data)
    yield check_port(settings.host, settings.port)


def _load(environ: Mapping[str, str], env_file: Path | None) -> tuple[Settings | None, list[str]]:
    try:
        return Settings.load(environ, env_file), []
    except ConfigError as error:
        return None, error.faults


def _print(out: TextIO, catalogue: Catalogue, language: Language, finding: Finding) -> None:
    verdict = catalogue.say(f"doctor.verdict.{finding.verdict}", language)
    write(out, f"{verdict:<6} {catalogue.render(finding.sentence, language)}\n")

"""The settings: what is read, which source wins, and how faults are told."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.model.errors import ConfigError
from bot.settings import LogFormat, Profile, Settings, env_example, settings_table
from bot.settings.fields import declarations

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-that-is-long-enough"


def faults_of(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Settings.load(environ, env_file)
    return caught.value.faults


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.load({"PATH": "/bin", "HOME": "/root"}, env_file=None)
    assert settings == Settings()
    assert settings.timezone.key == "America/Bogota"
    assert settings.gap_per_phone == timedelta(seconds=2)
    assert settings.media_limit == 64 * 1024 * 1024
    assert settings.host == "127.0.0.1"


def test_each_kind_of_setting_is_read() -> None:
    settings = Settings.load(
        {
            "TESTIGO_DATA": "elsewhere",
            "TESTIGO_LANGUAGE": "EN",
            "TESTIGO_REGION": "co",
            "TESTIGO_QUIET_HOURS": "23:00-8:30",
            "STATUS_MEDIA_TIMEOUT_MS": "1500",
            "MATCH_YES": "72.5",
            "TESTIGO_WORKER_COMMAND": '["python", "worker.py"]',
            "TESTIGO_PROXY": "socks5://ana:secret@10.0.0.2:1080",
            "TESTIGO_LOG_FORMAT": "json",
            "LOG_LEVEL": "warning",
        },
        env_file=None,
    )
    assert settings.data == Path("elsewhere")
    assert settings.language == "en"
    assert settings.region == "CO"
    assert settings.quiet_hours == (time(23), time(8, 30))
    assert settings.media_timeout == timedelta(seconds=1.5)
    assert settings.match_yes == 72.5
    assert settings.worker_command == ("python", "worker.py")
    assert settings.proxy == "socks5://ana:secret@10.0.0.2:1080"
    assert settings.log_format is LogFormat.JSON
    assert settings.log_level == 30


def test_three_mistakes_are_told_together() -> None:
    faults = faults_of({"SPAM_MIN_DELAY_MS": "soon", "TESTIGO_TIMEZONE": "Bogota", "MATCH_YES": "140"})
    assert len(faults) == 3
    text = "\n".join(faults)
    assert 'SPAM_MIN_DELAY_MS="soon" is not a whole number; write one from 0 to 86400000.' in text
    assert 'TESTIGO_TIMEZONE="Bogota" is not a time zone' in text
    assert "America/Bogota" in text
    assert 'MATCH_YES="140" is out of range; write a number from 0 to 100.' in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TESTIGO_LANGUAGE", "fr"),
        ("TESTIGO_TIMEZONE", "../etc/passwd"),
        ("TESTIGO_TIMEZONE", "America"),
        ("TESTIGO_REGION", "Colombia"),
        ("SPAM_PROFILE", "reckless"),
        ("SPAM_MESSAGES_PER_HOUR_PER_PHONE", "0"),
        ("SPAM_MESSAGES_PER_HOUR_PER_PHONE", "2.5"),
        ("TESTIGO_QUIET_HOURS", "23:00"),
        ("TESTIGO_QUIET_HOURS", "25:00-08:00"),
        ("TESTIGO_QUIET_HOURS", "08:00-08:00"),
        ("TESTIGO_QUIET_HOURS", "23:00+05:00-08:00"),
        ("MATCH_REVIEW", "nan"),
        ("MEDIA_MAX_MB", "-1"),
        ("PORT", "65536"),
        ("TESTIGO_TOKEN", "short"),
        ("TESTIGO_TOKEN", "with a space in the middle"),
        ("TESTIGO_PROXY", "10.0.0.2:1080"),
        ("TESTIGO_PROXY", "ftp://10.0.0.2:1080"),
        ("TESTIGO_PROXY", "http://10.0.0.2:port"),
        ("TESTIGO_DEVICE_NAME", "x" * 51),
        ("TESTIGO_WORKER_COMMAND", "python -m worker"),
        ("TESTIGO_WORKER_COMMAND", "[]"),
        ("LOG_LEVEL", "loud"),
        ("TESTIGO_LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_is_a_fault_that_names_its_setting(name: str, value: str) -> None:
    environ = {"HOST": "127.0.0.1", name: value}
    assert [fault.partition("=")[0] for fault in faults_of(environ)] == [name]


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    occupied = tmp_path / "data"
    occupied.write_text("")
    (fault,) = faults_of({"TESTIGO_DATA": str(occupied)})
    assert "is a file; give a folder" in fault


def test_secrets_are_not_repeated() -> None:
    text = "\n".join(faults_of({"TESTIGO_TOKEN": "hunter2", "TESTIGO_PROXY": "socks5://ana:hunter2@nowhere"}))
    assert "hunter2" not in text
    settings = Settings.load({"TESTIGO_TOKEN": TOKEN, "TESTIGO_PROXY": "http://ana:hunter2@h:1"}, env_file=None)
    assert TOKEN not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_an_unknown_name_is_a_fault_with_the_nearest_known_one() -> None:
    faults = faults_of({"TESTIGO_TIMEZON": "UTC", "SPAM_XYZZY": "1", "UNRELATED": "1"})
    assert faults == [
        "SPAM_XYZZY is not a setting; remove it, or see the list in docs/settings.md.",
        "TESTIGO_TIMEZON is not a setting; did you mean TESTIGO_TIMEZONE?",
    ]


def test_a_near_miss_in_our_own_file_is_a_fault(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("MAX_STATUS_RETRYS=5\nDATABASE_URL=postgres://elsewhere\n")
    assert faults_of({}, env_file) == ["MAX_STATUS_RETRYS is not a setting; did you mean MAX_STATUS_RETRIES?"]


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text('\ufeff# ours\nexport TESTIGO_LANGUAGE=en\nTESTIGO_DEVICE_NAME="Test # igo"\n', "utf-8")
    settings = Settings.load({"TESTIGO_LANGUAGE": "es"}, env_file)
    assert settings.language == "es"
    assert settings.device_name == "Test # igo"


def test_a_file_that_does_not_exist_is_no_fault(tmp_path: Path) -> None:
    assert Settings.load({}, tmp_path / ".env") == Settings()


def test_a_line_that_is_no_assignment_is_a_fault(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text('TESTIGO_LANGUAGE=en\nTESTIGO_REGION\nTESTIGO_DEVICE_NAME="open\n')
    faults = faults_of({}, env_file)
    assert ["line 2" in faults[0], "line 3" in faults[1], len(faults)] == [True, True, 2]


def test_a_file_in_another_encoding_is_a_fault(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("TESTIGO_LANGUAGE=en\n", "utf-16")
    (fault,) = faults_of({}, env_file)
    assert "UTF-8" in fault


def test_an_empty_value_means_the_default() -> None:
    assert Settings.load({"TESTIGO_LANGUAGE": "", "TESTIGO_TOKEN": ""}, env_file=None) == Settings()


def test_a_profile_gives_the_limits_and_a_limit_set_by_itself_wins() -> None:
    settings = Settings.load({"SPAM_PROFILE": "intensive", "SPAM_MESSAGES_PER_HOUR_PER_PHONE": "40"}, env_file=None)
    assert settings.profile is Profile.INTENSIVE
    assert settings.messages_per_minute_per_phone == 10
    assert settings.messages_per_hour_per_phone == 40
    assert settings.messages_per_day_per_phone == 200
    assert settings.gap_per_phone == timedelta(seconds=1)
    assert settings.messages_per_day == 1000  # profiles leave it alone


def test_a_port_given_by_a_host_listens_everywhere_and_needs_a_token() -> None:
    (fault,) = faults_of({"PORT": "5000"})
    assert "0.0.0.0" in fault
    assert "TESTIGO_TOKEN" in fault
    settings = Settings.load({"PORT": "5000", "TESTIGO_TOKEN": TOKEN}, env_file=None)
    assert (settings.host, settings.port) == ("0.0.0.0", 5000)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_loopback_address_needs_no_token(host: str) -> None:
    assert Settings.load({"HOST": host, "PORT": "5000"}, env_file=None).token is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_any_other_address_needs_a_token(host: str) -> None:
    (fault,) = faults_of({"HOST": host})
    assert host in fault


def test_a_review_threshold_above_the_sure_one_is_a_fault() -> None:
    (fault,) = faults_of({"MATCH_YES": "60", "MATCH_REVIEW": "70"})
    assert "MATCH_REVIEW=70 is above MATCH_YES=60" in fault


def test_the_example_file_is_up_to_date() -> None:
    # To renew it: python -c "from bot.settings import *; print(env_example(), end='')" > .env.example
    assert (ROOT / ".env.example").read_text("utf-8") == env_example()


def test_the_documentation_lists_every_setting() -> None:
    # To renew the table: python -c "from bot.settings import *; print(settings_table())"
    assert settings_table() in (ROOT / "docs" / "settings.md").read_text("utf-8")


def test_the_example_file_changes_nothing_when_everything_in_it_is_switched_on(tmp_path: Path) -> None:
    switched_on = "\n".join(line.removeprefix("#") for line in env_example().splitlines() if not line.startswith("# "))
    (tmp_path / ".env").write_text(switched_on)
    assert Settings.load({}, tmp_path / ".env") == Settings()


def test_every_default_is_what_its_own_text_says() -> None:
    for name, declared in declarations(Settings):
        expected = declared.read(declared.default) if declared.default else None
        assert getattr(Settings(), name) == expected

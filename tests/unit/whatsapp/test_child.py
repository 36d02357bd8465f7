"""The environment that the WhatsApp process is started with."""

from __future__ import annotations

from bot.whatsapp.child import worker_environment

MACHINE = {
    "PATH": "/usr/bin",
    "HOME": "/home/owner",
    "ALERT_URLS": "mailto://secret",
    "NEONIZE_BOT_TAG": "on",
    "HTTPS_PROXY": "http://machine:3128",
    "SSL_CERT_FILE": "/etc/authority.pem",
}


def test_secrets_of_the_bot_stay_with_the_bot() -> None:
    environment = worker_environment("", MACHINE)
    assert "ALERT_URLS" not in environment
    assert environment["PATH"] == "/usr/bin"
    assert environment["SSL_CERT_FILE"] == "/etc/authority.pem"


def test_messages_to_numbers_get_no_badge_of_a_bot() -> None:
    assert worker_environment("", MACHINE)["NEONIZE_BOT_TAG"] == "off"


def test_the_machines_proxy_is_used_unless_the_account_has_its_own() -> None:
    assert worker_environment("", MACHINE)["HTTPS_PROXY"] == "http://machine:3128"
    own = worker_environment("socks5://10.0.0.2:1080", MACHINE | {"NO_PROXY": "*"})
    assert own["HTTPS_PROXY"] == "socks5://10.0.0.2:1080"
    assert "NO_PROXY" not in own

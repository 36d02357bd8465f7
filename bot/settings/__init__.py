"""The settings, as the environment and `.env` give them."""

from bot.settings.settings import (
    ENV_FILE,
    PROFILES,
    LogFormat,
    Profile,
    Settings,
    env_example,
    settings_table,
)

__all__ = ["ENV_FILE", "PROFILES", "LogFormat", "Profile", "Settings", "env_example", "settings_table"]

"""What the settings that can be changed from the chat are called there, in English and Spanish."""

from __future__ import annotations

from bot.model.chat import Language
from commands.kinds import Choice

#: By the field of bot.settings.Settings: the English and the Spanish name.
NAMES: dict[str, tuple[str, str]] = {
    "language": ("language", "idioma"),
    "timezone": ("zone", "zona"),
    "region": ("country", "país"),
    "profile": ("profile", "perfil"),
    "messages_per_minute_per_phone": ("number-minute", "número-minuto"),
    "messages_per_hour_per_phone": ("number-hour", "número-hora"),
    "messages_per_day_per_phone": ("number-day", "número-día"),
    "messages_per_minute": ("all-minute", "todos-minuto"),
    "messages_per_hour": ("all-hour", "todos-hora"),
    "messages_per_day": ("all-day", "todos-día"),
    "gap_per_phone": ("number-gap", "número-pausa"),
    "gap": ("all-gap", "todos-pausa"),
    "contact_messages_per_hour": ("contacts-hour", "contactos-hora"),
    "quiet_hours": ("quiet", "silencio"),
    "alert_quiet_hours": ("alerts-quiet", "silencio-alertas"),
    "match_yes": ("sure", "seguro"),
    "match_review": ("doubtful", "dudoso"),
    "media_timeout": ("media-wait", "archivo-espera"),
    "media_retries": ("media-tries", "archivo-intentos"),
    "media_limit": ("media-size", "archivo-tamaño"),
    "keep_other_hours": ("keep-others", "guardar-otros"),
    "keep_matching_days": ("keep-matching", "guardar-coincidentes"),
    "keep_results_days": ("keep-results", "guardar-resultados"),
}
#: One of them, as an argument.
SETTING = Choice(NAMES, bilingual=True)


def called(field: str, language: Language) -> str:
    """A setting's name in a language."""
    english, spanish = NAMES[field]
    return english if language is Language.EN else spanish

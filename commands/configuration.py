"""`!config …`, `!lang` and `!tz`: settings seen and changed from the chat; a change works at once."""

from __future__ import annotations

from bot.flows import preferences
from bot.model.chat import Language, Phrase, Reply, Role, say
from bot.model.errors import UserError
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Choice, Text
from commands.setting_names import SETTING, called
from commands.words import echo, folded
from commands.zones import TimeZone

_SETTING = Argument("name", SETTING, en="setting", es="ajuste")
#: What takes a value away where there may be none.
_NONE = frozenset({"none", "off", "no", "nada", "ninguno", "ninguna"})
_LANGUAGES = Choice({Language.EN: ("en", "english", "inglés"), Language.ES: ("es", "español", "spanish", "castellano")})


@command(
    en=("config show", "config", "settings"),
    es=("configuración ver", "configuración", "ajustes", "config ver"),
    group=Group.GENERAL,
    role=Role.OPERATOR,
    arguments=(Argument("name", SETTING, en="setting", es="ajuste", required=False),),
    examples=both(
        (Example("!config show", "*zone*: America/Bogota"), Example("!config show quiet", "!config set quiet")),
        (Example("!configuración ver", "*zona*: America/Bogota"), Example("!ajustes silencio", "configuración poner")),
    ),
)
def config_show(ask: Ask, name: str | None) -> Reply:
    if name is None:
        rows = [_row(ask, each) for each in preferences.CHANGEABLE]
        return Reply((say("config.title"), *rows, say("config.outro")))
    how = say("config.how", name=called(name, ask.language), value=_value(ask, name) or say("config.none_typed"))
    return Reply((_row(ask, name), say(f"setting.{name}"), how))


@command(
    en=("config set", "settings set"),
    es=("configuración poner", "configuración cambiar", "config poner", "ajustes poner", "ajustes cambiar"),
    group=Group.GENERAL,
    role=Role.OWNER,
    arguments=(_SETTING, Argument("value", Text(80), en="value", es="valor")),
    more=True,
    examples=both(
        (Example("!config set quiet 22:00-08:00", "22:00-08:00"), Example("!config set all-hour 100", "100")),
        (Example("!configuración poner silencio 22:00-08:00", "22:00-08:00"),
         Example("!ajustes poner todos-hora 100", "100")),
    ),
)  # fmt: skip
def config_set(ask: Ask, name: str, value: str) -> Reply:
    return Reply((change(ask, name, "" if folded(value) in _NONE else value),))


@command(
    en=("config reset", "settings reset"),
    es=("configuración restablecer", "config restablecer", "ajustes restablecer"),
    group=Group.GENERAL,
    role=Role.OWNER,
    arguments=(_SETTING,),
    examples=both(
        Example("!config reset quiet", "*quiet*"), Example("!configuración restablecer silencio", "*silencio*")
    ),
)
def config_reset(ask: Ask, name: str) -> Reply:
    preferences.reset(ask.tables, name)
    return Reply((_row(ask, name),))


@command(
    en=("lang", "language"),
    es=("idioma",),
    group=Group.GENERAL,
    role=Role.OWNER,
    arguments=(Argument("language", _LANGUAGES, en="en | es", es="en | es", required=False),),
    more=True,
    examples=both(
        (Example("!lang", "*language*:"), Example("!lang es", "*language*: es")),
        (Example("!idioma", "*idioma*:"), Example("!idioma inglés", "*idioma*: en")),
    ),
)
def lang(ask: Ask, language: Language | None) -> Reply:
    return Reply((change(ask, "language", language.value) if language else _row(ask, "language"),))


@command(
    en=("tz", "timezone", "zone"),
    es=("zona", "zona horaria"),
    group=Group.GENERAL,
    role=Role.OWNER,
    arguments=(Argument("zone", TimeZone(), en="city", es="ciudad", required=False),),
    examples=both(
        (Example("!tz", "America/Bogota"), Example("!tz Madrid", "Europe/Madrid")),
        (Example("!zona", "America/Bogota"), Example("!zona ciudad de mexico", "America/Mexico_City")),
    ),
)
def tz(ask: Ask, zone: str | None) -> Reply:
    return Reply((change(ask, "timezone", zone) if zone else _row(ask, "timezone"),))


def change(ask: Ask, name: str, text: str) -> Phrase:
    """Change a setting and say how it is now; raises UserError for a value that does not fit."""
    try:
        preferences.choose(ask.tables, ask.policy.base, name, text, ask.now)
    except UserError as error:
        if error.key != "config.bad_value":
            raise
        does = say(f"setting.{name}")
        raise UserError("config.bad_value", text=echo(text), name=called(name, ask.language), does=does) from None
    return _row(ask, name)


def _row(ask: Ask, name: str) -> Phrase:
    is_changed = name in preferences.chosen(ask.tables)
    value = _value(ask, name) or say("config.none")
    return say("config.row_changed" if is_changed else "config.row", name=called(name, ask.language), value=value)


def _value(ask: Ask, name: str) -> str:
    return preferences.written(ask.policy().settings, name)

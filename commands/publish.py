"""`!publish`: a status of the account itself, a text or a picture; off until the owner switches it on."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import publishing, sending
from bot.model.chat import Need, OrderPart, Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.identity import STATUS_CHAT
from bot.model.outbox import Form, To
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.kinds import Text
from commands.limits import ON_OFF

#: WhatsApp's own limit for a text status.
LONGEST = 700


def _preview(ask: Ask, text: str | None) -> tuple[Phrase, ...]:
    pictures = _pictures(ask)
    if not text and not pictures:
        raise WrongUse("publish.nothing")
    if not publishing.is_on(ask.tables):
        raise UserError("publish.is_off")
    if not pictures:
        return (say("publish.preview_text", text=text),)
    return (say("publish.preview", count=len(pictures), text=text or "–"),)


@command(
    en=("publish",),
    es=("publicar",),
    group=Group.SENDING,
    role=Role.OWNER,
    arguments=(Argument("text", Text(LONGEST), en="text", es="texto", required=False),),
    need=Need.PICTURES,
    more=True,
    confirm=_preview,
    examples=both(
        Example("!publish Today at the corner café", "switched off"),
        Example("!publicar Hoy en el café de la esquina", "está desactivado"),
    ),
)
def publish(ask: Ask, text: str | None) -> Reply:
    pictures = _pictures(ask)
    for number, picture in enumerate(pictures):
        item = sending.text(f"status:{ask.order.key}:{number}", STATUS_CHAT, To.STATUS, text or "", ask.now)
        mimetype = str(picture.media["mimetype"])
        sending.queue(ask.tables, replace(item, form=Form.IMAGE, media_sha256=picture.sha256, mimetype=mimetype))
    if not pictures:
        sending.queue(ask.tables, sending.text(f"status:{ask.order.key}", STATUS_CHAT, To.STATUS, text or "", ask.now))
    return Reply((say("publish.queued", count=max(1, len(pictures))),))


@command(
    en=("publish mode",),
    es=("publicar modo",),
    group=Group.SENDING,
    role=Role.OWNER,
    arguments=(Argument("is_on", ON_OFF, en="on | off", es="sí | no"),),
    examples=both(
        (Example("!publish mode on", "may be posted"), Example("!publish mode off", "No statuses are posted")),
        (Example("!publicar modo sí", "se pueden publicar"), Example("!publicar modo no", "No se publican estados")),
    ),
)
def publish_mode(ask: Ask, is_on: bool) -> Reply:
    publishing.switch(ask.tables, is_on=is_on)
    return Reply((say("publish.on" if is_on else "publish.off"),))


def _pictures(ask: Ask) -> list[OrderPart]:
    return [part for part in ask.order.parts if part.picture is not None]

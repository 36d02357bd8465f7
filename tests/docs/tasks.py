"""Three tasks of an owner's day, played by the real bot and written down with their pictures, in both languages.

`python -m tests.docs.tasks` writes docs/transcripts.en.md and docs/transcripts.es.md.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from PIL import Image

from bot.demo import pictures
from bot.model.chat import Language
from commands.text import plain
from tests.docs.chats import PICTURE, ROOT, Turn, write_turns
from tests.docs.scene import ZONE, Line, Scene, a_scene

FOLDER = ROOT / "docs" / "transcripts"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBERS = {"Ana": "+573004445501", "Luis": "+573004445502", "Marta": "+573004445503", "Pedro": "+573004445504",
           "Sofía": "+573004445505"}  # fmt: skip


def document_of(language: Language) -> Path:
    return ROOT / "docs" / f"transcripts.{language}.md"


def played(language: Language) -> tuple[str, dict[str, bytes]]:
    """The document as it is today, and its pictures by their file names."""
    parts: list[str] = []
    files: dict[str, bytes] = {}
    with a_scene(language) as scene:
        tell = _Teller(scene, parts, files)
        tell.head("title", "intro")
        for task in (_first_campaign, _evening_report, _disputed_verdict):
            name = task.__name__.removeprefix("_")
            tell.head(name, f"{name}_intro")
            task(scene)
            tell.written()
    return "".join(parts), files


class _Teller:
    """Turns what a scene wrote down into a document."""

    def __init__(self, scene: Scene, parts: list[str], files: dict[str, bytes]) -> None:
        self._scene, self._parts, self._files = scene, parts, files
        self._told = 0

    def head(self, title: str, intro: str) -> None:
        level = "#" if title == "title" else "##"
        words = WORDS[self._scene.language]
        self._parts.append(f"{level} {words[title]}\n\n{words[intro]}\n\n")

    def written(self) -> None:
        """What was said since the last time."""
        lines, self._told = self._scene.lines[self._told :], len(self._scene.lines)
        for is_picture, group in groupby(lines, lambda line: bool(line.picture)):
            if is_picture:
                self._parts += [self._picture(line) for line in group]
            else:
                self._parts.append(_block(tuple(_turns(group))))

    def _picture(self, line: Line) -> str:
        name = f"{self._scene.language}-{len(self._files) + 1}.{line.suffix}"
        self._files[name] = line.picture
        said = line.words.split("\n")
        alt = " · ".join(plain(words).removeprefix("🤖").strip() for words in said)
        return f"![{alt}](transcripts/{name})\n\n{_block((Turn(line.who, tuple(said)),))}"


def _block(turns: tuple[Turn, ...]) -> str:
    lines = (line.rstrip() for line in write_turns(turns).splitlines())
    return "```text\n" + "\n".join(lines) + "\n```\n\n"


def _turns(lines: Iterator[Line]) -> Iterator[Turn]:
    """Turns, with the time of day wherever a new minute begins."""
    last = ""
    for line in lines:
        time = line.at.astimezone(ZONE).strftime("%H:%M")
        if time != last:
            yield Turn(time, ("",))
        last = time
        yield Turn(line.who, tuple(line.words.split("\n")))


def _first_campaign(scene: Scene) -> None:
    """A list of people, an album, and what is posted until the evening."""
    es = scene.language is Language.ES
    people = {name: scene.person(name, number) for name, number in NUMBERS.items()}
    scene.say("!inicio" if es else "!start")
    command = "!contacto importar" if es else "!contact import"
    filename = "promotores.xlsx" if es else "promoters.xlsx"
    scene.say(command, f"📄 {filename}\n{command}", lambda: scene.owner.note_document(_list(), XLSX, filename, command))
    scene.until(16, 5)
    album = [pictures.photo("coffee.jpg"), pictures.photo("rocket.jpg")]
    command = "!campaña nueva Café de la Esquina" if es else "!campaign new Corner Café"
    scene.say(command, f"{PICTURE} {PICTURE}\n{command}", lambda: scene.owner.note_images(album, command))
    for hour, minute, name, deed, picture in (
        (16, 40, "Ana", "forwarded", pictures.forwarded("coffee.jpg")),
        (17, 15, "Luis", "cropped", pictures.cropped("rocket.jpg")),
        (18, 20, "Marta", "piece", _piece("rocket.jpg")),
        (18, 45, "Pedro", "other", pictures.forwarded("chelsea.jpg")),
    ):
        scene.until(hour, minute)
        words = WORDS[scene.language][deed].format(name=name)
        scene.does(words, lambda who=people[name], what=picture: who.post_image(what))  # type: ignore[misc]
    scene.until(19)
    scene.say("!resultados" if es else "!results")


def _evening_report(scene: Scene) -> None:
    """The summary comes by itself; a chart and a spreadsheet are asked for."""
    es = scene.language is Language.ES
    scene.until(20)
    scene.say("!gráfico torta" if es else "!chart pie")
    scene.say("!gráfico horas" if es else "!chart hours")
    scene.say("!exportar xlsx" if es else "!export xlsx")


def _disputed_verdict(scene: Scene) -> None:
    """A doubtful status is settled by a word; somebody objects, and the owner decides."""
    es = scene.language is Language.ES
    scene.until(20, 15)
    scene.say("!revisar" if es else "!review")
    scene.say("sí" if es else "yes")
    scene.until(20, 30)
    scene.does(WORDS[scene.language]["objection"])
    scene.say("!por qué Pedro" if es else "!why Pedro")
    command = "!prueba Pedro" if es else "!proof Pedro"
    shot = pictures.cropped("coffee.jpg")
    scene.say(command, f"{PICTURE}\n{command}", lambda: scene.owner.note_images([shot], command))
    scene.say("sí" if es else "yes")
    scene.say("!por qué Pedro" if es else "!why Pedro")
    scene.until(20, 40)
    scene.does(WORDS[scene.language]["on_paper"])
    scene.say("!marcar Sofía cumple la repartió en papel" if es else "!mark Sofía complied handed it out on paper")
    scene.say("!resultados" if es else "!results")
    scene.say("!auditoría" if es else "!audit")


def _list() -> bytes:
    """Five people who agreed, and one whose number is too short."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Nombre", "Celular", "Acuerdo"])
    for name, number in NUMBERS.items():
        sheet.append([name, number, "sí"])
    sheet.append(["Camilo", "300 444", "sí"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _piece(name: str) -> bytes:
    """So small a piece of a picture that nobody can be sure."""
    picture = Image.open(io.BytesIO(pictures.photo(name))).convert("RGB")
    width, height = picture.size
    buffer = io.BytesIO()
    picture.crop((int(width * 0.35), int(height * 0.35), int(width * 0.65), int(height * 0.65))).save(buffer, "JPEG")
    return buffer.getvalue()


WORDS = {
    Language.EN: {
        "title": "Three tasks, as they are in the chat",
        "intro": "*Español: [tres tareas](transcripts.es.md).* What you see here was said by the bot itself, with real "
        "pictures and its own clock; only WhatsApp is simulated.",
        "first_campaign": "1. The first campaign",
        "first_campaign_intro": "A list of people, an album with the ad, and what they post until the evening.",
        "evening_report": "2. The evening report",
        "evening_report_intro": "At 20:00 the summary comes by itself. Charts and the spreadsheet are asked for.",
        "disputed_verdict": "3. A disputed verdict",
        "disputed_verdict_intro": "Marta posted a piece of the picture, and the bot does not decide what it is not "
        "sure of. Pedro says that he did post it.",
        "forwarded": "{name} posts the coffee picture as a status",
        "cropped": "{name} posts the rocket picture, cropped, with a bar over it",
        "piece": "{name} posts only a small piece of the rocket picture",
        "other": "{name} posts another picture: a cat",
        "objection": "Pedro objects: he posted it at five, hidden from you by mistake. He sends you the screenshot",
        "on_paper": "Sofía has no statuses: she handed the ad out on paper, as you had agreed",
    },
    Language.ES: {
        "title": "Tres tareas, tal como son en el chat",
        "intro": "*English: [three tasks](transcripts.en.md).* Lo que se ve aquí lo dijo el propio bot, con imágenes "
        "de verdad y su propio reloj; solo WhatsApp es simulado.",
        "first_campaign": "1. La primera campaña",
        "first_campaign_intro": "Una lista de personas, un álbum con el anuncio, y lo que publican hasta la noche.",
        "evening_report": "2. El informe de la noche",
        "evening_report_intro": "A las 20:00 el resumen llega solo. Los gráficos y la hoja de cálculo se piden.",
        "disputed_verdict": "3. Un veredicto discutido",
        "disputed_verdict_intro": "Marta publicó un pedazo de la imagen, y el bot no decide lo que no es seguro. Pedro "
        "dice que sí la publicó.",
        "forwarded": "{name} publica la imagen del café como estado",
        "cropped": "{name} publica la imagen del cohete, recortada y con una franja encima",
        "piece": "{name} publica solo un pedazo pequeño de la imagen del cohete",
        "other": "{name} publica otra imagen: un gato",
        "objection": "Pedro reclama: la publicó a las cinco, oculta para ti por descuido. Te envía una captura",
        "on_paper": "Sofía no usa los estados: repartió el anuncio en papel, como acordaron",
    },
}


def rewrite(language: Language) -> None:
    """Write the document and its pictures anew."""
    text, files = played(language)
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob(f"{language}-*"):
        old.unlink()
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
    document_of(language).write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    for spoken in Language:
        rewrite(spoken)
        sys.stdout.write(f"{document_of(spoken).name} written\n")

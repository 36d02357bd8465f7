"""How much memory and disk a bot needs: `python -m tests.e2e.memory [--statuses 200]`, on Linux.

The whole product with the real WhatsApp library, linked to the double, gets images and videos; its processes are
measured when it is linked, when it has a campaign, and when it has judged everything. Memory is the proportional set
size (PSS): pages that several processes share are divided among them.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

from bot.demo.pictures import photo
from tests.support.product import Product
from tests.support.world import World

MB = 1024**2
PICTURES = ("coffee.jpg", "rocket.jpg", "chelsea.jpg")
#: One in so many statuses is a video.
VIDEO_EVERY = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statuses", type=int, default=200)
    chosen = parser.parse_args()
    sys.stdout.write("| moment | process | memory | most so far |\n|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "whatsapp")
        try:
            with Product(world, Path(folder)) as product:
                measure(world, product, chosen.statuses)
        finally:
            world.close()


def measure(world: World, product: Product, statuses: int) -> None:
    product.link()
    world.phone.wait_for_text("Testigo is linked")
    report(product, "linked")
    world.phone.send_album([photo("coffee.jpg"), photo("rocket.jpg")], {0: "!campaign new Corner Café"})
    world.phone.wait_for_text("Corner Café")
    ana = world.add_person("Ana")
    world.phone.say(f"!contact add Ana {ana.number}")
    world.phone.wait_for_text("Ana")
    report(product, "a campaign of two pictures")
    chance = random.Random(7)
    for number in range(statuses):
        if number % VIDEO_EVERY == VIDEO_EVERY - 1:
            ana.post_video(photo("story.mp4"))
        else:
            ana.post_image(a_picture(chance))
        product.wait_until(lambda done=number: settled(product) > done - 8 or None, "statuses to be judged")  # type: ignore[misc]
    product.wait_until(lambda: settled(product) >= statuses or None, "all statuses to be judged")
    report(product, f"{statuses} statuses judged")
    sys.stdout.write(f"\nThe data folder holds {folder_size(product.data) / MB:.1f} MB.\n")


def a_picture(chance: random.Random) -> bytes:
    """One of the photos as a phone would post it, each time another file of about 1080 pixels."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(photo(chance.choice(PICTURES)))) as image:
        larger = ImageOps.contain(image, (1080, 1080))
        ImageEnhance.Brightness(larger).enhance(chance.uniform(0.8, 1.2)).save(out, "JPEG", quality=80)
    return out.getvalue()


def settled(product: Product) -> int:
    captures = product.status()["captures"]
    return int(captures["judged"] + captures["not_captured"])


def report(product: Product, moment: str) -> None:
    assert product.process is not None
    whole = 0.0
    for process in family(product.process.pid):
        try:
            memory, most = pss(process), highest(process)
        except (ProcessLookupError, StopIteration):
            continue  # it has just ended
        whole += memory
        sys.stdout.write(f"| {moment} | {role(process)} | {memory / MB:.0f} MB | {most / MB:.0f} MB |\n")
    sys.stdout.write(f"| {moment} | **all together** | **{whole / MB:.0f} MB** | |\n")
    sys.stdout.flush()


def family(pid: int) -> list[int]:
    """The process and all that it started, directly or not."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    threads = [child for task in children.parents[1].iterdir() for child in (task / "children").read_text().split()]
    return [pid, *(each for child in threads for each in family(int(child)))]


def role(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    roles = {"run_worker": "WhatsApp", "decoder": "decoder", "-m bot run": "main"}
    return next((role for sign, role in roles.items() if sign in words), words[:60])


def pss(pid: int) -> int:
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def highest(pid: int) -> int:
    """The most memory that was resident at once."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM:")


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _kilobytes(path: Path, name: str) -> int:
    line = next(line for line in path.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()

"""Decoding in another process: the same pictures, and a crash or a hang costs one of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.vision import Band, InProcessDecoder, Matcher, MediaError, MediaFault, SandboxedDecoder, band
from bot.vision.decode import decode_image
from tests.vision.pictures import jpeg, letterboxed, photo, photo_bytes, png, video

#: A decoding process that is ready, takes one request and then behaves as the last line says.
_MISBEHAVING = """
import os, sys
from bot.vision.wire import receive, send
send(sys.stdout.buffer, {"ready": True})
receive(sys.stdin.buffer)
"""

_LITTLE_MEMORY = (
    "from bot.vision import decoder_process; decoder_process.MAX_MEMORY = 320_000_000; decoder_process.main()"
)
_SHORT_OF_MEMORY = (sys.executable, "-c", _LITTLE_MEMORY)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxedDecoder]:
    decoder = SandboxedDecoder()
    yield decoder
    decoder.close()


def test_a_picture_is_the_same_as_in_process(sandbox: SandboxedDecoder) -> None:
    media = jpeg(letterboxed(photo("coffee")))
    for in_colour in (False, True):
        here = InProcessDecoder().image(media, 640, in_colour=in_colour)
        there = sandbox.image(media, 640, in_colour=in_colour)
        assert np.array_equal(here.pixels, there.pixels)
        assert here.scale == there.scale


def test_a_video_is_the_same_as_in_process(sandbox: SandboxedDecoder) -> None:
    media = video([(photo("coffee"), 1.0), (photo("rocket"), 1.0)])
    here, there = (list(decoder.video(media, 320)) for decoder in (InProcessDecoder(), sandbox))
    assert [picture.time for picture in here] == [picture.time for picture in there]
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(here, there, strict=True))


def test_a_video_may_be_left_before_its_end(sandbox: SandboxedDecoder) -> None:
    media = video([(photo("coffee"), 1.0), (photo("rocket"), 1.0)])
    pictures = sandbox.video(media, 320)
    next(pictures)
    pictures.close()
    assert sandbox.image(photo_bytes("coffee"), 640).pixels.shape == (400, 600)


def test_a_video_that_takes_too_long_in_all_is_hostile_and_the_process_lives_on() -> None:
    decoder = SandboxedDecoder(processes=1, video_seconds=0.0)
    with pytest.raises(MediaError) as error:
        list(decoder.video(video([(photo("coffee"), 1.0), (photo("rocket"), 1.0)]), 320))
    assert error.value.reason is MediaFault.HOSTILE
    assert decoder.image(photo_bytes("coffee"), 640).pixels.shape == (400, 600)
    decoder.close()


def test_errors_are_the_same_as_in_process(sandbox: SandboxedDecoder) -> None:
    for media in (b"", photo_bytes("coffee")[:5000], b"\x00\x00\x00\x18ftypheic" + bytes(50)):
        faults = []
        for decoder in (InProcessDecoder(), sandbox):
            with pytest.raises(MediaError) as error:
                decoder.image(media, 640)
            faults.append(error.value.reason)
        assert faults[0] is faults[1]


def test_a_matcher_works_with_it(sandbox: SandboxedDecoder) -> None:
    matcher = Matcher(sandbox)
    matcher.add("coffee", photo_bytes("coffee"))
    best = matcher.match(jpeg(letterboxed(photo("coffee"))), "image")[0]
    assert band(best.score) is Band.YES


@pytest.mark.parametrize("last_line", ["os.abort()", "os._exit(0)", "sys.stdin.buffer.read()", "print('noise')"])
def test_a_crash_a_hang_or_noise_is_hostile_media(last_line: str) -> None:
    command = (sys.executable, "-c", _MISBEHAVING + last_line)
    decoder = SandboxedDecoder(processes=1, picture_seconds=0.5, command=command)
    for _ in range(2):  # the second request meets a new process
        with pytest.raises(MediaError) as error:
            decoder.image(photo_bytes("coffee"), 640)
        assert error.value.reason is MediaFault.HOSTILE
    decoder.close()


def test_a_process_that_cannot_be_started_is_a_media_error(tmp_path: Path) -> None:
    decoder = SandboxedDecoder(processes=1, command=(str(tmp_path / "missing"),))
    for _ in range(2):
        with pytest.raises(MediaError, match="could be started"):
            decoder.image(photo_bytes("coffee"), 640)
    decoder.close()


def test_after_a_crash_the_next_picture_is_decoded() -> None:
    decoder = SandboxedDecoder(processes=1)
    process = decoder._idle.get()
    assert process is None
    decoder._idle.put(process)
    decoder.image(photo_bytes("coffee"), 640)
    running = decoder._idle.get()
    assert running is not None
    running._process.kill()
    running._process.wait()
    decoder._idle.put(running)
    assert decoder.image(photo_bytes("coffee"), 640).pixels.shape == (400, 600)
    decoder.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the limit on data")
def test_a_process_that_takes_too_much_memory_refuses_the_picture_and_lives_on() -> None:
    decoder = SandboxedDecoder(processes=1, command=_SHORT_OF_MEMORY)
    with pytest.raises(MediaError) as error:
        decoder.image(jpeg(photo("coffee").resize((7900, 7900)), 30), 7000, in_colour=True)
    assert error.value.reason is MediaFault.HOSTILE
    assert decoder.image(photo_bytes("coffee"), 640).pixels.shape == (400, 600)
    decoder.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the limit on data")
def test_a_transparent_picture_takes_little_more_memory_than_its_pixels() -> None:
    decoder = SandboxedDecoder(processes=1, picture_seconds=120.0, command=_SHORT_OF_MEMORY)
    transparent = Image.new("RGBA", (2600, 2600), (10, 20, 30, 128))
    assert int(decoder.image(png(transparent), 640).pixels[0, 0]) == pytest.approx(136, abs=2)
    decoder.close()


def test_what_a_transparent_picture_hides_does_not_bleed_into_what_it_shows() -> None:
    drawn = Image.new("RGBA", (1200, 700), (0, 0, 0, 0))
    for x in range(20, 1200, 9):
        drawn.paste((200, 40, 40, 255), (x, 0, x + 2, 700))
    laid = Image.alpha_composite(Image.new("RGBA", drawn.size, (255, 255, 255, 255)), drawn).convert("RGB")
    seen, expected = (decode_image(png(each), 300).pixels.astype(int) for each in (drawn, laid))
    assert np.abs(seen - expected).max() <= 2


def test_settings_and_secrets_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_URLS", "secret")
    script = (
        "import os, sys\nfrom bot.vision.wire import send\n"
        "send(sys.stdout.buffer, {'ready': True})\n"
        "send(sys.stdout.buffer, {'fault': 'unsupported', 'detail': os.environ.get('ALERT_URLS', 'none')})\n"
        "sys.stdin.buffer.read()"
    )
    decoder = SandboxedDecoder(processes=1, command=(sys.executable, "-c", script))
    with pytest.raises(MediaError) as error:
        decoder.image(photo_bytes("coffee"), 640)
    assert error.value.detail == "none"
    decoder.close()

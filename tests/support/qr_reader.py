"""Reads the QR code off the page's SVG, as a phone's camera would."""

from __future__ import annotations

import re

import cv2
import numpy as np

#: Pixels of a module, tried one after the other: the detector misses a code at one size that it reads at another.
SCALES = (8, 5, 11, 4, 7, 14)


def read_qr(svg: str) -> str:
    """The text of the code; empty when there is none to read."""
    side = int(float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]))  # type: ignore[index]
    pixels = np.full((side, side), 255, np.uint8)
    _draw(pixels, re.search(r'stroke="#000"[^>]* d="([^"]+)"', svg)[1])  # type: ignore[index]
    for scale in SCALES:
        picture = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
            text, _, _ = detector.detectAndDecode(picture)
            if text:
                return str(text)
    return ""


def _draw(pixels: np.ndarray, path: str) -> None:
    """segno draws rows of modules as strokes: `M` and `m` move, `h` draws; y lies in the middle of a row."""
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if letter == "M":
            x, y = values
        elif letter == "m":
            x, y = x + values[0], y + values[1]
        else:
            pixels[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]

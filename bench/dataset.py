"""What is measured on: the benchmark folder when it is there, else a small benchmark of the project's own pictures."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Labels of pairs of a status and a frame.
POSITIVE, IGNORED, NEGATIVE, HARD_NEGATIVE, VARIANT = 1, 0, -1, -2, -3
#: Pairs (status, frame) of the dev half that are labelled negative although the status does show the frame's picture:
#: two shop pictures of suits come twice, cropped otherwise and once mirrored, under different product numbers. Figures
#: are given with the labels as they are and with these five pairs ignored.
MISLABELLED = {(1574, 55), (1575, 55), (1576, 54), (1577, 54), (2061, 55)}
#: Kinds of pictures that the benchmark uses as backgrounds and neighbours of statuses: those do show them.
SURROUNDINGS = ("photo", "clubart", "lifestyle")


@dataclass(frozen=True)
class Benchmark:
    """Frames, statuses, videos, and which shows which."""

    name: str
    frames: Sequence[bytes]
    statuses: Sequence[bytes]
    #: The kind of distortion of each status.
    classes: Sequence[str]
    #: (statuses, frames), one of the labels above.
    labels: NDArray[np.int8]
    #: The same with mislabelled pairs ignored.
    corrected: NDArray[np.int8]
    videos: Sequence[bytes] = ()
    video_labels: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, 0), np.int8))
    #: Pictures to make many more frames of, for the measurement of scale.
    sources: Sequence[Path] = ()
    #: Per frame whether nothing in `sources` can be part of it, by how the benchmark was put together.
    alone: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))


def cache_folder() -> Path:
    """Where built statuses and features are kept: never inside the repository."""
    folder = Path(os.environ.get("TESTIGO_BENCH_CACHE", Path(tempfile.gettempdir()) / "testigo-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def benchmark_folder() -> Path | None:
    """The folder with the full benchmark, None when there is none."""
    named = os.environ.get("TESTIGO_BENCH")
    folder = Path(named) if named else Path(__file__).parent.parent.parent / "shared" / "matching_bench"
    return folder if (folder / "bench.py").exists() else None


def load(folder: Path) -> Benchmark:
    """The dev half of the full benchmark, built first when it is not in the cache."""
    built = cache_folder() / "dev"
    if not (built / "index.json").exists():
        command = [sys.executable, str(folder / "bench.py"), "build", "dev", "--cache", str(cache_folder())]
        subprocess.run(command, check=True, cwd=folder)
    content = json.loads((built / "index.json").read_text())
    frames, statuses, videos = content["frames"], content["statuses"], content["videos"]
    script = _script(folder)
    labels = script.labels(frames, statuses)
    return Benchmark(
        name=f"the dev half of the matching benchmark (statuses {content['sha'][:12]})",
        frames=[(built / f"f{number:04d}.jpg").read_bytes() for number in range(len(frames))],
        statuses=[(built / f"s{status['i']:05d}.jpg").read_bytes() for status in statuses],
        classes=[status["cls"] for status in statuses],
        labels=labels,
        corrected=_corrected(labels, statuses),
        videos=[(built / f"v{video['i']:02d}.mp4").read_bytes() for video in videos],
        video_labels=script.labels(frames, videos),
        sources=_sources(folder / "dev"),
        alone=np.array([frame["family"] is None for frame in frames]),
    )


def _sources(half: Path) -> list[Path]:
    """Pictures that are no frame's and surround no status."""
    listed = json.loads((half / "manifest.json").read_text())["sources"]
    apart = (half / one["file"] for one in listed if one["role"] == "D" and one["kind"] not in SURROUNDINGS)
    return sorted(path for path in apart if path.exists())


def _script(folder: Path) -> ModuleType:
    """The benchmark's own script, for its rules of what is a positive."""
    spec = importlib.util.spec_from_file_location("matching_bench", folder / "bench.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _corrected(labels: NDArray[np.int8], statuses: list[dict[str, Any]]) -> NDArray[np.int8]:
    corrected = labels.copy()
    for row, status in enumerate(statuses):
        for number, frame in MISLABELLED:
            if status["i"] == number:
                corrected[row, frame] = IGNORED
    return corrected

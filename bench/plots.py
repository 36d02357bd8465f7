"""The plots of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from bench.dataset import Benchmark
from bench.matchers import OURS
from bench.measure import Outcome, Scores, curve
from bench.scale import Search

mpl.use("Agg")

#: Of the matchers, ours first.
COLOURS = ("#128c7e", "#2e3440", "#8f9aa1", "#d08770", "#8c5a9e", "#c9a227")
SIGNS = ("", "D", "s", "o", "^", "v")


def plot_precision(benchmark: Benchmark, scores: Mapping[str, Scores], to: Path) -> None:
    """Precision against recall of every matcher."""
    figure, axes = plt.subplots(figsize=(7, 4.5))
    for (name, table), colour in zip(scores.items(), COLOURS, strict=False):
        recall, precision = curve(table, benchmark.corrected)
        axes.plot(recall, precision, label=name, color=colour, linewidth=2.5 if name == OURS else 1.5)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.01), ylim=(0, 1.03))
    axes.legend(frameon=False)
    _save(figure, to)


def plot_classes(outcomes: Mapping[str, Outcome], to: Path) -> None:
    """Recall at zero false positives per class: ours as bars, every other matcher's as a dot."""
    classes = list(outcomes[OURS].per_class)
    figure, axes = plt.subplots(figsize=(8, 0.28 * len(classes) + 1.5))
    places = np.arange(len(classes))
    for (name, outcome), colour, sign in zip(outcomes.items(), COLOURS, SIGNS, strict=True):
        recalls = [outcome.per_class[kind] for kind in classes]
        if name == OURS:
            axes.barh(places, recalls, 0.7, label=name, color=colour, alpha=0.75)
        else:
            axes.scatter(recalls, places, s=26, label=name, color=colour, marker=sign, clip_on=False, zorder=3)
    axes.set_yticks(places, classes)
    axes.set(xlabel="recall at zero false positives", xlim=(0, 1.01), ylim=(len(classes) - 0.4, -0.6))
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.4, -0.05), ncols=3)
    _save(figure, to)


def plot_search(measured: Sequence[Search], to: Path) -> None:
    """Time of the search, and how often it finds the right frame, against the number of frames."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(7, 5.4), sharex=True)
    frames, times = [search.frames for search in measured], [search.milliseconds for search in measured]
    above.plot(frames, times, marker="o", color=COLOURS[0], linewidth=2.5)
    for count, milliseconds in zip(frames, times, strict=True):
        above.annotate(f"{milliseconds:.1f} ms", (count, milliseconds), textcoords="offset points", xytext=(4, 7))
    above.set(xscale="log", ylabel="candidate search, ms", ylim=(0, 1.3 * max(times)))
    found = [(search.frames, search.found) for search in measured if search.found is not None]
    below.plot(*zip(*found, strict=True), marker="o", color=COLOURS[0], linewidth=2.5)
    for count, share in found:
        below.annotate(f"{100 * share:.1f} %", (count, share), textcoords="offset points", xytext=(4, -14))
    below.set(xlabel="frames", ylabel="right frame among\nthe candidates", ylim=(0.95, 1.003))
    _save(figure, to)


def _save(figure: Figure, to: Path) -> None:
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(to, dpi=110, bbox_inches="tight")
    plt.close(figure)

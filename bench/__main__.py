"""`python -m bench`: run all matchers, print the tables, and write them with plots to docs/bench.

With the full benchmark (found by TESTIGO_BENCH, or as ../shared/matching_bench) it takes the better part of an hour on
two cores, without it a minute; the small one prints its table and writes nothing: docs/bench shows the full one.
"""

from __future__ import annotations

import platform
from pathlib import Path

from bench.dataset import Benchmark, benchmark_folder, load
from bench.matchers import MAKERS, OURS, VIDEO_MAKERS
from bench.measure import Outcome, Scores, bands, benchmark_scores, judge, score_all
from bench.plots import plot_classes, plot_precision, plot_search
from bench.scale import time_search
from bench.small import load_small
from bench.stages import FRAMES, time_stages
from bench.timing import time_matchers, time_videos
from bot.vision import DEFAULT_THRESHOLDS

DOCS = Path(__file__).parent.parent / "docs" / "bench"


def main() -> None:
    folder = benchmark_folder()
    if folder is None:
        benchmark = load_small()
        print("\n".join(_recall_lines(benchmark, _all_scores(benchmark))))
        return
    benchmark = load(folder)
    DOCS.mkdir(parents=True, exist_ok=True)
    scores = _all_scores(benchmark)
    plot_precision(benchmark, scores, DOCS / "precision-recall.png")
    lines = _recall_lines(benchmark, scores) + _band_lines(benchmark, scores[OURS]) + _class_lines(benchmark, scores)
    lines += _video_lines(benchmark, scores) + _stage_lines(benchmark) + _search_lines(benchmark)
    text = "\n".join(lines) + "\n"
    (DOCS / "results.md").write_text(text, encoding="utf-8")
    print(text)


def _all_scores(benchmark: Benchmark) -> dict[str, Scores]:
    return {name: benchmark_scores(name, benchmark) for name in MAKERS}


def _outcome(benchmark: Benchmark, scores: Scores) -> Outcome:
    return judge(scores, benchmark.corrected, benchmark.classes)


def _recall_lines(benchmark: Benchmark, scores: dict[str, Scores]) -> list[str]:
    corrected = benchmark.corrected
    positives, negatives = int((corrected == 1).sum()), int((corrected < 0).sum() - (corrected == -3).sum())
    ignored = int((benchmark.labels != corrected).sum())
    lines = [
        f"Measured on {benchmark.name}: {len(benchmark.frames)} frames, {len(benchmark.statuses)} statuses, "
        f"{positives} positive and {negatives} negative pairs; Python {platform.python_version()}.",
        "",
        f"| matcher | recall at 0 false positives | the same, with {ignored} mislabelled pairs left in | at 0.1 % "
        "| CPU time per image |",
        "|---|---|---|---|---|",
    ]
    milliseconds = time_matchers(benchmark)
    for name, table in scores.items():
        outcome = _outcome(benchmark, table)
        as_labelled = judge(table, benchmark.labels, benchmark.classes)
        columns = (outcome.recall_at_zero, as_labelled.recall_at_zero, outcome.recall_at_permille)
        recalls = " | ".join(f"{value:.3f}" for value in columns)
        lines.append(f"| {name} | {recalls} | {milliseconds[name]:.0f} ms |")
    return [*lines, ""]


def _band_lines(benchmark: Benchmark, ours: Scores) -> list[str]:
    found = bands(ours, benchmark.corrected)
    highest = _outcome(benchmark, ours).highest_negative
    return [
        f"At the default thresholds (yes from {DEFAULT_THRESHOLDS.yes:g}, review from {DEFAULT_THRESHOLDS.review:g}): "
        f"recall {found.recall:.3f}, {found.false_positives} false positives; the highest negative scores "
        f"{highest:.1f}. Of the positives missed at zero false positives {found.missed_in_review:.2f} land in "
        f"review, with "
        f"{100 * found.negative_pairs_in_review:.3f} % of the negative pairs, and for "
        f"{100 * found.negative_statuses_in_review:.1f} % of the statuses that show no frame.",
        "",
    ]


def _class_lines(benchmark: Benchmark, scores: dict[str, Scores]) -> list[str]:
    outcomes = {name: _outcome(benchmark, table) for name, table in scores.items()}
    plot_classes(outcomes, DOCS / "classes.png")
    lines = ["| class | " + " | ".join(outcomes) + " |", "|---" * (len(outcomes) + 1) + "|"]
    for kind in outcomes[OURS].per_class:
        recalls = (f"{outcome.per_class[kind]:.2f}" for outcome in outcomes.values())
        lines.append(f"| {kind} | " + " | ".join(recalls) + " |")
    return [*lines, ""]


def _video_lines(benchmark: Benchmark, scores: dict[str, Scores]) -> list[str]:
    lines = ["| matcher | videos: recall at 0 false positives | and above every negative image |", "|---|---|---|"]
    for title, name in VIDEO_MAKERS.items():
        table = score_all(name, benchmark.frames, benchmark.videos, "video")
        outcome = judge(table, benchmark.video_labels, [""] * len(table))
        bar = max(outcome.highest_negative, _outcome(benchmark, scores[name]).highest_negative)
        joint = float((table[benchmark.video_labels == 1] > bar).mean())
        lines.append(f"| {title} | {outcome.recall_at_zero:.2f} | {joint:.2f} |")
    cost = time_videos(benchmark)
    costs = (cost.full_decode, cost.sampling, cost.matching)
    full, sampling, matching = (f"{milliseconds:.1f} ms" for milliseconds in costs)
    return [
        *lines,
        "",
        f"CPU time per second of video, over all {len(benchmark.videos)} videos and {len(benchmark.frames)} frames: "
        f"{matching} to match, up to the first sure match; to sample all of it would take {sampling}, to decode every "
        f"picture {full}.",
        "",
    ]


def _stage_lines(benchmark: Benchmark) -> list[str]:
    stages = time_stages(benchmark)
    times = {
        "decode": stages.decode,
        "extract features": stages.extract,
        "search for candidates": stages.search,
        "place them (mean)": stages.place,
        "compare them tile by tile (mean)": stages.compare,
        "all of it, from bytes": stages.whole,
    }
    ratio = stages.whole / (stages.decode + stages.extract)
    return [
        f"| one image against {FRAMES} frames | CPU time |",
        "|---|---|",
        *(f"| {stage} | {milliseconds:.1f} ms |" for stage, milliseconds in times.items()),
        "",
        f"All of it takes {ratio:.2f} times as long as decoding and extracting features. "
        f"By the clock on the wall decoding takes {stages.decode_here:.1f} ms, in another process "
        f"{stages.decode_there:.1f} ms.",
        "",
    ]


def _search_lines(benchmark: Benchmark) -> list[str]:
    measured = time_search(benchmark)
    plot_search(measured, DOCS / "search.png")
    lines = [
        "| frames | search for candidates | right frame among them | candidates verified | index per frame "
        "| to add all | slowest addition | to remove one | slowest removal |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for search in measured:
        columns = (
            f"{search.milliseconds:.1f} ms",
            "" if search.found is None else f"{100 * search.found:.1f} %",
            f"{search.verified:.1f}",
            f"{search.kilobytes:.0f} kB",
            f"{search.seconds_to_fill:.1f} s",
            f"{search.slowest_milliseconds:.0f} ms",
            f"{search.removal_milliseconds:.1f} ms",
            f"{search.slowest_removal_milliseconds:.0f} ms",
        )
        lines.append(f"| {search.frames} | " + " | ".join(columns) + " |")
    return lines


if __name__ == "__main__":
    main()

"""Staffed beds, rosters and absence on past days of demo regions, against their hidden truth.

The same figures are judged twice: with the patients who truly came, which shows the capacity alone,
and with the patients of persistence, whose misses come on top. The baseline holds beds and rosters
as they stand and lets absence persist; the state of today is the other one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.staffed_region import StaffedRegion, rules, staffed_region

COMMAND = "make bench ONLY=staffing"
SEEDS = (11, 12, 13)
"""Regions that no setting was chosen on; those were 1, 2 and 3."""
HOSPITALS, HORIZON, SAMPLES = 40, 14, 400
FIRST_DAY, LAST_DAY, STEP_DAYS = 190, 720, 21
AHEAD = (7, 14)
SKILL, GAP, COVER = 0.15, 0.07, (0.74, 0.86)
FEW = 100
"""Cases below which a tenth of stated probability is not judged."""
TITLES = {"beds": "bed shortages", "staff": "understaffed shifts"}
PATIENTS = {"true": "true patients", "persisting": "persisting patients"}
SECONDS = 3.0

FloatArray = npt.NDArray[np.float64]


def cases(seed: int) -> dict[str, Any]:
    """What was stated and what came true: lists by patients, kind and days ahead, and covers."""
    region = staffed_region(seed, scaled(HOSPITALS, 10))
    found: dict[str, Any] = {}
    inside: dict[str, list[float]] = {}
    for day in range(FIRST_DAY, LAST_DAY, STEP_DAYS):
        for patients in PATIENTS:
            for key, rows in _stated(region, day, patients, inside):
                found.setdefault(key, []).extend(rows)
    return {"cases": found, "cover": {key: float(np.mean(each)) for key, each in inside.items()}}


def _stated(
    region: StaffedRegion, day: int, patients: str, inside: dict[str, list[float]]
) -> Iterator[tuple[str, list[list[float]]]]:
    from vigie.actions.shortages.capacity_futures import capacity_futures
    from vigie.actions.shortages.ward_shortages import bed_rows, staff_rows
    from vigie.actions.shortages.ward_staffing import staffing

    expected, chance = region.inputs(day, HORIZON, SAMPLES, truth_of_patients=patients == "true")
    stated: dict[str, dict[tuple[str, str], list[float]]] = {"beds": {}, "staff": {}}
    for ahead in ("held", "follows"):
        beds, of_staff = rules(ahead)
        inputs = expected if ahead == "follows" else region.persisting(expected, chance)
        futures = None if ahead == "held" else capacity_futures(beds, of_staff, inputs, chance)
        staff = staffing(of_staff, inputs, futures)
        assert staff is not None
        for kind, rows in (
            ("beds", bed_rows(beds, inputs, staff, None, futures)),
            ("staff", staff_rows(staff, inputs)),
        ):
            assert rows is not None
            for row in rows.to_pylist():
                pair = [row[f"probability_{days}"] for days in AHEAD]
                stated[kind].setdefault((row["place"], row["category"]), []).extend(pair)
        if futures is not None:
            _add_cover(region, day, patients, futures, staff, inside)
    truth = {"beds": region.truth.is_short_of_beds, "staff": region.truth.is_short_of_staff}
    for kind, cells in stated.items():
        yield from _with_truth(region, day, f"{patients},{kind}", cells, truth[kind])


def _with_truth(
    region: StaffedRegion,
    day: int,
    key: str,
    cells: dict[tuple[str, str], list[float]],
    is_short: npt.NDArray[np.bool_],
) -> Iterator[tuple[str, list[list[float]]]]:
    """Per days ahead: whether it came true, stated today, held, following, and its past rate."""
    kind = "beds_occupied" if key.endswith("beds") else "staff_rostered"
    categories = region.series()[kind][0]
    for number, days in enumerate(AHEAD):
        rows = []
        for (place, category), stated in cells.items():
            if place not in region.places:
                continue
            at = region.places.index(place), categories.index(category)
            came = is_short[day + 1 : day + 1 + days, *at].any()
            now = is_short[day, *at]
            rate = is_short[: day + 1].mean(axis=(0, 1))[at[1]]
            usual = 1 - (1 - rate) ** days
            pair = stated[number], stated[len(AHEAD) + number]
            rows.append([float(came), float(now), *pair, float(usual)])
        yield f"{key},{days}", rows


def _add_cover(
    region: StaffedRegion,
    day: int,
    patients: str,
    futures: Any,
    staff: Any,
    inside: dict[str, list[float]],
) -> None:
    """Share of days on which beds staffed and staff present lay in their 80 % range."""
    ahead = slice(day + 1, day + 1 + HORIZON)
    staffing = region.truth.staffing
    beds = np.minimum(futures.planned, staff.paths.beds)
    present = (staffing.staff_rostered - staffing.staff_absent)[ahead].transpose(1, 2, 0)
    has_staff = np.isfinite(futures.staff.rostered[:, :, 0, 0])
    for name, paths, truth, known in (
        ("beds staffed", beds, staffing.beds_staffed[ahead].transpose(1, 2, 0),
         staffing.beds_open > 0),
        ("staff present", staff.paths.available, present, has_staff),
    ):  # fmt: skip
        inside.setdefault(f"{patients},{name}", []).append(_covered(paths[known], truth[known]))


def _covered(paths: FloatArray, truth: FloatArray) -> float:
    """Share whose rank among the paths lies in the middle 80 %; ties are shared out evenly.

    Whole numbers tie: a range that includes both its ends would hold more than it says.
    """
    below = (paths < truth[..., None]).mean(axis=-1)
    upto = (paths <= truth[..., None]).mean(axis=-1)
    upto = np.maximum(upto, below + 1e-9)
    part = np.minimum(upto, 0.9) - np.maximum(below, 0.1)
    return float((np.clip(part, 0, None) / (upto - below)).mean())


def cost() -> float:
    """CPU seconds of all that wards add to a run of 100 sites, 21 days and 1000 futures."""
    from vigie.actions.shortages.capacity_futures import capacity_futures
    from vigie.actions.shortages.ward_shortages import bed_rows, staff_rows
    from vigie.actions.shortages.ward_staffing import staffing

    inputs, chance = staffed_region(1, 100).inputs(650, 21, 1000, truth_of_patients=False)
    beds, of_staff = rules("follows")
    started = time.process_time()
    futures = capacity_futures(beds, of_staff, inputs, chance)
    staff = staffing(of_staff, inputs, futures)
    assert staff is not None
    bed_rows(beds, inputs, staff, None, futures)
    staff_rows(staff, inputs)
    return time.process_time() - started


def run() -> list[Figure]:
    """Skill, reliability and cover over the regions, and the cost."""
    made: list[dict[str, Any]] = [
        in_child("bench_staffing", "cases", seed).answer for seed in SEEDS
    ]
    figures = []
    for key in made[0]["cases"]:
        rows = np.array([row for each in made for row in each["cases"][key]])
        figures += _figures(key, rows)
    for key in made[0]["cover"]:
        patients, name = key.split(",")
        cover = float(np.mean([each["cover"][key] for each in made]))
        title = f"Demo region, {name}, {PATIENTS[patients]}: 80 % range held"
        figures.append(Figure(f"{title}, not below", cover, "", COVER[0], COMMAND, True))
        figures.append(Figure(f"{title}, not above", cover, "", COVER[1], COMMAND))
    seconds = float(in_child("bench_staffing", "cost").answer)
    title = "Planned beds, rosters, absence and their shortages, 100 sites x 21 days x 1000: CPU"
    return [*figures, Figure(title, seconds, "s", SECONDS, COMMAND)]


def _figures(key: str, rows: FloatArray) -> Iterator[Figure]:
    patients, kind, days = key.split(",")
    came, now, held, follows, usual = rows.T
    title = f"Demo region, {TITLES[kind]} by {days} days, {PATIENTS[patients]}"
    score = float(((follows - came) ** 2).mean())
    for name, other, bar in (
        ("all held", held, SKILL),
        ("today's state", now, None),
        ("its past rate", usual, None),
    ):
        skill = 1 - score / float(((other - came) ** 2).mean())
        yield Figure(f"{title}: Brier skill over {name}", skill, "", bar, COMMAND, True)
    bar = GAP if patients == "true" else None
    yield Figure(f"{title}: largest gap of a tenth", _gap(follows, came), "", bar, COMMAND)


def _gap(stated: FloatArray, came: FloatArray) -> float:
    """Largest distance between what was stated and what came true, by tenths with 100 cases."""
    tenth = np.minimum((stated * 10).astype(int), 9)
    gaps = [
        abs(float(stated[tenth == each].mean() - came[tenth == each].mean()))
        for each in range(10)
        if (tenth == each).sum() >= FEW
    ]
    return max(gaps)

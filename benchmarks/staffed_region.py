"""Past days of a demo region as rules of shortage see them, and what its hidden truth then held.

Reports are taken to be complete and on time, so that what is measured is the capacity alone; the
patients ahead are those of persistence, or those who truly came.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.actions.forecasts.flow_models import baseline_of, forecast_by, model_without_scores
from vigie.actions.forecasts.forecasting import HISTORY_DAYS, Chance, History
from vigie.actions.forecasts.staff_beside import staff_beside
from vigie.actions.rooms.places import members_of_totals
from vigie.actions.rooms.room import EpidemicRule, ShortageRule
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.demoregion import Extent, HiddenTruth, reference_tables
from vigie.demoregion.catalogue import SKILLS, WARDS
from vigie.demoregion.truth import build_truth
from vigie.paths import SamplePaths

__all__ = [
    "END",
    "EPIDEMIC",
    "REGION_DAYS",
    "StaffedRegion",
    "first_short",
    "rules",
    "staffed_region",
]

END = date(2024, 6, 30)
REGION_DAYS = 730
WARD_KEYS = tuple(ward.key for ward in WARDS)
SKILL_KEYS = tuple(skill.key for skill in SKILLS)
EPIDEMIC = EpidemicRule(measure="epidemic_admissions")

IntArray = npt.NDArray[np.int64]


def rules(ahead: str) -> tuple[ShortageRule, ShortageRule]:
    """The rules of beds and of staff of the demo room, held or following."""
    beds = {"need": "beds_occupied", "capacity": "beds_staffed", "open": "beds_open"}
    staff = {"rostered": "staff_rostered", "absent": "staff_absent", "occupancy": "beds_occupied"}
    return ShortageRule("beds", beds, ahead=ahead), ShortageRule("staff", staff, ahead=ahead)


@dataclass(frozen=True, slots=True, eq=False)
class StaffedRegion:
    """A region, its truth and its reference tables."""

    truth: HiddenTruth
    reference: dict[str, pa.Table]

    @property
    def places(self) -> tuple[str, ...]:
        """Sites in the order of the truth."""
        return tuple(site.key for site in self.truth.geography.sites)

    def series(self) -> dict[str, tuple[tuple[str, ...], str, npt.NDArray[np.float64]]]:
        """Categories, kind and (day, place, category) of each measure; NaN without such a ward."""
        staffing = self.truth.staffing
        has_ward = staffing.beds_open > 0
        has_skill = staffing.staff_rostered.max(axis=0) > 0
        beds = np.broadcast_to(staffing.beds_open, staffing.beds_staffed.shape)
        return {
            "beds_occupied": (WARD_KEYS, "level", _where(self.truth.occupancy, has_ward)),
            "beds_staffed": (WARD_KEYS, "level", _where(staffing.beds_staffed, has_ward)),
            "beds_open": (WARD_KEYS, "level", _where(beds, has_ward)),
            "staff_rostered": (SKILL_KEYS, "level", _where(staffing.staff_rostered, has_skill)),
            "staff_absent": (SKILL_KEYS, "level", _where(staffing.staff_absent, has_skill)),
            "epidemic_admissions": (
                ("",),
                "flow",
                self.truth.epidemic_admissions[:, :, None].astype(float),
            ),
        }

    def inputs(
        self, day: int, horizon: int, samples: int, *, truth_of_patients: bool
    ) -> tuple[Inputs, Chance]:
        """What a run at the end of a day of the truth would read.

        Args:
            day: of the truth, the last one reported.
            horizon: days ahead.
            samples: futures.
            truth_of_patients: the paths of patients are those who truly came, in all futures.
        """
        as_of = self.truth.extent.first_date + timedelta(days=day)
        chance = Chance(20200301, as_of, samples, horizon)
        known = {
            name: self._history(name, kind, categories, values, day, as_of)
            for name, (categories, kind, values) in self.series().items()
        }
        members = members_of_totals(self.reference["places"], as_of)
        absent = known["staff_absent"]
        staff = staff_beside(absent, known["staff_rostered"], horizon, [EPIDEMIC], known, members)
        known["staff_absent"] = replace(absent, beside=replace(absent.beside, staff=staff))
        drawn, models = {}, {}
        for name in ("beds_occupied", "staff_absent"):
            model = model_without_scores(known[name])
            models[name] = model.name
            drawn[name] = forecast_by(model, known[name], chance)
        if truth_of_patients:
            drawn["beds_occupied"] = self._true_paths(drawn["beds_occupied"], day)
        return Inputs(
            as_of=as_of,
            horizon_days=horizon,
            histories=known,
            paths=drawn,
            models=models,
            reference=self.reference,
            members=members,
        ), chance

    def persisting(self, inputs: Inputs, chance: Chance) -> Inputs:
        """The same inputs with absence by its baseline."""
        absent = inputs.histories["staff_absent"]
        paths = forecast_by(baseline_of(absent), absent, chance)
        return replace(inputs, paths={**inputs.paths, "staff_absent": paths})

    def _history(
        self,
        name: str,
        kind: str,
        categories: tuple[str, ...],
        values: npt.NDArray[np.float64],
        day: int,
        as_of: date,
    ) -> History:
        first = max(0, day + 1 - HISTORY_DAYS["day"])
        dates = np.datetime64(as_of, "D") - np.arange(day - first, -1, -1)
        past = np.ascontiguousarray(values[first : day + 1].transpose(1, 2, 0))
        return History(name, kind, "day", self.places, categories, dates, past, as_of, np.inf)

    def _true_paths(self, like: SamplePaths, day: int) -> SamplePaths:
        ahead = self.truth.occupancy[day + 1 : day + 1 + len(like.dates)].transpose(1, 2, 0)
        shape = like.values.shape
        values = np.ascontiguousarray(np.broadcast_to(ahead[..., None], shape), dtype=np.float32)
        return SamplePaths(like.measure, like.places, like.categories, like.dates, values)


@lru_cache(maxsize=1)
def staffed_region(seed: int, hospitals: int) -> StaffedRegion:
    """The region of a seed."""
    extent = Extent(hospitals, REGION_DAYS, END)
    truth = build_truth(np.random.default_rng(seed), extent)
    return StaffedRegion(truth, reference_tables(truth.geography, extent.first_date))


def first_short(is_short: npt.NDArray[np.bool_], day: int, horizon: int) -> npt.NDArray[np.bool_]:
    """(horizon, place, category), whether it was short on any of the days up to each."""
    ahead = is_short[day + 1 : day + 1 + horizon]
    return np.asarray(np.logical_or.accumulate(ahead, axis=0))


def _where(values: IntArray, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    return np.where(known[None], values, np.nan)

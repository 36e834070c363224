"""A change of R as beds, staff, machines and products see it: other patients, other absence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from vigie.actions.declared.shortage_changes import ShortageChange
from vigie.actions.forecasts.absence_forecasts import absence_law
from vigie.actions.rooms.places import region_around
from vigie.actions.rooms.room import EpidemicRule, ShortageRule
from vigie.actions.shortages.counted_changes import EPIDEMIC_KIND, CountedChange
from vigie.actions.shortages.epidemic_around import epidemic_around
from vigie.actions.shortages.epidemic_reach import EpidemicReach, patients_more
from vigie.actions.shortages.published_absence import on_axes
from vigie.actions.shortages.scenario_admissions import AdmissionRatios, admissions_under
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital.absence import ABSENCE_MODEL, absence_ratio
from vigie.paths import DateArray, PathArray, SamplePaths

__all__ = ["EpidemicChange", "epidemic_change"]


@dataclass(frozen=True, slots=True, eq=False)
class EpidemicChange:
    """One scenario of R on the futures of the run.

    Attributes:
        counted: what is judged again for it: everything, on all days, where anything differs.
        more: patients in bed more, by measure of patients, as fractions.
        under: the inputs of the run with the admissions of the scenario.
        epidemics: of the room.
    """

    counted: CountedChange
    more: Mapping[str, SamplePaths]
    under: Inputs
    epidemics: Sequence[EpidemicRule]

    def patients_on(
        self, occupancy: str, places: Sequence[str], wards: Sequence[str], dates: DateArray
    ) -> PathArray | None:
        """(place, ward, day, sample), patients more; 0 on other days; None: nothing is known."""
        more = self.more.get(occupancy)
        if more is None:
            return None
        shape = (len(places), len(wards), len(dates), more.values.shape[3])
        out = np.zeros(shape, dtype=np.float32)
        rows, columns = (
            np.array([axis.index(key) for key in keys], dtype=np.int64)
            for axis, keys in ((more.places, places), (more.categories, wards))
        )
        here = np.isin(dates, more.dates)
        days = np.searchsorted(more.dates, dates[here])
        out[:, :, here] = more.values[np.ix_(rows, columns, days)]
        return out

    def absence(
        self,
        before: Inputs,
        rule: ShortageRule,
        places: Sequence[str],
        skills: Sequence[str],
        dates: DateArray,
    ) -> PathArray | None:
        """(place, skill, day, sample), by which those who do not come are multiplied.

        None where the published absence does not follow this epidemic, so that nothing changes.
        """
        measure = rule.measures["absent"]
        history = before.histories[measure]
        if before.models[measure] != ABSENCE_MODEL or history.beside.staff is None:
            return None
        ahead = history.dates[-1] + np.arange(1, len(before.paths[measure].dates) + 1)
        usual, other = (
            epidemic_around(each, self.epidemics, history.places, history.dates, ahead)
            for each in (before, self.under)
        )
        if usual is None or other is None:
            return None
        (past, expected), (_, changed) = usual, other
        if np.array_equal(expected, changed):
            return None
        law, _ = absence_law(history)
        if not law.slope:
            return None
        ratio = absence_ratio(law, past, expected, changed)
        at = np.clip((dates - ahead[0]).astype(np.int64), 0, len(ahead) - 1)
        told = np.where((dates < ahead[0])[:, None], np.float32(1), ratio[:, :, at])
        return on_axes(told, before.paths[measure], places, skills, missing=1.0)


def epidemic_change(
    inputs: Inputs,
    ratios: AdmissionRatios,
    reaches: Sequence[EpidemicReach],
    epidemics: Sequence[EpidemicRule],
) -> EpidemicChange | None:
    """Patients and admissions under a scenario of R; None where its admissions are not drawn.

    Args:
        inputs: of the run.
        ratios: of the scenario.
        reaches: of its epidemic, one for each measure of patients.
        epidemics: of the room.
    """
    under = admissions_under(inputs, ratios)
    if under is None:
        return None
    before = inputs.paths[ratios.measure]
    more = {
        each.occupancy: patients_more(each, before, under, inputs.paths[each.occupancy])
        for each in reaches
    }
    counted = CountedChange(
        ShortageChange(EPIDEMIC_KIND),
        _day(ratios.dates[0]),
        _day(np.datetime64(inputs.as_of, "D") + inputs.horizon_days),
        _places(inputs, ratios, list(more.values())),
    )
    changed = replace(inputs, paths={**inputs.paths, ratios.measure: under})
    return EpidemicChange(counted, more, changed, epidemics)


def _day(value: np.datetime64) -> date:
    found: date = value.astype("datetime64[D]").astype(object)
    return found


def _places(inputs: Inputs, ratios: AdmissionRatios, more: Sequence[SamplePaths]) -> frozenset[str]:
    """Those whose patients may change, and whose staff live where the epidemic does."""
    sources = frozenset(ratios.by_place)
    found = set(sources)
    for each in more:
        changes = np.abs(each.values).max(axis=(1, 2, 3)) > 0
        found |= {place for place, is_so in zip(each.places, changes, strict=True) if is_so}
    for place in {place for each in more for place in each.places}:
        if sources.intersection(region_around(inputs.members, place)):
            found.add(place)
    return frozenset(found)

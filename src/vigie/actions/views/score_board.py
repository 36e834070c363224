"""The score board of a release as values: per measure and model, for pages and programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vigie.actions.forecasts.summed_totals import SUM_MODEL
from vigie.actions.scores.levels import Level
from vigie.actions.views.views import ReleaseTables

__all__ = ["Cut", "MeasureScores", "ModelScores", "read_score_board"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Scores over some of the tasks of a model.

    Attributes:
        name: the horizon, phase, group of places, category, place or Monday that is cut out; ""
            for all tasks of the last 8 weeks.
        tasks: forecasts scored.
        wis: mean weighted interval score, in the unit of the measure.
        wis_ratio, log_wis_ratio: sum of scores divided by the baseline's; None without one.
        coverage_50, coverage_95: share of outcomes within the central ranges, 0..1.
        brier: mean Brier score of "higher than on the last day of the data"; None if unknown.
        made_after: of the tasks, those whose forecast was made after its day.
        from_date, to_date: first and last day whose outcome is scored.
        pit: ten shares of outcomes by tenth of the forecast.
    """

    name: str
    tasks: int
    wis: float
    wis_ratio: float | None
    log_wis_ratio: float | None
    coverage_50: float
    coverage_95: float
    brier: float | None
    made_after: int
    from_date: date
    to_date: date
    pit: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ModelScores:
    """A model of a measure.

    Attributes:
        model: name.
        level: places or totals; "", in older releases: both.
        state: baseline, published, replaced, not_better, new, beside, reported or failed.
        is_baseline, is_published: its place in this release.
        ratio: over its last 8 scored weeks, the baseline's being 1; None with fewer.
        since: when it was published or replaced; None: before the weeks that are kept.
        drift_date: day of the last drift alarm.
        message: why it has no forecast today.
        settings: what it set itself, as text of JSON; "" for nothing.
        pairwise_wis: relative WIS by pairs of models.
        whole: its scores over the last 8 weeks; None before any outcome is known.
        cuts: by kind of cut (horizon, phase, group, category, week), in order.
    """

    model: str
    level: str
    state: str
    is_baseline: bool
    is_published: bool
    ratio: float | None
    since: date | None
    drift_date: date | None
    message: str
    settings: str
    pairwise_wis: float | None
    whole: Cut | None
    cuts: Mapping[str, tuple[Cut, ...]]


@dataclass(frozen=True, slots=True)
class MeasureScores:
    """A measure and its models.

    Attributes:
        measure: key.
        models: of the places, the published one first; then the sum of places, if there is one.
        totals: the same models as they stand for regions and nation, the published one first.
    """

    measure: str
    models: tuple[ModelScores, ...]
    totals: tuple[ModelScores, ...] = ()

    @property
    def published(self) -> ModelScores:
        """The model in force."""
        return self.models[0]


_NAMES = {
    "horizon": "horizon",
    "phase": "phase",
    "group": "place_group",
    "category": "category",
    "place": "place",
    "week": "week",
}
_PHASES = ("rise", "peak", "fall", "steady", "recent")
_GROUPS = ("nation", "region", "site", "unit", "other")


def read_score_board(tables: ReleaseTables) -> tuple[MeasureScores, ...]:
    """The score board of a release, measures in order of their keys."""
    scores = [row for row in tables.table("scores").to_pylist() if row["slice"] is not None]
    choices = tables.table("model_choices").to_pylist()
    found = []
    for measure in sorted({str(row["target"]) for row in choices}):
        own = [row for row in choices if row["target"] == measure]
        of_measure = [row for row in scores if row["target"] == measure]
        of_totals = [row for row in own if row["level"] == Level.TOTALS]
        of_places = [row for row in own if row["level"] != Level.TOTALS]
        totals = _models(of_totals, of_measure)
        summed = [model for model in totals if model.model == SUM_MODEL]
        models = [*_models(of_places, of_measure), *summed]
        found.append(MeasureScores(measure, tuple(models), tuple(totals)))
    return tuple(found)


def _models(
    choices: Sequence[Mapping[str, Any]], scores: Sequence[Mapping[str, Any]]
) -> list[ModelScores]:
    models = [_model(row, scores) for row in choices]
    return sorted(models, key=lambda one: (not one.is_published, not one.is_baseline, one.model))


def _model(choice: Mapping[str, Any], scores: Sequence[Mapping[str, Any]]) -> ModelScores:
    own = [row for row in scores if row["model_id"] == choice["model_id"]]
    whole = next((row for row in own if row["slice"] == "all"), None)
    return ModelScores(
        model=choice["model_id"],
        level=choice["level"] or "",
        state=choice["state"],
        is_baseline=choice["is_baseline"],
        is_published=choice["is_published"],
        ratio=choice["ratio"],
        since=choice["since"],
        drift_date=choice["drift_date"],
        message=choice["message"] or "",
        settings=choice["settings"] or "",
        pairwise_wis=whole["pairwise_wis"] if whole else None,
        whole=_cut("", whole) if whole else None,
        cuts={kind: tuple(_cuts(kind, own)) for kind in _NAMES if kind != "place"},
    )


def _cuts(kind: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Cut]:
    named = [(row[_NAMES[kind]], row) for row in rows if row["slice"] == kind]
    orders = {"phase": _PHASES, "group": _GROUPS}
    if kind in orders:
        named.sort(key=lambda pair: orders[kind].index(pair[0]))
    else:
        named.sort(key=lambda pair: pair[0])
    for name, row in named:
        yield _cut(str(name), row)


def _cut(name: str, row: Mapping[str, Any]) -> Cut:
    return Cut(
        name=name,
        tasks=row["tasks"],
        wis=row["wis"],
        wis_ratio=row["relative_wis"],
        log_wis_ratio=row["relative_log_wis"],
        coverage_50=row["coverage_50"],
        coverage_95=row["coverage_95"],
        brier=row["brier"],
        made_after=row["made_after"] or 0,
        from_date=row["from_date"],
        to_date=row["to_date"],
        pit=tuple(row["pit"] or ()),
    )

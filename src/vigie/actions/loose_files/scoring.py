"""Scores of forecast files in the hubs' format, as the product scores its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from vigie.errors import BadData, NotFound
from vigie.paths import (
    PHASES,
    HubTasks,
    LeagueRow,
    hub_tasks,
    hub_truth,
    league,
    phases,
    with_truth,
)

__all__ = ["GROUPS", "Selection", "score_files"]

_Values = Callable[[HubTasks], np.ndarray]


def _phase(tasks: HubTasks) -> np.ndarray:
    """(task,): phase of the wave in the week forecast, from the truth of all places together."""
    weeks, at = np.unique(tasks.target_end_date, return_inverse=True)
    first = np.unique(np.stack([at, tasks.task_of()]), axis=1, return_index=True)[1]
    # A week's tasks of several rounds and horizons have the truth of the same places.
    total = np.bincount(at[first], tasks.truth[first], len(weeks))
    mean = total / np.bincount(at[first], minlength=len(weeks))
    grid = ((weeks - weeks[0]) / np.timedelta64(7, "D")).astype(np.int64)
    series = np.full(grid[-1] + 1, np.nan)
    series[grid] = mean
    return np.asarray(np.array(PHASES)[phases(series, 1)[grid]][at])


GROUPS: Mapping[str, _Values] = {
    "horizon": lambda tasks: tasks.horizon,
    "location": lambda tasks: tasks.location.astype(str),
    "reference_date": lambda tasks: tasks.reference_date,
    "phase": _phase,
}
"""What a league table can be made for apart, and its values."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which tasks and models are scored.

    Attributes:
        horizons: in weeks; empty: all.
        since, until: reference dates, both included; None: no limit.
        locations: all, states (all but US) or US.
        models: names, the baseline is always among them; empty: all.
        target: target of the rows; "": all rows are of one.
        only_of_baseline: leave out tasks that the baseline has not.
        least_share: leave out models with a smaller share of the tasks, 0..1.
    """

    horizons: tuple[int, ...] = (0, 1, 2, 3)
    since: date | None = None
    until: date | None = None
    locations: str = "all"
    models: tuple[str, ...] = ()
    target: str = ""
    only_of_baseline: bool = True
    least_share: float = 0.0


def score_files(
    files: Sequence[Path],
    truth: Path,
    *,
    baseline: str,
    selection: Selection,
    by: str = "",
) -> dict[str, list[LeagueRow]]:
    """League tables of the models in files of hubverse model-output.

    Args:
        files: Parquet or CSV; a file without model_id holds the model that its name says.
        truth: Parquet or CSV of hubverse target data, one version of the truth.
        baseline: the model that others are divided by.
        selection: which tasks and models.
        by: a key of ``GROUPS``, for one table a value of it; "": one table.

    Returns:
        Tables by value of ``by`` ("" for the only one), models best first.

    Raises:
        NotFound: a file is not there.
        BadData: a file is not in the format, or nothing is left to score.
    """
    tasks = []
    for file in files:
        try:
            found = hub_tasks(_read(file), model=file.stem, target=selection.target)
        except BadData as error:
            raise BadData(f"{file}: {error}") from error
        tasks.append(_selected(found, selection, baseline))
    try:
        told = hub_truth(_read(truth))
    except BadData as error:
        raise BadData(f"{truth}: {error}") from error
    scored = with_truth(tasks, told)
    if not len(scored.truth):
        raise BadData(
            "No forecast has a truth to be scored against. Look at the weeks of the two files, "
            "and at the horizons, dates and locations that were asked for."
        )
    if not by:
        return {"": _league(scored, baseline, selection)}
    values = GROUPS[by](scored)
    return {
        str(value): _league(scored.select(values == value), baseline, selection)
        for value in np.unique(values)
    }


def _league(scored: HubTasks, baseline: str, selection: Selection) -> list[LeagueRow]:
    return league(
        scored,
        baseline,
        only_of_baseline=selection.only_of_baseline,
        least_share=selection.least_share,
    )


def _selected(tasks: HubTasks, selection: Selection, baseline: str) -> HubTasks:
    kept = np.ones(len(tasks.horizon), dtype=bool)
    if selection.horizons:
        kept &= np.isin(tasks.horizon, selection.horizons)
    if selection.since is not None:
        kept &= tasks.reference_date >= np.datetime64(selection.since)
    if selection.until is not None:
        kept &= tasks.reference_date <= np.datetime64(selection.until)
    if selection.locations != "all":
        kept &= (tasks.location == "US") == (selection.locations == "US")
    if selection.models:
        wanted = {*selection.models, baseline}
        kept &= np.array([name in wanted for name in tasks.models])[tasks.model_of]
    return tasks.select(kept)


def _read(file: Path) -> pa.Table:
    """Rows of a Parquet file, or of a CSV with every cell as text."""
    if not file.is_file():
        raise NotFound(f"No file {file}. Write the path of a Parquet or CSV file.")
    try:
        if file.suffix == ".parquet":
            return pq.read_table(file)
        with file.open(encoding="utf-8-sig") as stream:
            names = [name.strip('"') for name in stream.readline().strip().split(",")]
        as_text = pcsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        return pcsv.read_csv(file, convert_options=as_text)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise BadData(
            f"{file} cannot be read: {error}. Expected Parquet, or CSV in UTF-8."
        ) from error

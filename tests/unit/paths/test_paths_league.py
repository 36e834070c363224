"""Forecasts in the hubs' format and league tables, against sums done by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from vigie.errors import BadData
from vigie.paths import QUANTILE_LEVELS, HubTasks, hub_tasks, hub_truth, league, with_truth

WEEK = "2024-01-06"
TRUTH = pa.table(
    {
        "location": ["01", "US"],
        "target_end_date": ["2024-01-13", "2024-01-13"],
        "value": [10.0, 100.0],
    }
)


def rows(model: str, middle: float, location: str = "01", horizon: int = 1) -> pa.Table:
    """A forecast that is the same at every level: its score is its distance from the truth."""
    count = len(QUANTILE_LEVELS)
    return pa.table(
        {
            "model_id": [model] * count,
            "reference_date": [WEEK] * count,
            "location": [location] * count,
            "horizon": [horizon] * count,
            "output_type": ["quantile"] * count,
            "output_type_id": QUANTILE_LEVELS,
            "value": [middle] * count,
        }
    )


def scored(*tables: pa.Table) -> HubTasks:
    found = hub_tasks(pa.concat_tables(tables), model="")
    return with_truth([found], hub_truth(TRUTH))


def test_ratios_are_of_sums_over_the_tasks_that_both_have() -> None:
    both = scored(
        rows("base", 14),
        rows("base", 108, "US"),
        rows("one", 12),
        rows("two", 11),
        rows("two", 104, "US"),
    )

    table = {row.model: row for row in league(both, "base")}

    assert table["base"].wis_ratio == table["base"].relative_wis == 1
    assert table["one"].wis_ratio == pytest.approx(2 / 4)
    assert table["two"].wis_ratio == pytest.approx((1 + 4) / (4 + 8))
    assert (table["one"].tasks, table["one"].share, table["two"].share) == (1, 0.5, 1)
    assert table["one"].mean_wis == pytest.approx(2)
    assert [row.model for row in league(both, "base", least_share=0.8)] == ["two", "base"]


def test_tasks_that_the_baseline_has_not_count_only_when_asked_for() -> None:
    both = scored(rows("base", 14), rows("one", 12), rows("one", 104, "US"))

    (one, *_) = league(both, "base")
    (every, *_) = league(both, "base", only_of_baseline=False)

    assert (one.tasks, one.mean_wis) == (1, pytest.approx(2))
    assert (every.tasks, every.mean_wis) == (2, pytest.approx(3))
    assert every.wis_ratio == pytest.approx(2 / 4)


def test_coverage_counts_the_ends_of_the_interval() -> None:
    exact = scored(rows("base", 10))
    (row,) = league(exact, "base")
    assert (row.coverage_50, row.coverage_95) == (1, 1)
    assert np.isnan(row.wis_ratio), "nothing can be divided by a perfect baseline"


def test_a_task_without_all_levels_or_without_truth_does_not_count() -> None:
    short = rows("one", 12).slice(1)
    late = rows("one", 12, horizon=3)
    other = scored(rows("base", 14), short, late)
    assert [row.model for row in league(other, "base")] == ["base"]


def test_other_names_of_columns_and_numbers_for_places_are_understood() -> None:
    other = rows("base", 14).drop_columns(["model_id", "output_type"])
    other = other.rename_columns(["reference_date", "location", "horizon", "quantile", "value"])
    other = other.set_column(1, "location", pa.array([1] * other.num_rows))
    truth = TRUTH.rename_columns(["location", "date", "observation"])
    told = with_truth([hub_tasks(other, model="mine")], hub_truth(truth))
    assert (told.models, told.location.tolist(), told.truth.tolist()) == (("mine",), ["01"], [10.0])


def test_cells_of_text_are_read_as_numbers_and_na_as_missing() -> None:
    texts = rows("base", 14)
    for name in ("output_type_id", "value", "horizon"):
        at = texts.column_names.index(name)
        texts = texts.set_column(at, name, pa.array([str(v) for v in texts[name].to_pylist()]))
    assert scored(texts).quantiles.shape == (1, 23)
    with pytest.raises(BadData, match="1 quantiles are negative, NaN or infinite"):
        at = texts.column_names.index("value")
        scored(texts.set_column(at, "value", pa.array(["NA", *["14"] * 22])))


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (rows("base", -1), "23 quantiles are negative"),
        (rows("base", float("nan")), "NaN"),
        (pa.concat_tables([rows("base", 1), rows("base", 1)]), "23 rows are there twice"),
        (rows("base", 1).drop_columns(["horizon"]), "No column horizon"),
    ],
)
def test_what_cannot_be_scored_is_said(table: pa.Table, what: str) -> None:
    with pytest.raises(BadData, match=what):
        scored(table)


def test_a_model_in_two_files_and_a_truth_told_twice_are_mistakes() -> None:
    found = hub_tasks(rows("base", 14), model="")
    with pytest.raises(BadData, match="one model for the same task"):
        with_truth([found, found], hub_truth(TRUTH))
    with pytest.raises(BadData, match="2 rows too many"):
        hub_truth(pa.concat_tables([TRUTH, TRUTH]))


def test_an_unknown_baseline_names_the_nearest() -> None:
    with pytest.raises(BadData, match='Nearest: "base"'):
        league(scored(rows("base", 14)), "bse")

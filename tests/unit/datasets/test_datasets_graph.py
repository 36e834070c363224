"""The graph of datasets: order, cycles, what is stale, where columns come from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.datasets import (
    Built,
    ColumnRef,
    Dataset,
    Edge,
    Graph,
    Language,
    Plan,
    build_graph,
    plan_rebuild,
    read_dataset,
    trace,
)
from vigie.errors import BadData, NotFound

MEASURES = ("beds_open", "staff_present", "icu_capacity")


def dataset(name: str, *inputs: str, measure: str | None = None, code: str = "") -> Dataset:
    file = f"datasets/{name}.sql"
    return Dataset(name, file, Language.SQL, "d", measure, tuple(sorted(inputs)), (), code or name)


def graph_of(*datasets: Dataset) -> Graph:
    graph, problems = build_graph(datasets, MEASURES)
    assert problems == []
    assert graph is not None
    return graph


def mistakes(*datasets: Dataset) -> list[str]:
    graph, problems = build_graph(datasets, MEASURES)
    assert graph is None
    return [str(each) for each in problems]


def test_a_dataset_comes_after_what_it_reads_also_through_a_measure() -> None:
    graph = graph_of(
        dataset("a_last", "icu_capacity"),
        dataset("capacity", "beds_open", "middle", measure="icu_capacity"),
        dataset("middle", "staff_present", "places"),
    )
    assert [each.name for each in graph.datasets] == ["middle", "capacity", "a_last"]
    assert graph.upstream("a_last") == ("capacity",)
    assert graph.sources("capacity") == ("beds_open",)
    assert graph.downstream(["staff_present"]) == {"middle", "capacity", "a_last"}


def test_an_unknown_input_is_told_with_the_nearest_names() -> None:
    (message,) = mistakes(dataset("a", "bed_open"))
    assert 'datasets/a.sql: unknown input "bed_open"' in message
    assert '"beds_open"' in message


def test_every_circle_is_named_once() -> None:
    messages = mistakes(
        dataset("a", "b"),
        dataset("b", "c"),
        dataset("c", "a"),
        dataset("d", "d"),
        dataset("e", "a"),
    )
    assert len(messages) == 2
    assert "a -> b -> c -> a" in messages[0]
    assert "d -> d" in messages[1]


def test_names_and_measures_are_used_once() -> None:
    messages = mistakes(
        dataset("places", "beds_open"),
        dataset("beds_open", "staff_present"),
        dataset("x", "beds_open", measure="icu_capacity"),
        dataset("y", "beds_open", measure="icu_capacity"),
        dataset("z", "beds_open", measure="icu_capacty"),
    )
    assert len(messages) == 4
    assert '"beds_open" is the name of a measure that this dataset does not make' in messages[0]
    assert '"places" is the name of a table of every room' in messages[1]
    assert '"icu_capacity" is also made by datasets/x.sql' in messages[2]
    assert 'unknown measure "icu_capacty"' in messages[3]


def plan(graph: Graph, sources: dict[str, str], built: dict[str, Built]) -> Plan:
    return plan_rebuild(
        graph,
        sources,
        built,
        engine_version="duckdb 2.0",
        measures=MEASURES,
        shortages={"icu beds": ["icu_capacity"], "staff": ["staff_present"]},
    )


def records(steps: Plan) -> dict[str, Built]:
    return {step.dataset: step.built for step in steps.steps}


def test_a_plan_says_why_and_which_figures_are_touched() -> None:
    capacity = dataset("capacity", "beds_open", "ratios", measure="icu_capacity")
    graph = graph_of(capacity, dataset("other", "staff_present"), dataset("end", "icu_capacity"))
    sources = {"beds_open": "1", "ratios": "1", "staff_present": "1"}
    first = plan(graph, sources, {})
    assert first.stale == ("capacity", "other", "end")
    assert {step.reasons for step in first.steps} == {("never built",)}
    built = records(first)
    assert plan(graph, sources, built).stale == ()
    changed = plan(graph, sources | {"ratios": "2"}, built)
    assert [(step.dataset, step.reasons) for step in changed.steps if step.is_stale] == [
        ("capacity", ('input "ratios" changed',)),
        ("end", ('input "icu_capacity" is built again',)),
    ]
    assert changed.measures == ("icu_capacity",)
    assert changed.shortages == ("icu beds",)
    recoded = graph_of(replace(capacity, code="new"), dataset("other", "staff_present"))
    after = plan(recoded, sources, built)
    assert after.steps[0].reasons == ("its code changed",)
    assert after.dropped == ("end",)


NAMES = [f"d{number}" for number in range(8)]
SOURCES = ["beds_open", "staff_present", "places", "ratios"]


@st.composite
def graphs(draw: st.DrawFn) -> list[Dataset]:
    datasets = []
    for position, name in enumerate(NAMES):
        inputs = draw(st.sets(st.sampled_from(NAMES[:position] + SOURCES), min_size=1, max_size=3))
        datasets.append(dataset(name, *inputs))
    return draw(st.permutations(datasets))


@settings(max_examples=60, deadline=None)
@given(
    graphs(),
    st.sets(st.sampled_from(NAMES), max_size=2),
    st.sets(st.sampled_from(SOURCES)),
)
def test_stale_is_exactly_what_changed_and_all_that_descends_from_it(
    datasets: list[Dataset], recoded: set[str], refilled: set[str]
) -> None:
    sources = dict.fromkeys(SOURCES, "1")
    built = records(plan(graph_of(*datasets), sources, {}))
    after = [replace(each, code="new") if each.name in recoded else each for each in datasets]
    result = plan(graph_of(*after), sources | dict.fromkeys(refilled, "2"), built)

    expected = set(recoded)
    for _ in NAMES:
        for each in datasets:
            if set(each.inputs) & (expected | refilled):
                expected.add(each.name)
    assert set(result.stale) == expected
    position = {step.dataset: number for number, step in enumerate(result.steps)}
    for each in datasets:
        assert all(position[name] < position[each.name] for name in each.inputs if name in position)


def sql(name: str, select: str, measure: str = "") -> Dataset:
    header = f'-- ---\n-- description = "d"\n{measure and f"-- measure = {measure!r}"}\n-- ---\n'
    made, problems = read_dataset(f"datasets/{name}.sql", header.replace("\n\n", "\n") + select)
    assert problems == []
    assert made is not None
    return made


def test_a_column_is_traced_end_to_end_through_sql_python_and_a_measure() -> None:
    regions = sql(
        "regions",
        """WITH open AS (SELECT * FROM beds_open)
        SELECT parent AS place, open.category, open.reference_date, sum(open.value) AS value,
               count(*) AS places
        FROM open JOIN places USING (place) GROUP BY ALL""",
        measure="icu_capacity",
    )
    python = replace(
        dataset("adjusted", "icu_capacity", "staff_present"),
        language=Language.PYTHON,
        lineage=(
            ("value", (ColumnRef("icu_capacity", "value"), ColumnRef("staff_present", "value"))),
        ),
    )
    last = sql("last", "SELECT a.value * 2 AS double FROM adjusted AS a")
    graph = graph_of(regions, python, last)
    result = trace(graph, "last", "double")
    assert result.origins == (
        ColumnRef("beds_open", "value"),
        ColumnRef("staff_present", "value"),
    )
    assert Edge(ColumnRef("icu_capacity", "value"), ColumnRef("beds_open", "value")) in result.edges
    assert trace(graph, "regions", "place").origins == (ColumnRef("places", "parent"),)
    assert trace(graph, "regions", "places").origins == ()


def test_unknown_columns_are_told_with_the_nearest() -> None:
    graph = graph_of(sql("a", "SELECT value FROM beds_open"))
    with pytest.raises(NotFound, match=r'no column "valeu".*"value"'):
        trace(graph, "a", "valeu")
    with pytest.raises(NotFound, match='no dataset "b"'):
        trace(graph, "b", "value")
    with pytest.raises(BadData, match=r"datasets/c\.sql: its columns cannot be traced"):
        trace(graph_of(sql("c", "SELECT valeu FROM beds_open")), "c", "valeu")

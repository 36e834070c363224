"""A room in a notebook: figures as of a day, forecasts and shortages of a release."""

import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas
import polars
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vigie
from tests.rooms import (
    FILES,
    FIRST_DAY,
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    PLACES,
    STRANGER,
    beds_file,
    occupied,
    open_at,
    send,
    send_correction,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.daily.notebook import Notebook
from vigie.actions.rooms.receiving import parse_arrivals, take_arrivals
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.room import Room
from vigie.errors import AccessRefused, BadData, NotFound


@pytest.fixture(scope="module")
def notebook(released_folder: Path) -> Notebook:
    return vigie.open(released_folder)  # type: ignore[no-any-return]


def test_reports_are_the_figures_that_stand_by_place_and_day(notebook: Notebook) -> None:
    reports = notebook.reports("beds_occupied").to_arrow()

    assert reports.column_names == [
        "measure",
        "place",
        "category",
        "reference_date",
        "known_at",
        "value",
        "reason",
        "feed",
    ]
    days = [FIRST_DAY + timedelta(days=number) for number in range(28)]
    assert list(zip(reports["place"].to_pylist(), reports["value"].to_pylist(), strict=True)) == [
        (place, occupied(place, day)) for place in PLACES for day in days
    ]


def test_answers_come_as_arrow_polars_or_pandas(notebook: Notebook) -> None:
    answer = notebook.shortages(kind="beds")

    arrow, frame, data = answer.to_arrow(), answer.to_polars(), answer.to_pandas()

    assert isinstance(frame, polars.DataFrame)
    assert isinstance(data, pandas.DataFrame)
    assert arrow.num_rows == len(frame) == len(data) == 4
    assert frame["place"].to_list() == data["place"].tolist() == ["A", "B", "C", "N"]
    assert frame["as_of"][0] == LAST_DAY


def test_a_forecast_is_narrowed_to_a_place_and_ends_at_the_horizon(notebook: Notebook) -> None:
    forecast = notebook.forecast("beds_occupied", place="A", category="icu").to_arrow()

    assert pc.unique(forecast["location"]).to_pylist() == ["A"]
    days = sorted(pc.unique(forecast["target_end_date"]).to_pylist())
    assert days == [LAST_DAY + timedelta(days=number) for number in range(1, 8)]
    assert notebook.forecast("beds_occupied", place="Nowhere").to_arrow().num_rows == 0


def test_a_forecast_is_of_the_published_model_unless_another_is_asked_for(
    notebook: Notebook,
) -> None:
    published = notebook.forecast("admissions", place="A").to_arrow()
    other = notebook.forecast("admissions", place="A", model="vigie-last-week").to_arrow()

    assert set(published["model_id"].to_pylist()) == {"vigie-flat"}
    assert set(other["model_id"].to_pylist()) == {"vigie-last-week"}
    assert set(other["is_published"].to_pylist()) == {False}
    assert published.num_rows == other.num_rows


def test_any_table_of_any_release_can_be_read(room: Room) -> None:
    first = release_in_force(room)
    send_correction(room, {("A", LAST_DAY): 20})
    run_cycle(room, OPERATOR)
    notebook = Notebook(room, OPERATOR)

    def last(release: str | None) -> float:
        facts = notebook.table("facts", release=release, measure="beds_occupied", place="A")
        return facts.to_arrow().sort_by("reference_date")["value"][-1].as_py()  # type: ignore

    assert (last(first), last(None)) == (11, 20)
    assert notebook.table("places").to_arrow().num_rows == 4


def test_unknown_names_are_told_with_the_nearest(notebook: Notebook) -> None:
    with pytest.raises(NotFound, match=r'No measure "bed_staffed". Nearest: "beds_staffed"'):
        notebook.reports("bed_staffed")
    with pytest.raises(NotFound, match=r'No feed "bed". Nearest: "beds"'):
        notebook.reports("beds_occupied", feed="bed")
    with pytest.raises(NotFound, match='No table "beds"'):
        notebook.table("beds")
    with pytest.raises(BadData, match='"31/01/2021" is not a day'):
        notebook.reports("beds_occupied", as_of="31/01/2021")


def test_reading_needs_a_purpose_that_is_admitted(released_folder: Path) -> None:
    notebook = Notebook(open_at(released_folder), STRANGER)

    for ask in (
        lambda: notebook.reports("beds_occupied"),
        lambda: notebook.forecast("beds_occupied"),
        notebook.shortages,
        lambda: notebook.table("facts"),
    ):
        with pytest.raises(AccessRefused):
            ask()


DOUBLE = """\
-- ---
-- description = "Twice the patients"
-- measure = "twice"
-- ---
SELECT place, category, reference_date, 2 * value AS value FROM beds_occupied
"""


def test_a_figure_that_a_dataset_makes_is_answered_from_the_release_of_the_day(
    tmp_path: Path,
) -> None:
    measures = FILES["reference/measures.csv"] + "twice,x,x,patients,level,sum,0,ward_kind,,,\n"
    files = {"reference/measures.csv": measures, "datasets/double.sql": DOUBLE}
    room = open_at(write_room(tmp_path / "room", files), NEXT_DAY)
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY))
    send_correction(room, {("A", LAST_DAY): 20})
    notebook = Notebook(room, OPERATOR)

    def of_a(as_of: date | str | None = None) -> float:
        rows = notebook.reports("twice", as_of=as_of).to_arrow().to_pylist()
        return next(row["value"] for row in rows if row["place"] == "A")  # type: ignore

    with pytest.raises(NotFound, match="made by dataset double, and no release is in force"):
        of_a()
    run_cycle(room, OPERATOR, as_of=LAST_DAY)
    run_cycle(room, OPERATOR)
    run_cycle(room, OPERATOR, as_of=LAST_DAY - timedelta(days=1), is_draft=True)

    assert of_a() == 40
    assert of_a(LAST_DAY) == 22
    assert of_a(str(NEXT_DAY)) == 40
    with pytest.raises(NotFound, match="vigie run --as-of 2021-01-30"):
        of_a(LAST_DAY - timedelta(days=1))


# As of a day, against the slow way: read every file again and keep the newest word on each fact.

Word = tuple[str, date, int | None]
"""What a file says of a place and a day."""

days = st.integers(0, 3).map(lambda number: FIRST_DAY + timedelta(days=number))
words = st.lists(
    st.tuples(st.sampled_from(("A", "B")), days, st.one_of(st.none(), st.integers(0, 5))),
    min_size=1,
    max_size=4,
    unique_by=lambda word: word[:2],
)
histories = st.lists(
    st.tuples(st.integers(0, 5), words), min_size=1, max_size=5, unique_by=lambda file: file[0]
)


def slowly(files: list[tuple[int, list[Word]]], day: date) -> dict[tuple[str, date], int | None]:
    """The figures as known on a day: files are told in order of the day they were made public."""
    known: dict[tuple[str, date], int | None] = {}
    for number, said in sorted(files, key=lambda file: file[0]):
        if FIRST_DAY + timedelta(days=number) <= day:
            for place, reference_date, value in said:
                known[(place, reference_date)] = value
    return known


@pytest.fixture(scope="module")
def rooms() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=histories, order=st.randoms(use_true_random=False))
def test_answers_as_of_a_day_equal_a_slow_recomputation(
    rooms: Path, files: list[tuple[int, list[Word]]], order: random.Random
) -> None:
    folder = Path(tempfile.mkdtemp(dir=rooms)) / "room"
    room = open_at(write_room(folder), FIRST_DAY + timedelta(days=10))
    sent = list(files)
    order.shuffle(sent)
    for turn, (number, said) in enumerate(sent):
        day = FIRST_DAY + timedelta(days=number)
        lines = [f"{place},{ref},{'' if v is None else v}" for place, ref, v in said]
        text = "\n".join(["hospital,day,admitted", *lines, ""])
        send(room, "admissions", f"admissions_{day}.csv", text)
        parse_arrivals(room)
        take_arrivals(room, f"run {turn}")
    notebook = Notebook(room, OPERATOR)

    for number in range(7):
        day = FIRST_DAY + timedelta(days=number)
        rows = notebook.reports("admissions", as_of=day).to_arrow().to_pylist()
        said_then = {(row["place"], row["reference_date"]): row["value"] for row in rows}
        assert said_then == slowly(files, day)

"""Sources: what is new is fetched once, and a source that fails says so and costs nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from vigie.errors import BadData, SourceUnavailable
from vigie.feeds import Feed, Fetched, Vocabulary, fetch, read_feed
from vigie.feeds.http_source import fetch_http

HEAD = '[feed]\nowner = "o"\nlegal_basis = "l"\npurpose = "p"\n'
REST = """
[columns]
place = "hospital"
reference_date = "date"
[[measures]]
measure = "admissions"
from = "adm"
unit = "patients"
"""

Run = Callable[..., list[Fetched]]


@pytest.fixture
def run(tmp_path: Path, words: Vocabulary) -> Run:
    inbox = tmp_path / "inbox"
    inbox.mkdir()

    def fetched(
        source: str,
        memory: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        client: httpx.Client | None = None,
    ) -> list[Fetched]:
        return list(
            fetch(
                feed_of(source, words),
                room=tmp_path,
                inbox=inbox,
                memory=memory or {},
                environment=environment or {},
                client=client,
            )
        )

    return fetched


def feed_of(source: str, words: Vocabulary) -> Feed:
    feed, problems = read_feed("feeds/adm.toml", HEAD + "[source]\n" + source + REST, words)
    assert feed is not None, [str(each) for each in problems]
    return feed


def test_uploads_have_nothing_to_fetch(run: Run) -> None:
    assert run('kind = "upload"\n') == []


def test_a_file_is_fetched_when_it_changed(run: Run, tmp_path: Path) -> None:
    source = 'kind = "file"\npath = "beds.csv"\n'
    with pytest.raises(SourceUnavailable, match=r"the file beds\.csv is not there"):
        run(source)
    path = tmp_path / "beds.csv"
    path.write_text("a")
    first = run(source)
    assert [each.name for each in first] == ["beds.csv"]
    assert run(source, first[0].memory) == []
    path.write_text("ab")
    assert len(run(source, first[0].memory)) == 1


def test_a_folder_gives_new_files_oldest_first_and_no_unfinished_ones(
    run: Run, tmp_path: Path
) -> None:
    source = 'kind = "folder"\npath = "drop"\npattern = "*.csv*"\n'
    with pytest.raises(SourceUnavailable, match="the folder drop is not there"):
        run(source)
    folder = tmp_path / "drop"
    folder.mkdir()
    for age, name in enumerate(["b.csv", "a.csv", ".c.csv", "d.csv.part", "e.txt"]):
        (folder / name).write_text(name)
        os.utime(folder / name, (age, age))
    found = run(source)
    assert [each.name for each in found] == ["b.csv", "a.csv"]
    assert [each.name for each in run(source, found[0].memory)] == ["a.csv"], "after a crash"
    assert run(source, found[1].memory) == []
    (folder / "b.csv").unlink()
    (folder / "f.csv").write_text("f")
    again = run(source, found[1].memory)
    assert [each.name for each in again] == ["f.csv"]
    assert set(again[0].memory) == {"a.csv", "f.csv"}, "memory does not grow without end"


HTTP = 'kind = "http"\nurl = "https://beds.example/files/beds%20today.csv"\n'


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def test_an_address_is_fetched_again_only_when_it_changed(run: Run) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.headers))
        if request.headers.get("if-none-match") == '"v1"':
            return httpx.Response(304)
        return httpx.Response(
            200,
            content=b"data",
            headers={"etag": '"v1"', "last-modified": "Mon, 01 Mar 2021 06:00:00 GMT"},
        )

    client = client_of(answer)
    (found,) = run(HTTP, client=client)
    assert (found.name, found.path.read_bytes(), found.is_ours) == ("beds today.csv", b"data", True)
    assert run(HTTP, found.memory, client=client) == []
    assert asked[1]["if-modified-since"] == "Mon, 01 Mar 2021 06:00:00 GMT"
    other = HTTP.replace("today", "now")
    assert len(run(other, found.memory, client=client)) == 1, "another address is not remembered"


def test_the_name_a_server_gives_is_taken_without_its_folders(run: Run) -> None:
    client = client_of(
        lambda request: httpx.Response(
            200,
            content=b"x",
            headers={"content-disposition": 'attachment; filename="../../etc/beds_2021.csv"'},
        )
    )
    assert run(HTTP, client=client)[0].name == "beds_2021.csv"


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_answer_is_an_unavailable_source(run: Run, status: int) -> None:
    client = client_of(lambda request: httpx.Response(status))
    with pytest.raises(SourceUnavailable, match=f"beds.example answers {status}"):
        run(HTTP, client=client)


def test_no_answer_is_an_unavailable_source(run: Run) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow")

    with pytest.raises(SourceUnavailable, match=r"no answer from beds\.example \(ConnectTimeout\)"):
        run(HTTP, client=client_of(answer))


def test_an_endless_answer_is_cut_off(tmp_path: Path, words: Vocabulary) -> None:
    client = client_of(lambda request: httpx.Response(200, content=b"x" * 3_000_000))
    with pytest.raises(SourceUnavailable, match="longer than 1 MiB"):
        fetch_http(feed_of(HTTP, words), tmp_path, {}, client, max_bytes=1 << 20)


SQL = 'kind = "sql"\nurl_env = "BEDS_DB"\nquery = "{}"\n'


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "beds.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE beds (id INTEGER, hospital TEXT, date TEXT, adm NUMERIC)")
        connection.executemany(
            "INSERT INTO beds VALUES (?, ?, ?, ?)",
            [
                (1, "north", "2021-03-01", 5),
                (2, "south", "2021-03-01", None),
                (10, "east", "2021-03-01", 2.5),
            ],
        )
    connection.close()
    return {"BEDS_DB": f"sqlite:///{path}"}


def test_a_query_reads_on_from_the_last_key(
    run: Run, database: dict[str, str], tmp_path: Path
) -> None:
    source = SQL.format("SELECT * FROM beds WHERE date >= '2021-01-01'") + 'key = "id"\n'
    (found,) = run(source, environment=database)
    assert found.name == "adm.parquet"
    table = pq.read_table(found.path)
    assert table["adm"].to_pylist() == [5.0, None, 2.5]
    assert run(source, found.memory, database) == []
    with sqlite3.connect(tmp_path / "beds.sqlite") as connection:
        connection.execute("INSERT INTO beds VALUES (11, 'north', '2021-03-02', 7)")
    connection.close()
    (more,) = run(source, found.memory, database)
    assert pq.read_table(more.path)["id"].to_pylist() == [11]


def test_a_colon_in_a_query_is_no_parameter(run: Run, database: dict[str, str]) -> None:
    source = SQL.format("SELECT *, '08:00' AS hour FROM beds")
    (found,) = run(source, environment=database)
    assert set(pq.read_table(found.path)["hour"].to_pylist()) == {"08:00"}


def test_a_query_result_is_taken_like_any_file(
    run: Run, database: dict[str, str], tmp_path: Path, words: Vocabulary
) -> None:
    from datetime import UTC, datetime

    from vigie.feeds import ArrivalStore

    source = SQL.format("SELECT hospital, date, adm FROM beds")
    (found,) = run(source, environment=database)
    feed = feed_of(source, words)
    store = ArrivalStore(tmp_path / "state")
    accepted = store.accept(
        feed,
        found.path,
        name=found.name,
        received_at=datetime(2021, 3, 10, tzinfo=UTC),
        secret=None,
    )
    parsed = store.parse(feed, accepted, words, timezone="Europe/Paris")
    assert (parsed.rows, parsed.rejected) == (3, 0)


def test_the_database_cannot_be_changed_and_its_address_is_never_shown(
    run: Run, database: dict[str, str]
) -> None:
    source = SQL.format("SELECT * FROM bed")
    with pytest.raises(SourceUnavailable) as refused:
        run(source, environment=database)
    assert database["BEDS_DB"] not in str(refused.value)
    assert refused.value.__cause__ is None
    with pytest.raises(SourceUnavailable, match="BEDS_DB is not set"):
        run(source)
    with pytest.raises(SourceUnavailable, match="the address in BEDS_DB is wrong"):
        run(source, environment={"BEDS_DB": "secret-without-scheme"})


def test_a_key_that_is_no_column_is_named_with_the_nearest(
    run: Run, database: dict[str, str]
) -> None:
    source = SQL.format("SELECT id AS number, adm FROM beds") + 'key = "numbr"\n'
    with pytest.raises((BadData, SourceUnavailable), match=r"numbr|query"):
        run(source, environment=database)

"""Datasets: built again only when their code or an input changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.dataset_tables import as_rows, dataset_table
from vigie.actions.rooms.reading import as_known_sql, facts_sql
from vigie.actions.rooms.room import Room
from vigie.datasets import Built, Dataset, Language, Plan, Step, plan_rebuild
from vigie.engines import run_python
from vigie.errors import BadData
from vigie.governance import Action, Caller
from vigie.lake import DataFile, as_of_sql
from vigie.quality import RULED_SQL
from vigie.schemas import DERIVED, FACTS, REFERENCE, REPORTS, Table, table
from vigie.state import DatasetRow

__all__ = ["BuiltDatasets", "PlanAnswer", "build_datasets", "show_plan"]

Files = Mapping[str, Sequence[DataFile]]


@dataclass(frozen=True, slots=True)
class BuiltDatasets:
    """Datasets of a run.

    Attributes:
        derived: files of the figures that datasets make.
        tables: the other datasets: their table, made from their columns, and its files.
    """

    derived: tuple[DataFile, ...]
    tables: Mapping[str, tuple[Table, tuple[DataFile, ...]]]


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """What a run would build again, and why."""

    waiting: Mapping[str, int]
    plan: Plan

    def lines(self) -> list[str]:
        """The same for people."""
        lines = [f"{feed}: {count} arrivals to take in" for feed, count in self.waiting.items()]
        for step in self.plan.steps:
            why = "; ".join(step.reasons) if step.is_stale else "up to date"
            lines.append(f"{step.dataset}: {why}")
        lines += [f"{name}: declared no more, its figures go" for name in self.plan.dropped]
        touched = [*self.plan.measures, *self.plan.shortages]
        lines.append(f"Published figures touched: {', '.join(touched) or 'none by datasets'}")
        return lines


def show_plan(room: Room, caller: Caller, as_of: date | None) -> PlanAnswer:
    """What the next run would build again; nothing is changed."""
    admit(room, caller, Action.READ, "plan of the run")
    day = as_of or room.today()
    tables: dict[str, Sequence[DataFile]] = {of.name: room.lake.files(of) for of in FACTS}
    with room.state.read() as tx:
        rows = [row for row in tx.arrivals() if row.status not in {"taken"}]
    waiting: dict[str, int] = {}
    for row in rows:
        waiting[row.feed] = waiting.get(row.feed, 0) + 1
    return PlanAnswer(waiting, _plan(room, day, tables))


def build_datasets(room: Room, run: str, day: date, tables: Files) -> BuiltDatasets:
    """Bring what datasets make up to date.

    Args:
        room: the room.
        run: key of the run.
        day: as_of.
        tables: files of the facts.

    Raises:
        BadData: a dataset failed, or its rows are not what it declares; names it and its file.
    """
    plan = _plan(room, day, tables)
    for name in plan.dropped:
        _forget(room, name, run)
    for step in plan.steps:
        if step.is_stale:
            room.progress(f"Building dataset {step.dataset}: {step.reasons[0]}")
            _build(room, run, day, tables, step)
    return _as_built(room)


def _as_built(room: Room) -> BuiltDatasets:
    found: dict[str, tuple[Table, tuple[DataFile, ...]]] = {}
    with room.state.read() as tx:
        rows = tx.datasets()
    for dataset in room.declarations.datasets.datasets:
        row = rows.get(dataset.name)
        if dataset.measure is None and row is not None:
            kept = json.loads(row.files)
            fields = [field for field in kept["fields"] if field[0] in kept["current"]]
            of = dataset_table(dataset.name, fields)
            found[dataset.name] = (of, room.lake.files(of))
    return BuiltDatasets(room.lake.files(DERIVED), found)


def _plan(room: Room, day: date, tables: Files) -> Plan:
    with room.state.read() as tx:
        kept = tx.datasets()
    built = {name: _built(row) for name, row in kept.items()}
    shortages = {
        f"shortage of {rule.kind}": tuple(rule.measures.values()) for rule in room.values.shortages
    }
    return plan_rebuild(
        room.declarations.datasets,
        _sources(room, day, tables),
        built,
        engine_version=room.engine.version,
        measures=room.measures(),
        shortages=shortages,
    )


def _built(row: DatasetRow) -> Built:
    kept = json.loads(row.inputs)
    return Built(
        kept["dataset"],
        kept["code_sha256"],
        kept["engine_version"],
        tuple((name, value) for name, value in kept["inputs"]),
    )


def _sources(room: Room, day: date, tables: Files) -> dict[str, str]:
    """Fingerprint of each relation that no dataset makes."""
    until = room.end_of(day)
    found = {"as_of": day.isoformat()}
    by_measure: dict[str, list[DataFile]] = {}
    for file in tables[REPORTS.name]:
        by_measure.setdefault(file.partition or "", []).append(file)
    for measure, files in by_measure.items():
        found[measure] = _facts_print(room, REPORTS, files, until)
    everything = "".join(found[name] for name in sorted(by_measure))
    found["facts"] = found["ruled"] = hashlib.sha256(everything.encode()).hexdigest()
    for of in FACTS:
        if of.name != REPORTS.name:
            found[of.name] = _facts_print(room, of, tables[of.name], until)
    for of in REFERENCE:
        sink = pa.BufferOutputStream()
        reference = room.reference(of.name)
        with pa.ipc.new_stream(sink, reference.schema) as writer:
            writer.write_table(reference)
        found[of.name] = hashlib.sha256(sink.getvalue()).hexdigest()
    return found


def _facts_print(room: Room, of: Table, files: Sequence[DataFile], until: datetime) -> str:
    """Hash of the files, and of the instant when some of their revisions are later than it."""
    paths = sorted(file.path for file in files)
    newest = None
    if files:
        relation = room.lake.relation(of, files)
        newest = room.engine.query(f"SELECT max(known_at) AS newest FROM {relation}")
        newest = newest["newest"][0].as_py()
    cut = until.isoformat() if newest is not None and newest > until else "all"
    return hashlib.sha256("\n".join([*paths, cut]).encode()).hexdigest()


def _build(room: Room, run: str, day: date, tables: Files, step: Step) -> None:
    dataset = room.declarations.datasets[step.dataset]
    inputs = {name: _input_sql(room, day, tables, dataset, name) for name in dataset.inputs}
    rows = _run(room, dataset, inputs)
    fields: list[list[object]] = []
    current: list[object] = []
    if dataset.measure is not None:
        checked = as_rows(dataset, rows, run)
        files = room.lake.write(DERIVED, checked, run, partition=dataset.name)
    else:
        with room.state.read() as tx:
            kept = tx.datasets().get(dataset.name)
        before = json.loads(kept.files)["fields"] if kept is not None else []
        of = dataset_table(dataset.name, before, rows.schema)
        files = room.lake.write(of, rows.select(list(of.names)).cast(of.arrow_schema()), run)
        current = [column.field_id for column in of.columns]
        # Columns of before keep their ids for themselves: files of old releases hold them.
        fields = [field for field in before if field[0] not in current]
        fields += [[c.field_id, c.name, str(c.type)] for c in of.columns]
    made = {
        "dataset": step.built.dataset,
        "code_sha256": step.built.code_sha256,
        "engine_version": step.built.engine_version,
        "inputs": [list(pair) for pair in step.built.inputs],
    }
    told = {"fields": fields, "current": current, "paths": [file.path for file in files]}
    row = DatasetRow(
        dataset.name, step.built.fingerprint, json.dumps(made), room.now(), run, json.dumps(told)
    )
    with room.state.write("a built dataset") as tx:
        tx.put_dataset(row)


def _forget(room: Room, name: str, run: str) -> None:
    room.lake.write(DERIVED, DERIVED.arrow_schema().empty_table(), run, partition=name)
    with room.state.write("a dropped dataset") as tx:
        tx.drop_dataset(name)


def _run(room: Room, dataset: Dataset, inputs: Mapping[str, str]) -> pa.Table:
    reference = {of.name: room.reference(of.name) for of in REFERENCE}
    try:
        if dataset.language == Language.PYTHON:
            given = {name: room.engine.query(sql, reference) for name, sql in inputs.items()}
            return run_python(room.folder / dataset.file, given, room.home / "scratch")
        named = [f'"{name}" AS ({sql})' for name, sql in inputs.items()]
        head = f"WITH {', '.join(named)} " if named else ""
        return room.engine.query(f"{head}SELECT * FROM ({dataset.code})", reference)
    except BadData as error:
        raise BadData(f"Dataset {dataset.name} ({dataset.file}): {error}") from error
    except room.engine.Error as error:
        raise BadData(
            f"Dataset {dataset.name} ({dataset.file}) cannot be built: {room.engine.said(error)}. "
            "Mend the query."
        ) from error


def _input_sql(room: Room, day: date, tables: Files, dataset: Dataset, name: str) -> str:
    """SQL of one relation that a dataset reads, within its window."""
    graph = room.declarations.datasets
    if name in {of.name for of in REFERENCE}:
        return f'SELECT * FROM "{name}"'
    maker = graph.maker(name)
    if maker is not None and graph[maker].measure is None:
        of, files = _as_built(room).tables[maker]
        return f"SELECT * FROM {room.lake.relation(of, files)}"
    until = room.end_of(day)
    if name == "as_of":
        return f"SELECT DATE '{day}' AS as_of"
    if name in {of.name for of in FACTS if of.name != REPORTS.name}:
        of = table(name)
        relation = room.lake.relation(of, tables[name])
        return f"SELECT * FROM ({as_of_sql(of, relation, until)}) WHERE reason IS NULL"
    since = "true"
    if dataset.window_days is not None:
        since = f"reference_date > DATE '{day - timedelta(days=dataset.window_days)}'"
    if name in {"facts", "ruled"}:
        known = as_known_sql(room, tables[REPORTS.name], (), until, since)
        if name == "facts":
            return known
        return f"WITH facts AS ({known}) SELECT * FROM ({RULED_SQL})"
    measure = graph[maker].measure if maker is not None else name
    files = tuple(f for f in tables[REPORTS.name] if f.partition == measure)
    made = tuple(f for f in room.lake.files(DERIVED) if maker is not None and f.partition == maker)
    known = as_known_sql(room, files, made, until, f"measure = '{measure}' AND {since}")
    return f"SELECT * EXCLUDE (measure) FROM ({facts_sql(known)})"

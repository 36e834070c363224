"""The daily cycle: the only runner. Safe to run twice, to kill at any instant, to run again.

Nothing that a run writes is visible before its last transaction, which holds the release, its
publication, the end of the run and the audit record together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from vigie.actions.daily.alert_words import NamedDanger, named_dangers
from vigie.actions.daily.checking import Judgement, judge
from vigie.actions.daily.computing import Computed, compute
from vigie.actions.daily.shortage_alerts import tell_shortages
from vigie.actions.decisions.plan_outcomes import asked_of_plans
from vigie.actions.pages.charting import draw_charts
from vigie.actions.rooms.alerting import Alert, post_alert
from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.collecting import collect_files
from vigie.actions.rooms.feed_status import feeds_status
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.readying import compiled_beside
from vigie.actions.rooms.rebuilding import BuiltDatasets, build_datasets
from vigie.actions.rooms.receiving import (
    Taken,
    fetch_sources,
    parse_arrivals,
    parsed_file,
    take_arrivals,
)
from vigie.actions.rooms.room import Room
from vigie.actions.scores.drift_alert import post_drift_alerts
from vigie.actions.scores.standings import Standing
from vigie.governance import Action, Caller, Decision
from vigie.lake import DataFile, Manifest
from vigie.schemas import (
    ALL_TABLES,
    CHECK_RESULTS,
    CONFLICTS,
    COVERAGE,
    DERIVED,
    FACTS,
    FEEDS_STATUS,
    REFERENCE,
    REJECTS,
    Table,
)
from vigie.state import ArrivalStatus, ReleaseRow, RunRow, RunStatus

__all__ = ["CycleResult", "run_cycle"]


@dataclass(frozen=True, slots=True)
class CycleResult:
    """How a run ended.

    Attributes:
        run: its key.
        release: id of the release it made, or of the one it found made already.
        status: released, draft or blocked.
        is_new: False when the same run had been made before.
        message: for people: what was done, or why it was blocked.
        taken: what each feed brought.
        problems: sources that did not answer.
    """

    run: str
    release: str | None
    status: RunStatus
    is_new: bool
    message: str
    taken: tuple[Taken, ...] = ()
    problems: tuple[str, ...] = ()


def run_cycle(
    room: Room, caller: Caller, *, as_of: date | None = None, is_draft: bool = False
) -> CycleResult:
    """Take what arrived, compute, check, and publish a release (or leave a draft).

    Args:
        room: the room.
        caller: who runs it.
        as_of: day whose knowledge is used; None: today in the room's zone.
        is_draft: end as a draft that somebody must publish.

    Raises:
        Conflict: another process is writing to this room.
        OutOfSpace: the disk is full; the release before stays in force.
        AccessRefused: the caller may not run it.
    """
    decision = admit(room, caller, Action.RUN, room.values.name)
    day = as_of or room.today()
    with room.writing():
        room.progress("Asking the sources for what is new")
        problems = fetch_sources(room, decision)
        with compiled_beside(room) as until_compiled:
            result = _run(room, decision, day, problems, until_compiled, is_draft=is_draft)
    return replace(result, problems=tuple(problems))


def _run(
    room: Room,
    decision: Decision,
    day: date,
    problems: Sequence[str],
    until_compiled: Callable[[], object],
    *,
    is_draft: bool,
) -> CycleResult:
    """The run, when its sources have been asked; models begin when they are compiled."""
    room.progress("Parsing what arrived")
    parse_arrivals(room)
    run = _run_key(room, day)
    done = _made_before(room, run, is_draft=is_draft)
    if done is not None:
        return done
    started = RunRow(run, day, room.now(), RunStatus.STARTED)
    with room.state.write("the start of a run") as tx:
        tx.put_run(started)
    taken = take_arrivals(room, run)
    made = _make(room, run, day, problems, until_compiled)
    result = _finish(room, decision, started, made, is_draft=is_draft)
    collect_files(room)
    return replace(result, taken=tuple(taken))


def _run_key(room: Room, day: date) -> str:
    """Same code, declarations, arrivals (also stopped ones: they are told), what people decided
    that plans keep to, and day: same run.
    """
    known = (ArrivalStatus.PARSED, ArrivalStatus.TAKEN, ArrivalStatus.STOPPED)
    with room.state.read() as tx:
        arrivals = tx.arrivals(status=known)
    parts = [room.code_version, room.declarations.sha256, day.isoformat()]
    parts += sorted(f"{row.arrival}:{row.declaration_sha256}" for row in arrivals)
    decided = asked_of_plans(room, day)
    parts += [repr(each) for each in (*decided.bans, *decided.kept)]
    return f"{day:%Y%m%d}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:12]}"


def _made_before(room: Room, run: str, *, is_draft: bool) -> CycleResult | None:
    with room.state.read() as tx:
        row = tx.run(run)
        publications = tx.publications()
    if row is None or row.status in {RunStatus.STARTED, RunStatus.FAILED}:
        return None
    status = RunStatus(row.status)
    if status == RunStatus.BLOCKED:
        return CycleResult(run, row.release, status, False, row.message)
    if status == RunStatus.DRAFT and row.release in {each.release for each in publications}:
        status = RunStatus.RELEASED
    if status == RunStatus.DRAFT and not is_draft:
        return None
    message = "Nothing new has arrived since this run was made; nothing was changed."
    in_force = publications[0].release if publications else None
    if status == RunStatus.RELEASED and row.release != in_force:
        # Somebody went back on purpose; a run that finds nothing new does not undo that.
        message += (
            f" Release {in_force} is in force, not {row.release} of this run; to change that: "
            f"vigie release publish {row.release}"
        )
    return CycleResult(run, row.release, status, False, message)


@dataclass(frozen=True, slots=True)
class _Made:
    manifest: Manifest
    judgement: Judgement
    standings: Sequence[Standing] = ()
    dangers: Sequence[NamedDanger] = ()


def _make(
    room: Room, run: str, day: date, problems: Sequence[str], until_compiled: Callable[[], object]
) -> _Made:
    """Compute and write everything of a run; nothing of it is visible yet."""
    tables: dict[str, tuple[DataFile, ...]] = {}
    room.progress("Keeping the reference tables")
    for of in REFERENCE:
        tables[of.name] = room.lake.write(of, room.reference(of.name), run)
    for of in FACTS:
        tables[of.name] = room.lake.files(of)
    tables[REJECTS.name] = _write_rejects(room, run)
    status = feeds_status(room, run, day, problems)
    tables[FEEDS_STATUS.name] = _write(room, FEEDS_STATUS, status, run)
    room.progress("Building the datasets")
    built = build_datasets(room, run, day, tables)
    tables[DERIVED.name] = built.derived
    tables |= {of.name: files for of, files in built.tables.values()}
    room.progress("Checking, reconciling, adding up")
    judgement = judge(room, run, day, tables, status, built)
    tables[CONFLICTS.name] = _write(room, CONFLICTS, judgement.conflicts, run)
    tables[COVERAGE.name] = _write(room, COVERAGE, judgement.coverage, run)
    tables[CHECK_RESULTS.name] = _write(room, CHECK_RESULTS, judgement.results, run)
    computed = Computed({}, {}, {})
    if not judgement.is_blocked:
        until_compiled()
        computed = compute(room, run, day, judgement.facts, tables)
    tables |= computed.tables
    manifest = _manifest(room, run, day, tables, computed, judgement, built)
    if judgement.is_blocked:
        return _Made(manifest, judgement)
    room.progress("Drawing the charts")
    reader = ReleaseReader(room, manifest, manifest.made_at)
    charts = tuple(draw_charts(room, reader))
    dangers = named_dangers(room, reader)
    return _Made(replace(manifest, charts=charts), judgement, computed.standings, dangers)


def _write(room: Room, of: Table, rows: pa.Table, run: str) -> tuple[DataFile, ...]:
    return room.lake.write(of, rows, run, partition=run)


def _write_rejects(room: Room, run: str) -> tuple[DataFile, ...]:
    """Rows that were not taken, of the newest arrivals that had any."""
    with room.state.read() as tx:
        rows = [row for row in tx.arrivals() if row.rejected]
    parsed = [parsed_file(room, row) for row in rows[-500:]]
    paths = [str(each.rejects_path) for each in parsed if each.rejects_path is not None]
    if not paths:
        return room.lake.write(REJECTS, REJECTS.arrow_schema().empty_table(), run)
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    order = ", ".join(REJECTS.order)
    sql = f"SELECT {', '.join(_quoted(REJECTS))} FROM read_parquet([{listed}]) ORDER BY {order}"
    return room.lake.write(REJECTS, room.engine.batches(sql), run)


def _quoted(of: Table) -> list[str]:
    return [f'"{name}"' for name in of.names]


def _manifest(
    room: Room,
    run: str,
    day: date,
    tables: Mapping[str, tuple[DataFile, ...]],
    computed: Computed,
    judgement: Judgement,
    built: BuiltDatasets,
) -> Manifest:
    named = {**ALL_TABLES, **{of.name: of for of, _ in built.tables.values()}}
    notes = {
        "checks": json.dumps(judgement.summary, sort_keys=True),
        "blocked": " ".join(judgement.reasons),
        **computed.notes,
    }
    return Manifest(
        run=run,
        as_of=day,
        known_until=room.end_of(day),
        made_at=room.now(),
        code_version=room.code_version,
        folder_sha256=room.declarations.sha256,
        models=computed.models,
        tables=tuple(
            room.lake.table_files(named[name], files) for name, files in sorted(tables.items())
        ),
        charts=(),
        notes=notes,
    )


def _finish(
    room: Room, decision: Decision, started: RunRow, made: _Made, *, is_draft: bool
) -> CycleResult:
    """Make the run visible: one transaction."""
    manifest, judgement = made.manifest, made.judgement
    status = RunStatus.DRAFT if is_draft else RunStatus.RELEASED
    message = f"Release {manifest.release} is in force."
    if is_draft:
        message = (
            f"Draft {manifest.release} is made. Compare it with: vigie release diff "
            f"{manifest.release}; publish it with: vigie release publish {manifest.release}"
        )
    if judgement.is_blocked:
        status = RunStatus.BLOCKED
        message = "The release is blocked: " + " ".join(judgement.reasons)
    now = room.now()
    with room.state.write("a release") as tx:
        tx.add_release(
            ReleaseRow(
                manifest.release,
                manifest.run,
                manifest.as_of,
                manifest.made_at,
                status != RunStatus.RELEASED,
                manifest.to_json(),
            )
        )
        if status == RunStatus.RELEASED:
            tx.publish(manifest.release, actor=decision.caller.name, reason="daily cycle", now=now)
            post_drift_alerts(room, tx, manifest.as_of, made.standings)
            tell_shortages(room, tx, manifest.release, manifest.as_of, made.dangers)
        if status == RunStatus.BLOCKED:
            post_alert(tx, f"blocked-{manifest.run}", Alert(message), now=now)
        tx.put_run(
            replace(started, status=status, ended_at=now, release=manifest.release, message=message)
        )
        record(
            tx,
            decision,
            run=manifest.run,
            release=manifest.release,
            status=status.value,
            manifest=manifest.sha256,
        )
    return CycleResult(manifest.run, manifest.release, status, True, message)

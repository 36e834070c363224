"""The one place that wires things: settings, stores, engine, clock, and the command line.

Heavy parts are imported when a command needs them, so that ``vigie --help`` stays quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vigie import __version__
from vigie.errors import BadData, FolderInvalid, Problem, nearest

if TYPE_CHECKING:
    from fastapi import FastAPI

    from vigie.actions.daily.notebook import Notebook
    from vigie.actions.rooms.room import Declarations, ModelRule, Room, RoomValues
    from vigie.governance import Caller
    from vigie.settings import Settings

__all__ = ["local_operator", "main", "open_notebook", "open_room", "pages_of"]


def clock() -> datetime:
    """The present, in UTC: the only clock of the product."""
    return datetime.now(UTC)  # noqa: TID251


def main() -> None:
    """Entry point of the command ``vigie``."""
    from vigie.cli import run

    sys.exit(run(sys.argv[1:], open_room, local_operator, clock, pages_of))


def local_operator(purpose: str = "crisis-management") -> Caller:
    """The caller who is signed in on this machine."""
    from vigie.governance import Caller

    return Caller("local operator", purpose, is_local_operator=True)


def pages_of(room: Room, caller: Caller, token: str) -> FastAPI:
    """The web application of a room, as a caller may see it.

    Args:
        room: the room.
        caller: who is signed in.
        token: opens a session; at least 16 characters.
    """
    from vigie.actions.decisions.decision_desk import DecisionDesk
    from vigie.actions.pages.alert_desk import AlertDesk
    from vigie.actions.pages.pages import RoomPages
    from vigie.web import create_app

    accent = room.values.pages.accent
    return create_app(
        RoomPages(room, caller),
        token=token,
        now=room.now,
        accent=accent,
        desk=DecisionDesk(room, caller),
        alerts=AlertDesk(room, caller),
    )


def open_notebook(folder: str | Path) -> Notebook:
    """A room opened for reading in a notebook: ``vigie.open(folder)``.

    Raises:
        FolderInvalid: the folder has mistakes; all are listed.
    """
    from vigie.actions.daily.notebook import Notebook

    return Notebook(open_room(Path(folder)), local_operator("analysis"))


def open_room(
    folder: Path,
    *,
    now: Callable[[], datetime] = clock,
    durable: Callable[[str], None] = lambda step: None,
    progress: Callable[[str], None] = lambda line: None,
    environment: Mapping[str, str] = os.environ,
) -> Room:
    """Open a crisis room: read its folder, check it, wire its stores.

    Args:
        folder: the crisis-room folder.
        now: the clock.
        durable: watcher of durable steps, for tests that kill the process.
        progress: called with a line for people on long work.
        environment: environment variables.

    Raises:
        FolderInvalid: the folder has mistakes; all are listed together.
        Conflict: a newer Vigie wrote the state of this room.
    """
    from vigie.actions.declared.scenario_files import unknown_epidemics
    from vigie.actions.rooms.compiled_loops import keep_loops
    from vigie.actions.rooms.folder import read_declarations
    from vigie.actions.rooms.room import Room
    from vigie.engines import DuckEngine
    from vigie.feeds import ArrivalStore, declared_measures
    from vigie.lake import Lake
    from vigie.settings import parse_settings
    from vigie.state import State

    folder = folder.resolve()
    text, undecoded = _settings_text(folder)
    declarations, problems = read_declarations(folder)
    settings, more = parse_settings(text, environment, measures=declared_measures(folder))
    problems = [*(undecoded or more), *problems]
    if settings is not None and settings.epidemics and not problems:
        problems = _epidemic_problems(settings, declarations)
    if settings is not None and not problems:
        problems = _model_problems(settings, declarations)
    if settings is not None and declarations.scenarios and not problems:
        epidemics = {(each.measure, each.category) for each in settings.epidemics}
        problems = unknown_epidemics(declarations.scenarios, epidemics)
    if settings is None or problems:
        raise FolderInvalid(problems)
    home = folder / ".vigie"
    home.mkdir(mode=0o700, exist_ok=True)
    if settings.epidemics:
        keep_loops(home)
    engine = DuckEngine(
        threads=settings.engine.threads or os.cpu_count() or 1,
        memory_limit=settings.engine.memory_limit,
        scratch=home / "scratch",
    )
    state = State(home / "state.db", durable)
    state.migrate()
    return Room(
        folder=folder,
        values=_values(settings),
        declarations=declarations,
        engine=engine,
        lake=Lake(home / "lake", engine, durable),
        state=state,
        arrivals=ArrivalStore(home, durable=durable),
        now=now,
        environment=environment,
        code_version=__version__,
        durable=durable,
        progress=progress,
    )


def _epidemic_problems(settings: Settings, declarations: Declarations) -> list[Problem]:
    """Epidemics whose measure is no daily flow that adds up over places."""
    from vigie.schemas import MEASURES

    rows = {row["measure"]: row for row in declarations.reference[MEASURES.name].to_pylist()}
    flows = [
        name
        for name, row in rows.items()
        if (row["kind"], row["step"], row["over_places"]) == ("flow", "day", "sum")
    ]
    return [
        Problem(
            "vigie.toml",
            None,
            f'[[epidemics]] number {number} measure is "{each.measure}", not a flow by day that '
            "adds up over places",
            f"Name daily admissions; nearest: {nearest(each.measure, flows) or 'none'}",
        )
        for number, each in enumerate(settings.epidemics, start=1)
        if each.measure not in flows
    ]


def _model_problems(settings: Settings, declarations: Declarations) -> list[Problem]:
    """Models whose files are read with a list of codes that is not there."""
    lists = declarations.words.codes
    return [
        Problem(
            "vigie.toml",
            None,
            f'[[models]] number {number} codes is "{each.codes}", not a list of reference/codes',
            f"Nearest: {nearest(each.codes, lists) or 'none'}",
        )
        for number, each in enumerate(settings.models, start=1)
        if each.codes and each.codes not in lists
    ]


def _settings_text(folder: Path) -> tuple[str, list[Problem]]:
    from vigie.declarations import as_text

    path = folder / "vigie.toml"
    if not path.is_file():
        raise BadData(
            f"{folder} is no crisis room: it has no vigie.toml. Make one with: vigie init {folder}"
        )
    return as_text(path.name, path.read_bytes())


def _values(settings: Settings) -> RoomValues:
    """Settings as the plain values that actions take."""
    from vigie.actions.rooms.room import (
        AlertRules,
        EpidemicRule,
        FlowRule,
        ModelRule,
        OrderRules,
        PageRules,
        PlanValues,
        RoomValues,
        ShortageRule,
        TileRule,
    )
    from vigie.settings import SHORTAGE_KINDS

    kinds = {rule: kind.value for kind, rule in SHORTAGE_KINDS.items()}
    room = settings.room
    rules = []
    for rule in settings.shortages:
        values = asdict(rule)
        mode, lack = str(values.pop("mode", "normal")), str(values.pop("of", ""))
        ahead = str(values.pop("ahead", "follows"))
        orders = str(values.pop("orders", "usual"))
        told = {
            each.name: values.pop(each.name) for each in fields(FlowRule) if each.name in values
        }
        measures = {role: str(value) for role, value in values.items()}
        rules.append(
            ShortageRule(kinds[type(rule)], measures, mode, lack, ahead, orders, FlowRule(**told))
        )
    return RoomValues(
        name=room.name,
        timezone=room.timezone.key,
        languages=tuple(each.value for each in room.languages),
        seed=room.seed,
        sample_count=room.sample_count,
        horizon_days=room.horizon_days,
        deadline=room.deadline,
        shortages=tuple(rules),
        tiles=tuple(TileRule(t.kind, t.measure, t.category) for t in settings.briefing.tiles),
        models=(*(ModelRule(**asdict(each)) for each in settings.models), *_installed_models()),
        epidemics=tuple(EpidemicRule(**asdict(each)) for each in settings.epidemics),
        alerts=AlertRules(**asdict(settings.alerts)),
        orders=OrderRules(**asdict(settings.orders)),
        plan=PlanValues(**asdict(settings.plan)),
        pages=PageRules(settings.web.address, settings.web.port, settings.web.accent),
    )


def _installed_models() -> list[ModelRule]:
    """Models of installed packages, by their entry points, in order of their names."""
    from importlib.metadata import entry_points

    from vigie.actions.rooms.room import ModelRule
    from vigie.engines import ENTRY_POINTS

    found = {
        each.name: each.dist.version if each.dist else ""
        for each in entry_points(group=ENTRY_POINTS)
    }
    return [
        ModelRule(name, entry_point=name, version=version)
        for name, version in sorted(found.items())
    ]

"""Commands that make and run a room: each parses, calls one action, prints."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from vigie.cli.context import Context
from vigie.cli.forecasting import (
    forecast_hub,
    forecast_occupancy,
    forecast_series,
    forecast_shares,
    score,
)
from vigie.cli.operating import backup, doctor, rebuild, restore, serve, tick
from vigie.cli.planning import plan
from vigie.cli.reading import export, release
from vigie.cli.showing import show

__all__ = [
    "Context",
    "backup",
    "check",
    "demo",
    "doctor",
    "export",
    "forecast_hub",
    "forecast_occupancy",
    "forecast_series",
    "forecast_shares",
    "init",
    "plan",
    "rebuild",
    "receive",
    "release",
    "restore",
    "run",
    "score",
    "serve",
    "show",
    "tick",
]


def init(context: Context, arguments: argparse.Namespace) -> int:
    """vigie init FOLDER."""
    from vigie.actions.rooms.folder import init_room

    made = init_room(arguments.folder)
    context.give(
        {"folder": arguments.folder, "files": made},
        [
            f"Made the crisis room {arguments.folder}:",
            *(f"  {each}" for each in made if each.name != ".gitkeep"),
            "Next: fill reference/*.csv, declare a feed in feeds/NAME.toml, then: vigie check",
        ],
    )
    return 0


def check(context: Context, arguments: argparse.Namespace) -> int:
    """vigie check [FOLDER]."""
    folder: Path = arguments.folder or context.folder
    room = context.open_room(folder)
    declared = room.declarations
    counts = {
        "feeds": len(declared.feeds),
        "measures": declared.reference["measures"].num_rows,
        "places": declared.reference["places"].num_rows,
        "checks": len(declared.checks),
        "datasets": len(declared.datasets.datasets),
        "scenarios": len(declared.scenarios),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    context.give(counts, [f"{folder}: no mistake found ({told})."])
    return 0


def receive(context: Context, arguments: argparse.Namespace) -> int:
    """vigie receive FILE --feed F."""
    from vigie.actions.rooms.receiving import receive as act

    received = act(context.room(), context.caller(), arguments.file, arguments.feed)
    told = "is kept as" if received.is_new else "had been received before as"
    context.give(
        received,
        [
            f"{received.name} ({received.size} bytes) {told} arrival {received.arrival}. "
            "It is taken in by the next: vigie run"
        ],
    )
    return 0


def run(context: Context, arguments: argparse.Namespace) -> int:
    """vigie run [--as-of D] [--draft] [--plan]."""
    room, caller = context.room(), context.caller()
    if arguments.plan:
        from vigie.actions.rooms.rebuilding import show_plan

        plan = show_plan(room, caller, arguments.as_of)
        context.give(plan, plan.lines())
        return 0
    from vigie.actions.daily.cycle import run_cycle

    result = run_cycle(room, caller, as_of=arguments.as_of, is_draft=arguments.draft)
    lines = [f"Source {problem}" for problem in result.problems]
    lines += [
        f"{t.feed}: {t.arrivals} files, {t.rows} rows, {t.rejected} rejected, "
        f"{t.revisions} new revisions" + (", history re-played" if t.is_replayed else "")
        for t in result.taken
    ]
    context.give(result, [*lines, result.message])
    return 11 if result.status.value == "blocked" else 0


def demo(context: Context, arguments: argparse.Namespace) -> int:
    """vigie demo FOLDER [--serve]."""
    from vigie.actions.daily.cycle import run_cycle
    from vigie.actions.daily.demo import write_demo_room
    from vigie.actions.pages.briefing_text import render_text
    from vigie.actions.pages.showing import show_briefing

    folder: Path = arguments.folder
    if not (folder / "vigie.toml").exists():
        context.progress("Inventing a region and the files its hospitals would send")
        write_demo_room(
            folder,
            seed=arguments.seed,
            hospital_count=arguments.hospitals,
            days=arguments.days,
            end_date=context.today() - timedelta(days=1),
        )
    room, caller = context.open_room(folder, progress=context.progress), context.caller()
    result = run_cycle(room, caller)
    briefing = show_briefing(room, caller, room.values.languages[0])
    lines = [render_text(briefing), result.message]
    context.give(result, lines)
    if arguments.serve:
        return serve(replace(context, folder=folder), arguments)
    return 0

"""Commands that read: show, release, export."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from vigie.cli.context import Context
from vigie.errors import BadData

if TYPE_CHECKING:
    from vigie.actions.score_board import Cut

__all__ = ["export", "release", "show"]

_SHORTAGE_COLUMNS = (
    "kind",
    "place",
    "category",
    "probability_7",
    "probability_14",
    "probability",
    "if_short_q50",
    "expected_unmet",
    "unmet_unit",
    "binds",
    "act_by",
)
_MOVE_COLUMNS = (
    "move",
    "kind",
    "category",
    "from_place",
    "to_place",
    "quantity",
    "unit",
    "depart_date",
    "receiver_before",
    "receiver_after",
    "sender_before",
    "sender_after",
    "state",
)
_SCORE_COLUMNS = (
    "measure",
    "model",
    "state",
    "tasks",
    "made after",
    "WIS ratio",
    "log-WIS ratio",
    "50 %",
    "95 %",
    "from",
    "to",
    "8-week ratio",
    "since",
)
_SCORE_NOTHING = (0, 0, None, None, None, None, None, None)
_SCORE_NOTE = (
    "Outcomes of the last 8 weeks. Ratios: sum of scores divided by the baseline's, below 1 is "
    "better. Made after: forecasts made again for a past day, from what was known then."
)
_REPRODUCTION_COLUMNS = (
    "measure",
    "category",
    "place",
    "date",
    "r_q50",
    "r_q05",
    "r_q95",
    "probability_growing",
    "growth_rate_q50",
    "doubling_days",
    "probability_peak_passed",
    "quality",
)
_NOWCAST_COLUMNS = (
    "measure",
    "category",
    "place",
    "date",
    "reported",
    "q50",
    "q05",
    "q95",
    "share_reported",
)
_NOWCAST_SCORES = (
    "measure",
    "category",
    "age_days",
    "tasks",
    "log_wis",
    "log_wis_reported",
    "coverage_50",
    "coverage_90",
    "from_date",
    "to_date",
)
_FEED_COLUMNS = (
    "feed",
    "state",
    "last_known_at",
    "last_reference_date",
    "rows",
    "rejected",
    "message",
)


def show(context: Context, arguments: argparse.Namespace) -> int:
    """vigie show briefing|shortages|plan|feeds|scores|reproduction|nowcasts|scenarios."""
    if arguments.what == "scenarios":
        from vigie.cli.scenarios import show_scenarios

        return show_scenarios(context, arguments)
    if arguments.what == "briefing":
        return _briefing(context, arguments)
    if arguments.what == "scores":
        return _scores(context, arguments)
    if arguments.what == "reproduction":
        return _reproduction(context, arguments)
    if arguments.what == "nowcasts":
        return _nowcasts(context, arguments)
    from vigie.actions.showing import show_table

    tables = {
        "shortages": ("shortages", _SHORTAGE_COLUMNS),
        "plan": ("plan_moves", _MOVE_COLUMNS),
        "feeds": ("feeds_status", _FEED_COLUMNS),
    }
    name, columns = tables[arguments.what]
    wanted = {"kind": arguments.kind, "place": arguments.place}
    equals = {k: v for k, v in wanted.items() if v and arguments.what == "shortages"}
    rows = show_table(
        context.room(), context.caller(), name, arguments.release, **equals
    ).to_pylist()
    shown = rows[: arguments.limit]
    lines = context.table(columns, [[row[name] for name in columns] for row in shown])
    if not rows:
        lines = [f"No {arguments.what} in this release."]
    if len(rows) > len(shown):
        lines.append(f"... {len(rows) - len(shown)} more; see --limit or --json.")
    context.give(rows, lines)
    return 0


def _briefing(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.briefing_text import render_text
    from vigie.actions.showing import show_briefing

    room = context.room()
    language = arguments.language or room.values.languages[0]
    briefing = show_briefing(room, context.caller(), language, arguments.release)
    context.give(briefing, render_text(briefing).splitlines())
    return 0


def _scores(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.showing import show_scores

    board = show_scores(context.room(), context.caller(), arguments.release)
    rows = [
        (
            measure.measure,
            model.model,
            model.state,
            *(_SCORE_NOTHING if model.whole is None else _score_cells(model.whole)),
            _three(model.ratio),
            model.since,
        )
        for measure in board
        for model in measure.models
    ]
    lines = [*context.table(_SCORE_COLUMNS, rows), _SCORE_NOTE]
    lines += [
        f"{measure.measure}, {model.model}: {model.message}"
        for measure in board
        for model in measure.models
        if model.message
    ]
    if not board:
        lines = ["No forecast is scored in this release."]
    lines += _nowcast_scores(context, arguments)
    context.give(board, lines)
    return 0


def _nowcast_scores(context: Context, arguments: argparse.Namespace) -> list[str]:
    """A table of how good past nowcasts were; no line where none is scored."""
    from vigie.actions.showing import show_table

    rows = show_table(
        context.room(), context.caller(), "nowcast_scores", arguments.release
    ).to_pylist()
    if not rows:
        return []
    cells = [
        [_two(v) if isinstance(v, float) else v for v in (row[name] for name in _NOWCAST_SCORES)]
        for row in rows
    ]
    return [
        "",
        "Nowcasts, by days from the day to the last:",
        *context.table(_NOWCAST_SCORES, cells),
    ]


def _reproduction(context: Context, arguments: argparse.Namespace) -> int:
    """The last day of each place; every day kept with --json."""
    from vigie.actions.showing import show_table

    equals = {"place": arguments.place} if arguments.place else {}
    rows = show_table(
        context.room(), context.caller(), "reproduction", arguments.release, **equals
    ).to_pylist()
    newest = [row for row in rows if row["growth_rate_q50"] is not None]
    shown = newest[: arguments.limit]
    values = [[row[name] for name in _REPRODUCTION_COLUMNS] for row in shown]
    cells = [[_two(v) if isinstance(v, float) else v for v in row] for row in values]
    lines = context.table(_REPRODUCTION_COLUMNS, cells)
    if not rows:
        lines = [
            "No reproduction number in this release. It takes an [[epidemics]] in vigie.toml and "
            "a week of daily admissions."
        ]
    if len(newest) > len(shown):
        lines.append(f"... {len(newest) - len(shown)} more; see --limit or --json.")
    context.give(rows, lines)
    return 0


def _nowcasts(context: Context, arguments: argparse.Namespace) -> int:
    """The last day of each place; every day kept, and what was known when, with --json."""
    from vigie.actions.showing import show_table

    equals = {"place": arguments.place} if arguments.place else {}
    rows = show_table(
        context.room(), context.caller(), "nowcasts", arguments.release, **equals
    ).to_pylist()
    newest = list({(row["measure"], row["category"], row["place"]): row for row in rows}.values())
    shown = newest[: arguments.limit]
    values = [[row[name] for name in _NOWCAST_COLUMNS] for row in shown]
    cells = [[_two(v) if isinstance(v, float) and v < 1 else v for v in row] for row in values]
    lines = context.table(_NOWCAST_COLUMNS, cells)
    if not rows:
        lines = [
            "No nowcast in this release. It takes an [[epidemics]] in vigie.toml and reports that "
            "grew from run to run; vigie release show tells what is missing."
        ]
    if len(newest) > len(shown):
        lines.append(f"... {len(newest) - len(shown)} more; see --limit or --json.")
    context.give(rows, lines)
    return 0


def _two(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"


def _score_cells(cut: Cut) -> tuple[object, ...]:
    ratios = (_three(cut.wis_ratio), _three(cut.log_wis_ratio))
    coverage = (f"{cut.coverage_50:.2f}", f"{cut.coverage_95:.2f}")
    return (cut.tasks, cut.made_after, *ratios, *coverage, cut.from_date, cut.to_date)


def _three(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def release(context: Context, arguments: argparse.Namespace) -> int:
    """vigie release list|show|diff|publish."""
    acts: dict[str, Callable[[Context, Sequence[str], str], int]] = {
        "list": _list,
        "show": _show,
        "diff": _diff,
        "publish": _publish,
    }
    return acts[arguments.what](context, arguments.releases, arguments.reason)


def _list(context: Context, names: Sequence[str], reason: str) -> int:
    from vigie.actions.releasing import list_releases

    lines = list_releases(context.room(), context.caller())
    header = ("release", "as of", "made at (UTC)", "state")
    rows = [(each.release, each.as_of, each.made_at, each.state) for each in lines]
    context.give(lines, context.table(header, rows) if rows else ["No release yet: vigie run"])
    return 0


def _show(context: Context, names: Sequence[str], reason: str) -> int:
    import json

    from vigie.actions.releasing import show_release

    manifest = show_release(context.room(), context.caller(), names[0] if names else None)
    header = ("table", "files", "rows", "bytes")
    rows = [
        (t.name, len(t.files), sum(f.rows for f in t.files), sum(f.bytes for f in t.files))
        for t in manifest.tables
    ]
    context.give(
        json.loads(manifest.to_json()),
        [
            f"Release {manifest.release}, as of {manifest.as_of}, run {manifest.run}",
            f"SHA-256 of its manifest: {manifest.sha256}",
            f"Made {manifest.made_at:%Y-%m-%d %H:%M} UTC by Vigie {manifest.code_version}",
            *(f"  {k}: {v}" for k, v in {**manifest.models, **manifest.notes}.items() if v),
            *context.table(header, rows),
        ],
    )
    return 0


def _diff(context: Context, names: Sequence[str], reason: str) -> int:
    from vigie.actions.releasing import diff_releases

    if len(names) not in {1, 2}:
        raise BadData(
            "Name one release to compare with the one in force, or two: "
            "vigie release diff [BEFORE] AFTER"
        )
    before = names[0] if len(names) == 2 else None
    changes = diff_releases(context.room(), context.caller(), before, names[-1])
    header = ("table", "rows before", "rows after", "added", "removed", "changed")
    rows = [(c.table, c.rows_before, c.rows_after, c.added, c.removed, c.changed) for c in changes]
    examples = [f"  {c.table}: {line}" for c in changes for line in c.examples]
    context.give(changes, [*context.table(header, rows), *examples])
    return 0


def _publish(context: Context, names: Sequence[str], reason: str) -> int:
    from vigie.actions.releasing import publish_release

    if len(names) != 1:
        raise BadData("Name the release to publish: vigie release publish RELEASE --reason WHY")
    published = publish_release(context.room(), context.caller(), names[0], reason)
    context.give({"release": published}, [f"Release {published} is in force."])
    return 0


def export(context: Context, arguments: argparse.Namespace) -> int:
    """vigie export schema."""
    from vigie.schemas import ALL_TABLES

    value = {
        of.name: {
            "role": of.role,
            "meaning": of.meaning,
            "key": of.key,
            "columns": [
                {
                    "field_id": each.field_id,
                    "name": each.name,
                    "type": str(each.type),
                    "unit": each.unit,
                    "required": each.is_required,
                    "meaning": each.meaning,
                }
                for each in of.columns
            ],
        }
        for of in ALL_TABLES.values()
    }
    lines = []
    for of in ALL_TABLES.values():
        lines += ["", f"{of.name} ({of.role}): {of.meaning}"]
        lines += [
            f"  {each.name} ({each.type}{', ' + each.unit if each.unit else ''}): {each.meaning}"
            for each in of.columns
        ]
    context.give(value, lines[1:])
    return 0

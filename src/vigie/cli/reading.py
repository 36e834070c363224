"""Commands that read: release, export."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from vigie.cli.context import Context
from vigie.errors import BadData

__all__ = ["export", "release"]


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
    from vigie.actions.rooms.releasing import list_releases

    lines = list_releases(context.room(), context.caller())
    header = ("release", "as of", "made at (UTC)", "state")
    rows = [(each.release, each.as_of, each.made_at, each.state) for each in lines]
    context.give(lines, context.table(header, rows) if rows else ["No release yet: vigie run"])
    return 0


def _show(context: Context, names: Sequence[str], reason: str) -> int:
    import json

    from vigie.actions.rooms.releasing import show_release

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
    from vigie.actions.rooms.releasing import diff_releases

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
    from vigie.actions.rooms.releasing import publish_release

    if len(names) != 1:
        raise BadData("Name the release to publish: vigie release publish RELEASE --reason WHY")
    published = publish_release(context.room(), context.caller(), names[0], reason)
    context.give({"release": published}, [f"Release {published} is in force."])
    return 0


def export(context: Context, arguments: argparse.Namespace) -> int:
    """vigie export schema|orders."""
    if arguments.what == "orders":
        return _export_orders(context, arguments)
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


def _export_orders(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.purchases import PURCHASE_COLUMNS, purchase_rows
    from vigie.actions.views.spreadsheets import to_csv

    room, caller = context.room(), context.caller()
    rows = purchase_rows(room, caller, arguments.release, language=arguments.language)
    text = to_csv(PURCHASE_COLUMNS, rows)
    if arguments.out is None:
        context.give(rows, text.splitlines())
        return 0
    arguments.out.write_text(text, encoding="utf-8")
    context.give(
        {"file": arguments.out, "rows": len(rows)}, [f"{arguments.out}: {len(rows)} rows."]
    )
    return 0

"""``vigie alerts``: who was told of what, and who took note."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from vigie.cli.context import Context

if TYPE_CHECKING:
    from vigie.actions.rooms.alert_book import AlertLine

__all__ = ["add_alert_commands", "answer_alert", "list_alerts"]


def add_alert_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    add: Callable[..., argparse.ArgumentParser],
) -> None:
    """Declare the commands.

    Args:
        commands: of the program.
        add: adds one command, as ``vigie.cli.parser`` does with all.
    """
    about = "Alerts of shortages: see them, answer them."
    alerts = commands.add_parser(
        "alerts",
        help=about,
        description=f"{about} Both parts answer for programs with --json.",
        epilog="example:\n  vigie alerts list",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    of = alerts.add_subparsers(title="what", metavar="WHAT", required=True)
    about, example = "Open alerts, the gravest first.", "vigie alerts list --all"
    listed = add(of, "list", list_alerts, about, example)
    listed.add_argument("--all", action="store_true", help="also those that have ended")
    about = "Say that you have taken note of an alert; it is passed on no further."
    example = 'vigie alerts answer 12 --role "Duty bed manager" --text "Beds are being opened"'
    answer = add(of, "answer", answer_alert, about, example)
    answer.add_argument("number", type=int, help="of the alert")
    answer.add_argument("--as", dest="account", default="", metavar="ACCOUNT", help="who answers")
    answer.add_argument("--role", default="", help="role in which you answer")
    answer.add_argument("--text", default="", help="what you say")


def list_alerts(context: Context, arguments: argparse.Namespace) -> int:
    """vigie alerts list [--all]."""
    from vigie.actions.rooms.alert_book import list_alerts as act

    rows = act(context.room(), context.caller(), is_open=not arguments.all)
    lines = [line for row in rows for line in _lines(row)]
    context.give(rows, lines or ["No alert is open."])
    return 0


def answer_alert(context: Context, arguments: argparse.Namespace) -> int:
    """vigie alerts answer NUMBER [--as ACCOUNT] [--role ROLE] [--text TEXT]."""
    from vigie.actions.rooms.alert_book import answer_alert as act

    row = act(
        context.room(),
        context.caller(),
        arguments.number,
        account=arguments.account,
        role=arguments.role,
        answer=arguments.text,
    )
    context.give(row, [f"Alert {row.number} is answered by {row.answered_by}."])
    return 0


def _lines(row: AlertLine) -> list[str]:
    if row.closed_at is not None:
        state = f"ended {row.closed_at:%Y-%m-%d %H:%M} UTC"
    elif row.answered_at is not None:
        said = f": {row.answer}" if row.answer else ""
        state = f"answered by {row.answered_by}, {row.answered_at:%Y-%m-%d %H:%M} UTC{said}"
    else:
        state = (
            f"no answer yet; roles told: {row.roles_told}, last {row.told_at:%Y-%m-%d %H:%M} UTC"
        )
        if row.next_role is not None:
            state += f"; goes to {row.next_role.key} at {row.next_role_at:%Y-%m-%d %H:%M} UTC"
    return [f"{row.number:>5}  {row.text}", f"       {state}"]

"""Arguments of ``vigie plan``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

__all__ = ["add_plan"]

_PARTS = {
    "list": ("Moves of the plan, where each stands, and whose turn it is.", "--place north"),
    "accept": (
        "Accept moves for the sending or the receiving site.",
        "3f2a9c1b07 --place north --as duty-north",
    ),
    "refuse": (
        "Refuse moves, with a reason; the way is not proposed again for a while.",
        "3f2a9c1b07 --place north --as duty-north --reason 'stock is recounted'",
    ),
    "edit": (
        "Change quantity or day of a move; it must be accepted again.",
        "3f2a9c1b07 --quantity 200 --as logistics",
    ),
    "add": (
        "Add a move that the plan does not have.",
        "products ffp2_mask_small north south --quantity 500 --day 2020-11-12 --as logistics",
    ),
    "approve": (
        "Approve accepted moves as a second person, and write their orders.",
        "3f2a9c1b07 --as head-of-supply",
    ),
    "send": (
        "Send waiting orders to the webhook; with codes, note that they left by hand.",
        "3f2a9c1b07 --as head-of-supply",
    ),
    "arrived": (
        "Say how much of a move really came.",
        "3f2a9c1b07 --quantity 480 --place south --as store-south",
    ),
    "cancel": (
        "Cancel moves, with a reason.",
        "3f2a9c1b07 --as logistics --reason 'delivery came'",
    ),
    "record": (
        "Keep any other decision, or what came of one.",
        "'Opened 6 beds' --place north --as director --before 0.6 --after 0.2",
    ),
    "decisions": ("Who decided what, on which release, with what result.", "--limit 10"),
    "outcomes": ("Planned against realised.", "--json"),
    "export": ("Orders, decisions or outcomes as CSV.", "orders --out orders.csv"),
}
"""Help and example of each part, by its name."""

_WITH_CODES = ("accept", "refuse", "edit", "approve", "send", "arrived", "cancel")


def add_plan(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    add: Callable[..., argparse.ArgumentParser],
    command: Callable[..., int],
    day: Callable[[str], date],
) -> None:
    """Add ``vigie plan`` and its parts.

    Args:
        commands: of the whole command line.
        add: adds a command with its help and example.
        command: what runs.
        day: reads a day.
    """
    about = "Decide on the moves of the plan; send them; note what came."
    plan = commands.add_parser(
        "plan",
        help=about,
        description=f"{about} Every part answers for programs with --json.",
        epilog="example:\n  vigie plan list --place north",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    of = plan.add_subparsers(title="what", metavar="WHAT", required=True)
    for name, (help, example) in _PARTS.items():
        part = add(of, name, command, help, f"vigie plan {name} {example}")
        part.set_defaults(what=name)
        _add_options(name, part, day)


def _add_options(name: str, parser: argparse.ArgumentParser, day: Callable[[str], date]) -> None:
    if name in _WITH_CODES:
        count = "*" if name == "send" else "+"
        parser.add_argument(
            "codes", nargs=count, metavar="CODE", help="of moves, or their beginnings"
        )
    if name == "add":
        parser.add_argument("kind", choices=["products", "equipment", "staff", "patients"])
        parser.add_argument("category", help="key of the product, equipment, skill or ward kind")
        parser.add_argument("sender", metavar="FROM")
        parser.add_argument("receiver", metavar="TO")
    if name == "record":
        parser.add_argument("text", help="what was decided; no name of a person")
        parser.add_argument("--before", type=float, metavar="P", help="P(short) without it, 0 to 1")
        parser.add_argument("--after", type=float, metavar="P", help="P(short) with it, 0 to 1")
        parser.add_argument("--unit", default="", help="of --quantity")
        parser.add_argument("--of", type=int, metavar="NUMBER", help="this is what came of NUMBER")
    if name in ("edit", "add", "arrived", "record"):
        needed = name in ("add", "arrived")
        parser.add_argument("--quantity", type=float, metavar="UNITS", required=needed)
    if name in ("edit", "add", "arrived"):
        parser.add_argument(
            "--day", type=day, metavar="DATE", required=name == "add", help="of leaving or arrival"
        )
    if name == "refuse":
        parser.add_argument(
            "--until", type=day, metavar="DATE", help="not proposed up to (default: 7 days)"
        )
    if name in (*_WITH_CODES, "add", "record"):
        _add_who(parser, needs_reason=name in ("refuse", "cancel"))
    if name in ("list", "decisions", "outcomes"):
        parser.add_argument("--limit", type=int, default=40)
    if name == "list":
        parser.add_argument("--release", help="plan of another release than the one in force")
        parser.add_argument("--place", help="only moves from or to this site")
        parser.add_argument("--all", action="store_true", help="also closed moves of earlier plans")
    if name == "export":
        parser.add_argument("table", choices=["orders", "decisions", "outcomes"])
        parser.add_argument("--out", type=Path, metavar="FILE", default=None)


def _add_who(parser: argparse.ArgumentParser, *, needs_reason: bool) -> None:
    parser.add_argument(
        "--as",
        dest="account",
        default="",
        metavar="ACCOUNT",
        help="who decides",
    )
    parser.add_argument("--role", default="", help="in which role (default: duty role of the site)")
    parser.add_argument("--place", default="", help="site they speak for (default: the network)")
    parser.add_argument("--reason", default="", required=needs_reason, help="why")
    parser.add_argument("--key", default="", help="the same key twice is one decision")

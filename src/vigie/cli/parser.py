"""The commands, their arguments and their help."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from vigie import __version__
from vigie.cli import commands as c
from vigie.cli.alerts import add_alert_commands
from vigie.cli.operating_options import add_operating
from vigie.cli.plan_options import add_plan
from vigie.cli.share_options import add_share_options
from vigie.cli.values import whole_numbers

__all__ = ["build_parser"]

_EPILOG = """\
example, from nothing to a published release:
  vigie init my-room && cd my-room
  vigie check
  vigie receive ../beds.csv --feed beds
  vigie run
  vigie show briefing
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="vigie",
        description="The open hospital-crisis data platform: what runs short, where and when.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vigie {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _folders(commands)
    _daily(commands)
    _reading(commands)
    add_plan(commands, _add, c.plan, _day)
    _forecasting(commands)
    add_alert_commands(commands, _add)
    add_operating(commands, _add)
    return parser


Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Callable[[c.Context, argparse.Namespace], int],
    help: str,
    example: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=help,
        description=help,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--room",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the crisis-room folder (default: this one)",
    )
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(command=command)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text}" is no day; write YYYY-MM-DD') from error


def _folders(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = _add(commands, "init", c.init, "Make a crisis-room folder.", "vigie init my-room")
    init.add_argument("folder", type=Path)
    check = _add(
        commands,
        "check",
        c.check,
        "Find every mistake of a crisis-room folder.",
        "vigie check my-room",
    )
    check.add_argument("folder", type=Path, nargs="?")
    demo = _add(
        commands,
        "demo",
        c.demo,
        "Invent a region, run its day, show its pages.",
        "vigie demo demo-room --no-serve",
    )
    demo.add_argument("folder", type=Path)
    demo.add_argument(
        "--serve",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="serve the pages afterwards",
    )
    demo.add_argument("--port", type=int, default=None)
    demo.add_argument("--hospitals", type=int, default=100)
    demo.add_argument("--days", type=int, default=730)
    demo.add_argument("--seed", type=int, default=20200301)


def _daily(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    receive = _add(
        commands,
        "receive",
        c.receive,
        "Take a file into the arrival store.",
        "vigie receive beds.csv --feed beds",
    )
    receive.add_argument("file", type=Path)
    receive.add_argument("--feed", required=True)
    run = _add(
        commands,
        "run",
        c.run,
        "Run the daily cycle and publish a release.",
        "vigie run --as-of 2020-11-08",
    )
    run.add_argument(
        "--as-of",
        type=_day,
        metavar="DATE",
        help="use only what was known on this day (default: today)",
    )
    run.add_argument(
        "--draft", action="store_true", help="make a draft to compare before it is published"
    )
    run.add_argument(
        "--plan", action="store_true", help="only say what would be built again, and why"
    )
    tick = _add(
        commands,
        "tick",
        c.tick,
        "Do what is due now; for cron or any scheduler.",
        "vigie tick --run-at 06:30",
    )
    tick.add_argument(
        "--run-at", metavar="HH:MM", default="06:30", help="room time of the daily run"
    )
    tick.add_argument(
        "--every", type=float, metavar="SECONDS", default=None, help="go on, once in this time"
    )
    tick.add_argument("--with-parent", type=int, default=None, help=argparse.SUPPRESS)
    serve = _add(
        commands, "serve", c.serve, "Serve the pages on this machine.", "vigie serve --run-at 06:30"
    )
    serve.add_argument("--port", type=int, default=None)
    serve.add_argument("--address", default=None, help="only loopback addresses are served")
    serve.add_argument(
        "--run-at", metavar="HH:MM", default=None, help="also run the daily cycle at this room time"
    )


def _reading(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = _add(
        commands,
        "show",
        c.show,
        "Print the briefing or a list: shortages, orders to place, plan, feeds, scores, signals, "
        "reproduction numbers, nowcasts, scenarios.",
        "vigie show briefing",
    )
    show.add_argument(
        "what",
        choices=[
            "briefing",
            "shortages",
            "orders",
            "plan",
            "feeds",
            "scores",
            "signals",
            "reproduction",
            "nowcasts",
            "scenarios",
        ],
    )
    show.add_argument("--release", help="another release than the one in force")
    show.add_argument("--language", choices=["en", "fr"], default=None)
    show.add_argument("--kind", choices=["beds", "staff", "equipment", "products"])
    show.add_argument("--place")
    show.add_argument("--name", help="of a scenario: its file in scenarios/ without .toml")
    show.add_argument("--limit", type=int, default=40)
    release = _add(
        commands,
        "release",
        c.release,
        "List, show, compare or publish releases.",
        "vigie release diff 2020-11-08-0123456789ab",
    )
    release.add_argument("what", choices=["list", "show", "diff", "publish"])
    release.add_argument("releases", nargs="*", metavar="RELEASE")
    release.add_argument("--reason", default="", help="why it is published; kept in the log")
    export = _add(
        commands,
        "export",
        c.export,
        "Print the named tables and their columns, or orders to place within a week as CSV.",
        "vigie export orders --out orders.csv",
    )
    export.add_argument("what", choices=["schema", "orders"])
    export.add_argument("--release", help="another release than the one in force")
    export.add_argument("--language", choices=["en", "fr"], default="en", help="of names")
    export.add_argument("--out", type=Path, metavar="FILE", help="orders: write them there")


def _forecasting(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    forecast = commands.add_parser(
        "forecast",
        help="Forecast the rounds of a hub, or the series of a file.",
        description="Forecast the rounds of a hub, or the series of a file; "
        "both answer for programs with --json.",
        epilog="example:\n  vigie forecast series --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    of = forecast.add_subparsers(title="what", metavar="WHAT", required=True)
    _forecast_hub(of)
    _forecast_series(of)
    _forecast_occupancy(of)
    about = "Forecast a share in every place, as of units short of staff, with its onset."
    example = (
        "vigie forecast shares --data states.parquet --target short_staff --of n_units "
        "--origins origins.csv --out forecasts.parquet"
    )
    add_share_options(_add(of, "shares", c.forecast_shares, about, example))
    score = _add(
        commands,
        "score",
        c.score,
        "Score forecasts in the hubs' format against what happened.",
        "vigie score forecasts.parquet --truth truth.parquet --baseline FluSight-baseline",
    )
    score.add_argument("forecasts", type=Path, nargs="+", metavar="FILE")
    score.add_argument("--truth", type=Path, required=True, metavar="FILE")
    score.add_argument("--baseline", required=True, metavar="MODEL")
    score.add_argument("--horizons", type=int, nargs="+", default=[0, 1, 2, 3], metavar="WEEKS")
    score.add_argument("--since", type=_day, metavar="DATE", help="first reference date")
    score.add_argument("--until", type=_day, metavar="DATE", help="last reference date")
    score.add_argument("--locations", choices=["all", "states", "US"], default="all")
    score.add_argument("--models", nargs="+", default=[], metavar="MODEL")
    score.add_argument("--target", default="", help="rows of other targets are left out")
    score.add_argument(
        "--all-tasks", action="store_true", help="also tasks that the baseline has not"
    )
    score.add_argument(
        "--least-share",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="leave out models with a smaller share of the tasks, 0..1",
    )
    score.add_argument("--by", choices=["horizon", "location", "reference_date", "phase"])


def _forecast_hub(of: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hub = _add(
        of,
        "hub",
        c.forecast_hub,
        "Forecast the rounds of a hub, each from what its deadline knew.",
        "vigie forecast hub --data flusight --season 2024-25 --out forecasts.parquet",
    )
    hub.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    hub.add_argument("--season", required=True)
    hub.add_argument(
        "--model", choices=["pooled-weekly", "seasonal", "flat"], default="pooled-weekly"
    )
    hub.add_argument("--out", type=Path, required=True, metavar="FILE")


def _forecast_series(of: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    series = _add(
        of,
        "series",
        c.forecast_series,
        "Forecast daily or monthly series, each origin from the values up to it.",
        "vigie forecast series --data admissions.parquet --target adm_hosp "
        "--origins origins.csv --horizons 7,14 --out forecasts.parquet",
    )
    series.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet or CSV, one row a series and date (column date or month)",
    )
    series.add_argument("--target", required=True, metavar="COLUMN", help="counts to forecast")
    series.add_argument(
        "--origins",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet or CSV with a column origin: the last date that a forecast may know",
    )
    series.add_argument(
        "--horizons",
        type=whole_numbers,
        required=True,
        metavar="STEPS",
        help="days, or months, from the origin: 7,14",
    )
    series.add_argument(
        "--id",
        default="",
        metavar="COLUMN",
        help="names the series (default: the text that, with the date, is never twice the same)",
    )
    series.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet, or CSV if its name ends in .csv",
    )


def _forecast_occupancy(of: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    occupancy = _add(
        of,
        "occupancy",
        c.forecast_occupancy,
        "Forecast patients in intensive care, each origin from what was known up to it.",
        "vigie forecast occupancy --data sivic --origins origins.csv --out forecasts.parquet",
    )
    occupancy.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help="holds occupancy.parquet (date, dep, icu, maybe hosp), maybe admissions.parquet "
        "(date, dep, adm_icu, adm_hosp)",
    )
    occupancy.add_argument(
        "--origins",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet or CSV with a column origin: the last date that a forecast may know",
    )
    occupancy.add_argument(
        "--horizons", type=whole_numbers, default=(7, 14), metavar="DAYS", help="days ahead (7,14)"
    )
    occupancy.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet, or CSV if its name ends in .csv",
    )

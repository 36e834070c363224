"""Options of ``vigie forecast shares``."""

from __future__ import annotations

import argparse
from pathlib import Path

from vigie.cli.values import column_value, whole_numbers

__all__ = ["add_share_options"]


def add_share_options(shares: argparse.ArgumentParser) -> None:
    """What is forecast, from when and how far, and where it is written."""
    shares.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet or CSV, one row a place and date; covid_icu, icu_occupied and icu_free are "
        "used when all are there",
    )
    shares.add_argument(
        "--target", required=True, metavar="COLUMN", help="counts, or the share itself"
    )
    shares.add_argument(
        "--of", default="", metavar="COLUMN", help="the wholes that the counts are part of"
    )
    shares.add_argument(
        "--where",
        type=column_value,
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="only these rows; may be given again for another column",
    )
    shares.add_argument(
        "--id",
        default="",
        metavar="COLUMN",
        help="names the places (default: the text that, with the date, is never twice the same)",
    )
    shares.add_argument(
        "--unit",
        choices=["percent", "share"],
        default="percent",
        help="of what is written, and of a target without --of (percent)",
    )
    shares.add_argument(
        "--origins",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet or CSV with a column origin: the last date that a forecast may know",
    )
    shares.add_argument(
        "--horizons",
        type=whole_numbers,
        default=(7, 14, 28),
        metavar="DAYS",
        help="days ahead (7,14,28)",
    )
    shares.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="Parquet, or CSV if its name ends in .csv",
    )
    shares.add_argument(
        "--alerts",
        type=Path,
        metavar="FILE",
        help="also write the chance of a share above the 80 %% quantile of the place's last year",
    )

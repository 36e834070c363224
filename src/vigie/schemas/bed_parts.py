"""Of what the patients in bed consist: a result of a run."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["BED_PARTS"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()

BED_PARTS = Table(
    name="bed_parts",
    role="result",
    meaning="Of the patients in bed: those of each cause, and those who wait to leave.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "measure", TEXT, "Patients in bed; a key of measures.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Ward kind.", required=True),
        column(5, "kind", TEXT, "cause, or waiting.", required=True),
        column(
            6,
            "part",
            TEXT,
            "Measure of the entries of a cause, or of those who wait; empty: all other entries, or "
            "a wait that nobody counts.",
            required=True,
        ),
        column(
            7,
            "patients",
            NUMBER,
            "Patients in bed when last reported.",
            unit="patients",
            required=True,
        ),
        column(
            8,
            "part_patients",
            NUMBER,
            "Of these, those of the part: by entries and stays; as counted for a wait.",
            unit="patients",
            required=True,
        ),
        column(
            9,
            "share_ahead",
            NUMBER,
            "Mean share of the part in the patients expected on the days ahead.",
            unit="0 to 1",
            required=True,
        ),
    ),
    key=("run", "measure", "place", "category", "kind", "part"),
    partition="run",
    order=("place", "category", "measure", "kind", "part"),
)

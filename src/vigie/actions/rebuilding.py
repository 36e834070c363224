"""Datasets: built again only when their code or an input changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from vigie.actions.room import Room
from vigie.lake import DataFile
from vigie.schemas import DERIVED

__all__ = ["build_datasets"]


def build_datasets(
    room: Room, run: str, day: date, tables: Mapping[str, Sequence[DataFile]]
) -> tuple[DataFile, ...]:
    """Bring the figures that datasets make up to date; their files.

    Args:
        room: the room.
        run: key of the run.
        day: as_of.
        tables: files of the facts.
    """
    return room.lake.files(DERIVED)

"""A room's own models (to be filled)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from vigie.actions.forecasting import Chance, History
from vigie.actions.room import Room
from vigie.paths import SamplePaths

__all__ = ["OwnForecasts"]


class OwnForecasts:
    def __init__(self, room: Room) -> None:
        self.names: tuple[str, ...] = ()
        self.problems: dict[tuple[str, str], str] = {}

    def serves(self, name: str, history: History) -> bool:
        return False

    def forecasts(self, drawn: Sequence[History], chance: Chance) -> dict[str, pa.Table]:
        return {}

    def paths(self, rows: pa.Table, baseline: SamplePaths) -> SamplePaths:
        return baseline

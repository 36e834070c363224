"""What models may know of a measure besides its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vigie.actions.rooms.room import EpidemicRule
from vigie.epidemiology.pooled import Signal
from vigie.hospital.stays import CauseEntries, StayLaw, WaitingPatients
from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["Beside", "EngineTerms", "Entries", "Staff"]


@dataclass(frozen=True, slots=True)
class EngineTerms:
    """How the renewal engine forecasts one category of a measure.

    Attributes:
        rule: the epidemic, with its delays.
        damping_per_day: by which log R shrinks on each day ahead; None: the engine's own.
        spread: factors of the spread, by horizon in days; those between lie between.
        origins: past days whose forecasts the damping was chosen by, 0 for the engine's own.
        forecasts: past forecasts that the spread rests on, of the horizon with most.
    """

    rule: EpidemicRule
    damping_per_day: float | None = None
    spread: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    origins: int = 0
    forecasts: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Who came to the wards whose patients in bed are forecast, on the days of their history.

    Attributes:
        values: (place, category, day), completed for late reports; NaN where missing.
        whole: (1, category, day), of all these places, raised for those that did not report.
        law: of the stays of each category, where stays themselves are reported.
        is_split: entries are counted for totals only; those of a place are its part of them.
        causes: parts that add up to the entries; empty: they are not told apart.
        waiting: who waits to leave; None: not told apart.
        notes: what of the declarations could not be used, and what to do.
    """

    values: FloatArray
    whole: FloatArray
    law: StayLaw | None = None
    is_split: bool = False
    causes: tuple[CauseEntries, ...] = ()
    waiting: WaitingPatients | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_told_apart(self) -> bool:
        """Whether patients are followed by cause, or by whether they wait."""
        return bool(self.causes) or self.waiting is not None


@dataclass(frozen=True, slots=True, eq=False)
class Staff:
    """Of whom the absent are, and what goes around where they live.

    Attributes:
        rostered: (place, category, day), members of staff on the roster, on the days of the
            history and as many ahead as any model looks; NaN where not known.
        epidemic: (region, day), admissions or incidence per day, on the days of the history, raised
            for those that did not report; NaN where not known. None without an epidemic.
        around: (place,), the region of each place, where there is an epidemic.
    """

    rostered: FloatArray
    epidemic: FloatArray | None = None
    around: IntArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What stands beside a history; nothing in it is newer than the history's day.

    Attributes:
        epidemics: terms of the renewal engine, by category of the measure.
        holidays: (place, day), on the days of the history and as many ahead as any model looks;
            None without a calendar.
        signals: selected leading signals, at these places and on these days.
        entries: of a level of patients in bed, where they are reported.
        staff: of a level of members of staff who are absent, where rosters are reported.
    """

    epidemics: Mapping[str, EngineTerms] = field(default_factory=lambda: MappingProxyType({}))
    holidays: BoolArray | None = None
    signals: tuple[Signal, ...] = ()
    entries: Entries | None = None
    staff: Staff | None = None

"""What stands beside the history of a measure on a day: epidemics, holidays, leading signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from vigie.actions.forecasts.bed_entries import entries_beside, entry_measures
from vigie.actions.forecasts.bed_parts import flow_rules, told_apart
from vigie.actions.forecasts.beside import Beside, EngineTerms, Entries
from vigie.actions.forecasts.bookings import BookedEntries, Bookings, booked_entries
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, History, Stream
from vigie.actions.forecasts.holidays import holidays_of
from vigie.actions.forecasts.known_then import PastHistories
from vigie.actions.forecasts.onward_stays import onward_stays
from vigie.actions.forecasts.renewal_terms import RenewalTerms, covered
from vigie.actions.forecasts.room_signals import RankedSignals, RoomSignals
from vigie.actions.forecasts.staff_beside import roster_measures, staff_beside
from vigie.actions.forecasts.ward_stays import WardStays
from vigie.actions.rooms.places import members_of_totals
from vigie.actions.rooms.room import FlowRule, Room
from vigie.hospital.stays import OnwardStays
from vigie.lake import DataFile
from vigie.paths import BoolArray
from vigie.schemas import CALENDARS, PLACES

__all__ = ["Surroundings"]


class Surroundings:
    """Puts beside a history what models may know besides it, for one run.

    Attributes:
        past: what was read of past days.
    """

    def __init__(
        self,
        room: Room,
        reports: Sequence[DataFile],
        chance: Chance,
        movements: Sequence[DataFile] = (),
    ) -> None:
        """Args:
        room: the room.
        reports: files of the table of reports.
        chance: of the run.
        movements: files of the table of movements.
        """
        self._room = room
        self._days_ahead = chance.horizon_days + MOST_DAYS_BEHIND
        self._rules = room.values.epidemics
        self.past = PastHistories()
        self._terms = RenewalTerms(room, reports, chance, self.past) if self._rules else None
        self._signals = RoomSignals(room, reports, chance, self.past)
        self._stays = WardStays(room, movements if self.entries else ())
        self._bookings = Bookings(room, reports)
        self._flows = flow_rules(room.values.shortages)
        self._chance = chance

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that are looked at beside the forecast ones."""
        booked = (each.booked for each in self._flows.values() if each.booked)
        return tuple(sorted({*self._signals.measures, *self.read_beside, *booked}))

    @property
    def entries(self) -> Mapping[str, str]:
        """Measure of daily entries, by the measure of the patients in bed."""
        return entry_measures(self._room.values.shortages)

    @property
    def rosters(self) -> Mapping[str, str]:
        """Measure of the roster, by the measure of its absent members of staff."""
        return roster_measures(self._room.values.shortages)

    @property
    def read_beside(self) -> frozenset[str]:
        """Daily measures that need not be forecast, whose histories stand beside others."""
        parts = (name for each in self._flows.values() for name in each.measures)
        return frozenset({*self.entries.values(), *self.rosters.values(), *parts})

    def fingerprint(self, day: date) -> str:
        """What else is known on a day than the measures; equal texts, equal knowledge."""
        return self._stays.fingerprint(day)

    def onward(self, history: History, day: date) -> OnwardStays | None:
        """Stays of the ward kinds of patients in bed and where they go on; None: not known."""
        if history.measure not in self.entries:
            return None
        chance = self._chance.stream(Stream.STAYS)
        return onward_stays(self._stays, history.categories, day, chance)

    def ranking(self, measure: str, day: date) -> RankedSignals | None:
        """Leading signals of a measure as a day knew them."""
        return self._signals.ranking(measure, day)

    def beside(
        self,
        drawn: tuple[History, History | None],
        day: date,
        known: Mapping[str, History],
    ) -> tuple[History, History | None]:
        """The same histories with all that models may know of them on a day.

        Args:
            drawn: history of the places and that of the totals over them, as known on the day.
            day: as_of.
            known: histories of all measures as known on the day, by name.
        """
        history, totals = drawn
        entries = known.get(self.entries.get(history.measure, ""))
        if entries is not None:
            law = self._stays.law(history.categories, day, self._chance.stream(Stream.STAYS))
            members = members_of_totals(self._room.reference(PLACES.name), day)
            came = entries_beside(history, entries, law, members)
            flow = self._flows.get(history.measure)
            if came is not None and flow is not None:
                booked = self._booked(history, known, flow)
                came = told_apart(history, came, known, flow, members, booked)
            return (history if came is None else _with_entries(history, came)), totals
        rostered = known.get(self.rosters.get(history.measure, ""))
        if rostered is not None:
            members = members_of_totals(self._room.reference(PLACES.name), day)
            staff = staff_beside(history, rostered, self._days_ahead, self._rules, known, members)
            return replace(history, beside=replace(history.beside, staff=staff)), totals
        if history.kind != "flow" or history.step != "day":
            return drawn
        epidemics: dict[str, EngineTerms] = {}
        for rule in self._rules:
            if self._terms is not None and rule.measure == history.measure:
                found = covered(rule, self._rules, history)
                terms = self._terms.terms(rule, drawn, day) if found else None
                epidemics |= {category: terms for category in found if terms is not None}

        def dressed(part: History) -> History:
            signals = self._signals.signals(part, day)
            return replace(part, beside=Beside(epidemics, self._holidays(part, day), signals))

        return dressed(history), None if totals is None else dressed(totals)

    def _booked(
        self, history: History, known: Mapping[str, History], rule: FlowRule
    ) -> BookedEntries | None:
        elective = known.get(rule.elective)
        if not rule.booked or elective is None:
            return None
        rows = self._bookings.known(rule.booked, history.as_of, rule.booked_days)
        return booked_entries(history, elective, rows, rule)

    def _holidays(self, part: History, day: date) -> BoolArray | None:
        ahead = part.dates[-1] + np.arange(1, self._days_ahead + 1)
        return holidays_of(
            self._room.reference(CALENDARS.name),
            self._room.reference(PLACES.name),
            part.places,
            np.concatenate([part.dates, ahead]),
            day,
        )


def _with_entries(history: History, entries: Entries) -> History:
    return replace(history, beside=replace(history.beside, entries=entries))

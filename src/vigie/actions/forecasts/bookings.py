"""Bookings of planned entries as a past day knew them, and the share of the booked who come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.forecasting import History
from vigie.actions.rooms.reading import as_known_sql, facts_sql
from vigie.actions.rooms.room import FlowRule, Room
from vigie.lake import DataFile
from vigie.paths import FloatArray, to_grid
from vigie.schemas import MEASURES

__all__ = ["BookedEntries", "Bookings", "booked_entries"]

_READ_DAYS = 56
_OLDEST_DAYS = 7
_USUAL_BOOKED = 50.0
"""Bookings as if they had been seen that all came: few tell little of who stays away."""


@dataclass(frozen=True, slots=True, eq=False)
class BookedEntries:
    """Who is booked on the days after a history.

    Attributes:
        booked: (place, category, day), patients; NaN on days that no list tells.
        come_share: share of the booked who come, 0 to 1.
        notes: lists that could not be used, and what to do.
    """

    booked: FloatArray
    come_share: float
    notes: tuple[str, ...] = ()


class Bookings:
    """Reads lists of bookings; their days lie ahead, so that no other reader sees them."""

    def __init__(self, room: Room, reports: Sequence[DataFile]) -> None:
        """Args:
        room: the room.
        reports: files of the table of reports.
        """
        self._room, self._reports = room, tuple(reports)

    def known(self, measure: str, day: date, days_ahead: int) -> pa.Table | None:
        """Place, category, reference_date, known_at and value as the end of a day knew them.

        A booking that was withdrawn has no value. ``known_at`` is on the clock of the room: a list
        of midnight there is not of the day before. None where nothing was ever sent.
        """
        files = [file for file in self._reports if file.partition == measure]
        if not files:
            return None
        first, last = day - timedelta(days=_READ_DAYS), day + timedelta(days=days_ahead)
        where = (
            f"measure = '{measure}' AND reference_date > DATE '{first}' "
            f"AND reference_date <= DATE '{last}'"
        )
        known = as_known_sql(self._room, files, (), self._room.end_of(day), where)
        relations = {"measures": self._room.reference(MEASURES.name)}
        rows = self._room.engine.query(facts_sql(known), relations)
        if not rows.num_rows:
            return None
        here = pa.timestamp("us", tz=self._room.values.timezone)
        sent = pc.local_timestamp(rows["known_at"].cast(here))
        return rows.set_column(rows.schema.get_field_index("known_at"), "known_at", sent)


def booked_entries(
    history: History, elective: History, rows: pa.Table | None, rule: FlowRule
) -> BookedEntries | None:
    """Bookings on the places, categories and coming days of the patients in bed.

    A place's list is whole from the day after the history for ``booked_days`` days from the day
    of the run on, and not beyond its last day. One that was sent more than 7 days ago is not
    used. On the days of the list a ward without a booking has no planned entry.

    Args:
        history: of patients in bed.
        elective: of planned entries, from which is told how many of the booked come.
        rows: as ``Bookings.known`` gives them.
        rule: of the wards.
    """
    measure, day = rule.booked, history.as_of
    if rows is None:
        return BookedEntries(*_nobody(history), (f"{measure}: nobody is booked{_FORECAST}",))
    last = history.dates[-1]
    ahead = last + np.arange(1, (day - history.last_date).days + rule.booked_days + 1)
    past = history.dates[history.dates > np.datetime64(day, "D") - _READ_DAYS]
    days = np.concatenate([past, ahead])
    inside, notes = _inside(history, rows, days, measure)
    grid = to_grid(history.places, history.categories, days, inside)
    if (grid < 0).any():
        notes.append(f"{measure}: negative bookings are left out. Set its minimum to 0")
        grid = np.where(grid < 0, np.nan, grid)
    share = _come_share(grid[..., : len(past)], elective, history, past)
    booked = np.rint(grid[..., len(past) :])
    sent, until = _lists(history, rows)
    oldest = np.datetime64(day, "D") - _OLDEST_DAYS
    listed = np.asarray(np.isfinite(grid).any(axis=(1, 2)))
    is_late = np.asarray(listed & (sent < oldest))
    is_over = np.asarray(listed & ~is_late & (until <= last))
    if is_late.any():
        named = _named(history.places, is_late)
        notes.append(
            f"{measure}: the list of {named} was last sent more than {_OLDEST_DAYS} days ago"
            f"{_FORECAST}"
        )
    if is_over.any():
        named = _named(history.places, is_over)
        notes.append(f"{measure}: all bookings of {named} lie in the past{_FORECAST}")
    used = np.asarray(listed & ~is_late & ~is_over)
    has_ward = np.asarray(np.isfinite(grid).any(axis=2))
    told = used[:, None] & (ahead[None, :] <= until[:, None])
    is_told = has_ward[..., None] & told[:, None, :]
    booked = np.where(is_told, np.nan_to_num(booked), np.nan)
    return BookedEntries(booked, share, tuple(notes))


def _inside(
    history: History, rows: pa.Table, days: np.ndarray, measure: str
) -> tuple[pa.Table, list[str]]:
    """Rows of the wards whose patients are reported; a note where others are booked."""
    is_ward = pc.and_(
        pc.is_in(rows["place"], pa.array(history.places, pa.string())),
        pc.is_in(rows["category"], pa.array(history.categories, pa.string())),
    )
    others = rows.filter(pc.invert(is_ward))
    notes = []
    if others.num_rows:
        names = sorted(set(others["place"].to_pylist()))
        notes.append(
            f"{measure}: bookings of {', '.join(names[:3])} are for wards that report no "
            f"{history.measure}; they are left out. Report these wards, or correct the list"
        )
    is_day = pc.is_in(rows["reference_date"], pa.array(days, pa.date32()))
    return rows.filter(pc.and_(is_ward, is_day)), notes


_FORECAST = ": planned entries are forecast. Send the list anew"


def _nobody(history: History) -> tuple[FloatArray, float]:
    return np.full((len(history.places), len(history.categories), 0), np.nan), 1.0


def _come_share(booked: FloatArray, elective: History, history: History, days: np.ndarray) -> float:
    """Planned entries over bookings of the same days, places and wards; at most 1."""
    came = elective.on_days(history.places, history.categories, days)
    both = np.isfinite(booked) & np.isfinite(came)
    planned, listed = float(came[both].sum()), float(booked[both].sum())
    return float(np.clip((planned + _USUAL_BOOKED) / (listed + _USUAL_BOOKED), 0.0, 1.0))


def _lists(history: History, rows: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """By place: day on which the list was last sent, and its last day; a day of 0 is told."""
    at = {place: number for number, place in enumerate(history.places)}
    sent = np.full(len(at), np.datetime64("0001-01-01"), dtype="datetime64[D]")
    until = sent.copy()
    places, values = rows["place"].to_pylist(), rows["value"].to_pylist()
    known = rows["known_at"].cast(pa.timestamp("us")).to_numpy().astype("datetime64[D]")
    days = rows["reference_date"].to_numpy().astype("datetime64[D]")
    for place, value, sent_on, day in zip(places, values, known, days, strict=True):
        if place in at:
            row = at[place]
            sent[row] = max(sent[row], sent_on)
            if value is not None:
                until[row] = max(until[row], day)
    return sent, until


def _named(places: Sequence[str], chosen: np.ndarray) -> str:
    names = [place for place, is_chosen in zip(places, chosen, strict=True) if is_chosen]
    rest = len(names) - 3
    return ", ".join(names[:3]) + (f" and {rest} more" if rest > 0 else "")

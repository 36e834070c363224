"""Entries told apart by cause, planned ones by their bookings, and patients who wait to leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.actions.forecasts.bed_entries import placed_entries, whole_entries
from vigie.actions.forecasts.beside import Entries
from vigie.actions.forecasts.bookings import BookedEntries
from vigie.actions.forecasts.forecasting import History
from vigie.actions.rooms.room import FlowRule, ShortageRule
from vigie.hospital.stays import CauseEntries, WaitingPatients
from vigie.paths import FloatArray

__all__ = ["REST", "flow_rules", "kind_notes", "told_apart"]

REST = ""
"""Name of the cause that is all entries of no cause declared."""

_READ_DAYS = 56
_TOO_MANY = 1.02


def flow_rules(rules: Sequence[ShortageRule]) -> Mapping[str, FlowRule]:
    """How patients are told apart, by the measure of the patients in bed."""
    return {
        rule.measures["need"]: rule.flow
        for rule in rules
        if rule.kind == "beds" and rule.measures.get("entries") and rule.flow.is_told_apart
    }


def kind_notes(
    rules: Sequence[ShortageRule], measures: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    """What keeps a declared measure from being read, and what to do.

    Args:
        rules: of the room.
        measures: rows of the measure list by key.
    """
    for rule in (each for each in rules if each.kind == "beds"):
        need = rule.measures["need"]
        entries, flow = rule.measures.get("entries", ""), rule.flow
        wanted = [("entries", entries, "flow"), ("elective", flow.elective, "flow")]
        wanted += [("causes", cause, "flow") for cause in flow.causes]
        wanted += [("booked", flow.booked, "flow"), ("waiting", flow.waiting, "level")]
        for role, name, kind in wanted:
            if not name or name not in measures:
                continue
            row = measures[name]
            if (row["kind"], row["step"]) != (kind, "day"):
                yield (
                    f"{role} of {need}: {name} is a {row['kind']} by {row['step']} in "
                    f"measures.csv, not a daily {kind}; it is not read. Name a daily {kind}"
                )
            elif row["dimension"] != measures[need]["dimension"]:
                yield (
                    f"{role} of {need}: {name} is by {row['dimension'] or 'place alone'}, patients "
                    f"by {measures[need]['dimension'] or 'place alone'}; it is not read. Give both "
                    "one dimension"
                )


def told_apart(
    history: History,
    entries: Entries,
    known: Mapping[str, History],
    rule: FlowRule,
    members: Mapping[str, Sequence[str]],
    booked: BookedEntries | None = None,
) -> Entries:
    """The same entries with their causes and with those who wait to leave.

    Causes add up to the entries by construction: what the declared ones leave is one more. On days
    on which a cause is not reported, or not yet, nobody knows what it leaves. Before the first
    report of a cause at a ward its patients are among the rest.

    Args:
        history: of patients in bed.
        entries: beside it.
        known: histories of all measures as known on the day, by name.
        rule: of the wards.
        members: places inside each region and nation.
        booked: of planned entries; None: no list is declared.
    """
    causes, notes = [], []
    rest = entries.values.copy()
    for name in rule.parts:
        values = _part_values(history, known.get(name), members)
        whole = None if values is None else whole_entries(history, values)
        if values is None or whole is None or not np.isfinite(whole).any():
            notes.append(
                f"{name}: no daily entries are told lately. Its patients are among the rest"
            )
            continue
        rest = _without(rest, values)
        cause = CauseEntries(name, values, whole[0])
        if booked is not None and name == rule.elective:
            cause = replace(cause, booked=booked.booked, come_share=booked.come_share)
            notes += booked.notes
        causes.append(cause)
    if notes_of_sum := _more_than_all(entries.values, rest, rule):
        notes.append(notes_of_sum)
    others = np.maximum(rest, 0.0)
    whole = whole_entries(history, others)
    if not causes or np.nansum(others) > 0:
        assert whole is not None, "entries of all places are known"
        causes.append(CauseEntries(REST, others, whole[0]))
    return replace(
        entries,
        causes=tuple(causes),
        waiting=_waiting(history, known, rule, notes),
        notes=tuple(notes),
    )


def _without(rest: FloatArray, values: FloatArray) -> FloatArray:
    """(place, ward, day): what a cause leaves; NaN on days that it missed since it is told."""
    is_told = np.isfinite(values)
    is_missed = ~is_told & np.logical_or.accumulate(is_told, axis=2)
    return np.where(is_missed, np.nan, rest - np.where(is_told, values, 0.0))


def _part_values(
    history: History, part: History | None, members: Mapping[str, Sequence[str]]
) -> FloatArray | None:
    if part is None or part.kind != "flow" or part.step != "day" or not part.is_current:
        return None
    return placed_entries(history, part, members)[0]


def _more_than_all(entries: FloatArray, rest: FloatArray, rule: FlowRule) -> str:
    recent = slice(-_READ_DAYS, None)
    whole = float(np.nansum(np.where(np.isnan(rest), np.nan, entries)[..., recent]))
    parts = whole - float(np.nansum(rest[..., recent]))
    if parts <= _TOO_MANY * whole:
        return ""
    return (
        f"{', '.join(rule.parts)}: {parts:.0f} patients came in the last {_READ_DAYS} days, more "
        f"than the {whole:.0f} of all entries. Count every patient once"
    )


def _waiting(
    history: History, known: Mapping[str, History], rule: FlowRule, notes: list[str]
) -> WaitingPatients | None:
    """Who waits to leave; a count that nobody reports is told in the notes."""
    if rule.waiting_share:
        return WaitingPatients(rule.waiting_days, None, rule.waiting_share)
    if not rule.waiting:
        return None
    part = known.get(rule.waiting)
    if part is None or part.kind != "level" or part.step != "day":
        notes.append(f"{rule.waiting}: nobody reports by day who waits. Nobody is told apart")
        return None
    counted = part.on_days(history.places, history.categories, history.dates)
    above = (counted > history.values).any(axis=2)
    if above.any():
        place, ward = (int(each[0]) for each in np.nonzero(above))
        notes.append(
            f"{rule.waiting}: more patients wait than are in bed, first at "
            f"{history.places[place]} ({history.categories[ward]}). The smaller count is used"
        )
    return WaitingPatients(rule.waiting_days, np.maximum(counted, 0.0))

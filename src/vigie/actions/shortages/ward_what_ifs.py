"""Beds and staff judged again under the changes of a scenario, on the futures of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zlib import crc32

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.capacity_futures import CapacityFutures
from vigie.actions.shortages.changed_machines import machine_shares, machines_again
from vigie.actions.shortages.changed_wards import StaffChange, bed_change, staff_change_of
from vigie.actions.shortages.counted_changes import CountedChange
from vigie.actions.shortages.epidemic_changes import EpidemicChange
from vigie.actions.shortages.put_off_entries import spared_on
from vigie.actions.shortages.shortage_rows import Inputs, Series
from vigie.actions.shortages.staff_policy import skill_teams
from vigie.actions.shortages.staff_ratios import ratios_in_force
from vigie.actions.shortages.ward_scope import WardScope, narrowed, narrowed_futures, ward_scope
from vigie.actions.shortages.ward_shortages import BedPaths, bed_rows, bed_totals, staff_rows
from vigie.actions.shortages.ward_staffing import Staffing, staffing
from vigie.hospital import is_short
from vigie.paths import BoolArray, DateArray, FloatArray, PathArray

__all__ = ["JudgedWards", "judge_wards_again"]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedWards:
    """The wards of a run as they were judged.

    Attributes:
        rules: of the room, those that are not of products.
        inputs: of the run.
        futures: planned beds, rosters and absence of each rule.
        staff: on the paths, of each rule of staff.
        beds: patients and beds on the paths, by number of the rule.
        seed: of the chance that scenarios share.
    """

    rules: Sequence[ShortageRule]
    inputs: Inputs
    futures: Sequence[CapacityFutures | None]
    staff: Sequence[Staffing | None]
    beds: Mapping[int, BedPaths]
    seed: int

    def of(self, kind: str) -> ShortageRule | None:
        """The first rule of a kind."""
        return next((rule for rule in self.rules if rule.kind == kind), None)


def judge_wards_again(
    judged: JudgedWards,
    counted: Sequence[CountedChange],
    epidemic: EpidemicChange | None = None,
) -> tuple[list[pa.Table], list[str], set[CountedChange]]:
    """Rows of shortages of what a scenario touches, what does not count, and what does.

    Args:
        judged: the wards of the run.
        counted: changes of the scenario that are of wards.
        epidemic: what R changes; None: nothing.

    Source: docs/models/scenarios.md, "Beds, staff, electives, orders and doses".
    """
    tables: list[pa.Table] = []
    messages: list[str] = []
    # Beds are judged from the first rule of staff, as in the run.
    first = next((at for at, each in enumerate(judged.staff) if each is not None), None)
    made: dict[int, _Again] = {}
    touching: set[CountedChange] = set()
    for number, rule in enumerate(judged.rules):
        if number not in judged.beds and judged.staff[number] is None:
            continue
        patients = rule.measures["need" if rule.kind == "beds" else "occupancy"]
        at = number if rule.kind == "staff" else first
        if at is not None and judged.rules[at].measures["occupancy"] != patients:
            at = None
        key = -1 - number if at is None else at
        again = made.get(key)
        if again is None:
            again = made[key] = _Again(judged, counted, patients, at, epidemic)
            messages += again.messages
        if again.scope is None:
            continue
        touching |= again.scope.changes
        if rule.kind == "staff":
            tables += again.staff_table()
        else:
            tables += again.bed_tables(number)
    of_patients = {each.patients: each for each in made.values() if each.scope is not None}
    beds, machines = judged.of("beds"), judged.of("equipment")
    if beds is not None and machines is not None and beds.measures["need"] in of_patients:
        tables += of_patients[beds.measures["need"]].machine_table(machines)
    return tables, messages, touching


class _Again:
    """One measure of patients under a scenario, with the staff of one rule."""

    def __init__(
        self,
        judged: JudgedWards,
        counted: Sequence[CountedChange],
        patients: str,
        staff_number: int | None,
        epidemic: EpidemicChange | None,
    ) -> None:
        self.judged, self.counted, self.patients = judged, counted, patients
        self.epidemic = epidemic
        self.staff_rule = None if staff_number is None else judged.rules[staff_number]
        self.messages: list[str] = []
        inputs = judged.inputs
        history = inputs.histories[patients]
        self.wards = history.categories
        self.rostered = "" if self.staff_rule is None else self.staff_rule.measures["rostered"]
        rosters = inputs.histories.get(self.rostered)
        self.skills: tuple[str, ...] = () if rosters is None else rosters.categories
        self.scope = ward_scope(
            counted,
            history.places,
            self.wards,
            self.skills,
            self._ratios(),
            self._machines(),
            self._teams(),
        )
        self.staff: Staffing | None = None
        if self.scope is None:
            return
        self.others = self._others(self.scope)
        self.inside = narrowed(inputs, patients, self.rostered, self.scope, self.others)
        if self.staff_rule is not None and staff_number is not None:
            ahead = narrowed_futures(judged.futures[staff_number], self.scope)
            changed = self._staff_change(self.scope)
            shares = self._set_shares()
            self.staff = staffing(self.staff_rule, self.inside, ahead, changed, shares)

    def _ratios(self) -> FloatArray:
        if self.staff_rule is None:
            return np.full((len(self.wards), 0), np.nan)
        rule = self.staff_rule
        return ratios_in_force(self.judged.inputs, rule.mode, self.wards, self.skills)

    def _machines(self) -> FloatArray:
        """(ward, machine), share of patients who need one."""
        rows = self.judged.inputs.reference["equipment"].to_pylist()
        names = {row["equipment"] for row in rows if row["ward_kind"] in self.wards}
        return machine_shares(self.judged.inputs, self.wards, sorted(names))

    def _teams(self) -> BoolArray:
        """(skill, team), the teams that a skill mix is asked of, here or in the scenario."""
        is_asked = self.judged.inputs.reference["skill_mix"].num_rows > 0
        if not is_asked and not any(each.change.kind == "skill_mix" for each in self.counted):
            return np.zeros((len(self.skills), 0), dtype=bool)
        teams = skill_teams(self.judged.inputs.reference, self.skills).values()
        members = [registered | assistants for registered, assistants in teams]
        return np.array(members, dtype=bool).reshape(len(members), len(self.skills)).T

    def _set_shares(self) -> dict[str, FloatArray]:
        """(place, day) by ward kind of a team, the least share that the scenario sets."""
        places = self.inside.histories[self.patients].places
        skills = self.inside.histories[self.rostered].categories
        found: dict[str, FloatArray] = {}
        teams = skill_teams(self.inside.reference, skills)
        for each in self.counted:
            if each.change.kind != "skill_mix":
                continue
            wards = [
                ward
                for ward in teams
                if not each.change.categories or ward in each.change.categories
            ]
            if not wards:
                self.messages.append(
                    "skill_mix: no skill of these ward kinds is of registered nurses in "
                    "skills.csv, so nothing of it changes."
                )
            where = each.at(places)[:, None] & each.on(self._dates())[None, :]
            for ward in wards:
                share = found.setdefault(ward, np.full(where.shape, np.nan))
                share[where] = each.change.share
        return found

    def _others(self, scope: WardScope) -> PathArray | None:
        """Patients under the scenario; None: those of the run."""
        more = None if self.epidemic is None else self.epidemic.more.get(self.patients)
        is_put_off = any(each.change.kind == "electives" for each in self.counted)
        if more is None and not is_put_off:
            return None
        at = np.ix_(scope.places, scope.wards)
        paths = self.judged.inputs.paths[self.patients]
        patients: PathArray = paths.values[at]
        if more is not None:
            # Whole patients, by the same chance in all scenarios: more never become fewer.
            come = np.floor(more.values[at] + self._uniform("more", len(self.wards), scope.wards))
            patients = np.maximum(patients + come, np.float32(0))
        spared = self._spared(scope) if is_put_off else None
        if spared is None:
            return patients
        away = np.floor(spared + self._uniform("patients", len(self.wards), scope.wards))
        return np.asarray(np.maximum(patients - away, np.float32(0)), dtype=np.float32)

    def _spared(self, scope: WardScope) -> PathArray | None:
        """Patients whose planned treatment is put off; None: nobody's is."""
        inputs = self.judged.inputs
        paths = inputs.paths[self.patients]
        rules = [each for each in self.judged.rules if each.measures.get("need") == self.patients]
        entries = next((e for rule in rules if (e := rule.measures.get("entries", ""))), "")
        if not entries or not inputs.is_drawn(entries):
            self.messages.append(
                f"electives: entries of {self.patients} are not drawn, so that nothing can be put "
                'off. Set "entries" of the rule of beds in vigie.toml.'
            )
            return None
        places = [paths.places[at] for at in scope.places]
        wards = [paths.categories[at] for at in scope.wards]
        return spared_on(self.counted, inputs, entries, places, wards, paths.dates)

    def _uniform(self, name: str, count: int, categories: np.ndarray) -> PathArray:
        """(place, category, 1, sample) of the scope: the same for all scenarios of a run."""
        assert self.scope is not None, "asked for only where something is touched"
        paths = self.judged.inputs.paths[self.patients]
        rng = np.random.default_rng([self.judged.seed, crc32(f"{name} {self.patients}".encode())])
        shape = (len(paths.places), count, 1, paths.values.shape[3])
        whole = rng.random(shape, dtype=np.float32)
        return np.ascontiguousarray(whole[np.ix_(self.scope.places, categories)])

    def _dates(self) -> DateArray:
        inputs = self.judged.inputs
        begins = inputs.offset(self.patients)
        days = [inputs.as_of + timedelta(days=n) for n in range(begins, inputs.horizon_days + 1)]
        return np.array(days, dtype="datetime64[D]")

    def _staff_change(self, scope: WardScope) -> StaffChange | None:
        inside = self.inside
        wards = inside.histories[self.patients].categories
        skills = inside.histories[self.rostered].categories
        modes = {each.change.mode for each in self.counted if each.change.kind == "ratios"}
        ratios = {mode: ratios_in_force(inside, mode, wards, skills) for mode in modes if mode}
        ratios[""] = np.full((len(wards), len(skills)), np.nan)
        self.messages += self._without_ratio(ratios, skills)
        return staff_change_of(
            self.counted,
            inside.histories[self.patients].places,
            skills,
            self._dates(),
            ratios,
            self._uniform("staff", len(self.skills), scope.skills),
            self._absence(scope),
        )

    def _absence(self, scope: WardScope) -> PathArray | None:
        """By how much absence is multiplied because the epidemic goes on otherwise; None: not."""
        if self.epidemic is None or self.staff_rule is None:
            return None
        inputs = self.judged.inputs
        places = inputs.histories[self.patients].places
        factor = self.epidemic.absence(inputs, self.staff_rule, places, self.skills, self._dates())
        return None if factor is None else factor[np.ix_(scope.places, scope.skills)]

    def _without_ratio(self, ratios: Mapping[str, FloatArray], skills: Sequence[str]) -> list[str]:
        """Skills of which a mode knows no ratio."""
        found = []
        for each in self.counted:
            mode = each.change.mode
            if each.change.kind != "ratios" or not mode:
                continue
            missing = each.of(skills) & ~np.isfinite(ratios[mode]).any(axis=0)
            names = ", ".join(np.array(skills)[missing].tolist())
            if names:
                found.append(f'ratios: no ratio of mode "{mode}" for {names}: as they are.')
        return found

    def staff_table(self) -> list[pa.Table]:
        """Rows of staff; none where only beds change."""
        assert self.scope is not None, "asked for only where something is touched"
        if self.staff is None or not self.scope.is_staff_touched:
            return []
        return [staff_rows(self.staff, self.inside)]

    def machine_table(self, rule: ShortageRule) -> list[pa.Table]:
        """Rows of machines where the patients who need them change; none where they do not."""
        scope, judged = self.scope, self.judged
        if self.others is None or scope is None:
            return []
        whole, under = judged.inputs.paths[self.patients], self.inside.paths[self.patients]
        values = whole.values[np.ix_(scope.places, scope.wards)]
        before = replace(under, values=np.ascontiguousarray(values))
        rows = machines_again(rule, judged.inputs, before, under, judged.seed)
        return [] if rows is None else [rows]

    def bed_tables(self, number: int) -> list[pa.Table]:
        """Rows of beds of the places touched, and of the regions and nation around them."""
        scope, rule = self.scope, self.judged.rules[number]
        assert scope is not None, "asked for only where something is touched"
        found: list[BedPaths] = []
        history = self.inside.histories[self.patients]
        changed = bed_change(
            self.counted,
            history.places,
            history.categories,
            self._dates(),
            self._uniform("beds", len(self.wards), scope.wards),
        )
        ahead = narrowed_futures(self.judged.futures[number], scope, with_staff=False)
        rows = bed_rows(
            rule,
            self.inside,
            self.staff,
            self.judged.of("equipment"),
            ahead,
            found=found,
            changed=changed,
        )
        if rows is None:
            return []
        return [rows, self._totals(number, found[0])]

    def _totals(self, number: int, again: BedPaths) -> pa.Table:
        """Regions and the nation, with the places that are not touched as they were."""
        scope, inputs = self.scope, self.judged.inputs
        assert scope is not None, "asked for only where something is touched"
        before = self.judged.beds[number]
        need = np.ascontiguousarray(before.need[:, scope.wards])
        usable = np.ascontiguousarray(before.usable[:, scope.wards])
        need[scope.places], usable[scope.places] = again.need, again.usable
        known = before.known[:, scope.wards]
        history = inputs.histories[self.patients]
        wards = tuple(history.categories[at] for at in scope.wards)
        touched = {history.places[at] for at in scope.places}
        around = {
            total: each for total, each in inputs.members.items() if touched.intersection(each)
        }
        series = Series(
            kind="beds",
            places=history.places,
            categories=wards,
            offset=inputs.offset(self.patients),
            model=inputs.models[self.patients],
            unit="patient-days",
            need_now=inputs.today(self.patients, history.places, wards)[:, :, 0, 0],
            capacity_now=usable[:, :, 0].mean(axis=-1),
            binds=[["beds"] * len(wards) for _ in history.places],
            history=replace(
                history, categories=wards, values=history.values[:, scope.wards], late=None
            ),
        )
        short = is_short(need, usable)
        return bed_totals(series, replace(inputs, members=around), short, need, usable, known)

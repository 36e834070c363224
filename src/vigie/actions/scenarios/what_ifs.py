"""What-ifs of a run: shortages judged again under scenarios, beside those of the run.

Beds, staff and products see the same futures with and without a scenario. Nothing of it goes to
the forecasts, the scores, the shortages, the alerts or the plans.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

import pyarrow as pa

from vigie.actions.declared.scenario_files import Scenario
from vigie.actions.declared.shortage_changes import CHANGE_KINDS, ShortageChange
from vigie.actions.declared.ward_shares import WardShare
from vigie.actions.forecasts.bed_entries import entry_measures
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.rooms.room import EpidemicRule, ShortageRule
from vigie.actions.scenarios.scenario_runs import scenario_seed
from vigie.actions.scenarios.what_if_rows import baseline_of, compared, what_if_table
from vigie.actions.shortages.counted_changes import EPIDEMIC_KIND, CountedChange, count_change
from vigie.actions.shortages.epidemic_changes import EpidemicChange, epidemic_change
from vigie.actions.shortages.epidemic_reach import EpidemicReach, learn_reach
from vigie.actions.shortages.product_what_ifs import PRODUCT_KINDS, ProductAgain, ProductWhatIfs
from vigie.actions.shortages.scenario_admissions import AdmissionRatios
from vigie.actions.shortages.scenario_places import place_map
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_scope import WARD_KINDS
from vigie.actions.shortages.ward_what_ifs import JudgedWards, judge_wards_again
from vigie.errors import nearest
from vigie.hospital.stays import StayLaw
from vigie.schemas import PLACES, PRODUCTS

__all__ = ["Reproduction", "WhatIfs"]

_OF_PRODUCTS = ("orders", "doses")
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, eq=False)
class Reproduction:
    """What scenarios of R need to reach beds.

    Attributes:
        ratios: by scenario, what it makes of admissions.
        epidemics: of the room.
        stays: law of stays by measure of patients, where stays themselves are reported.
    """

    ratios: Mapping[str, AdmissionRatios] = field(default_factory=dict)
    epidemics: Sequence[EpidemicRule] = ()
    stays: Mapping[str, StayLaw | None] = field(default_factory=dict)


_Reaching = tuple[tuple[str, str], tuple[WardShare, ...]]
"""Measure and category of an epidemic, and to which wards its patients are said to go."""


class WhatIfs:
    """The scenarios of a run that change what shortages rest on, gathered while it is judged."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        rules: Sequence[ShortageRule],
        inputs: Inputs,
        chance: Chance,
        reproduction: Reproduction | None = None,
    ) -> None:
        """Count the changes, and put other admissions into beds; nothing is judged yet.

        Args:
            scenarios: of the room.
            rules: of the room.
            inputs: of the run.
            chance: of the run.
            reproduction: what changes of R make of admissions; None: no scenario changes R.
        """
        reproduction = reproduction or Reproduction()
        ratios = reproduction.ratios
        self._scenarios = [each for each in scenarios if each.changes or each.reproduction]
        self._rules, self._inputs, self._chance = rules, inputs, chance
        self._judged: list[tuple[str, pa.Table]] = []
        self._messages: dict[str, list[str]] = {each.name: [] for each in self._scenarios}
        self._touching: dict[str, set[CountedChange]] = {}
        self._again: list[tuple[str, ProductAgain]] = []
        self._reaches: dict[_Reaching, list[EpidemicReach]] = {}
        self._epidemics: dict[str, EpidemicChange] = {}
        self._reached: dict[str, dict[str, list[str]]] = {}
        for scenario in self._scenarios:
            if scenario.name in ratios:
                self._change_admissions(scenario, ratios[scenario.name], reproduction)
        self._counted: Mapping[str, Sequence[CountedChange]] = self._count()

    @property
    def seed(self) -> int:
        """Of the chance that scenarios of the run share."""
        return scenario_seed(self._chance)

    def _change_admissions(
        self, scenario: Scenario, ratios: AdmissionRatios, of: Reproduction
    ) -> None:
        """What other admissions make of patients, with how they do so learnt once a run."""
        name, epidemic = scenario.name, (ratios.measure, ratios.category)
        key = (epidemic, scenario.wards)
        if key not in self._reaches:
            entries = entry_measures(self._rules)
            needs = dict.fromkeys(
                rule.measures["need" if rule.kind == "beds" else "occupancy"]
                for rule in self._rules
                if rule.kind in ("beds", "staff")
            )
            told = (
                learn_reach(
                    self._inputs,
                    need,
                    entries.get(need, ""),
                    epidemic,
                    scenario.wards,
                    of.stays.get(need),
                )
                for need in needs
            )
            self._reaches[key] = [each for each in told if each is not None]
        reaches = self._reaches[key]
        found = epidemic_change(self._inputs, ratios, reaches, of.epidemics)
        if found is None:
            self._messages[name].append(
                f"R does not reach beds, staff and stocks: {ratios.measure} is not forecast by day."
            )
            return
        self._epidemics[name] = found
        self._reached[name] = _ways(reaches)
        self._messages[name] += _not_reached(scenario, reaches)

    def _count(self) -> dict[str, list[CountedChange]]:
        if not self._scenarios:
            return {}
        inputs = self._inputs
        places = place_map(inputs.reference[PLACES.name], inputs.members, inputs.as_of)
        known = {kind: self._known(kind) for kind in CHANGE_KINDS}
        last = inputs.as_of + timedelta(days=inputs.horizon_days)
        counted = {
            scenario.name: [
                count_change(
                    each,
                    places,
                    known[each.kind],
                    as_of=inputs.as_of,
                    first=self._first_day(each.kind),
                    last=last,
                )
                for each in scenario.changes
            ]
            for scenario in self._scenarios
        }
        for name, epidemic in self._epidemics.items():
            counted[name].append(epidemic.counted)
        return counted

    def _known(self, kind: str) -> list[str]:
        """Ward kinds, skills or products that the run judges."""
        role = {"ratios": "rostered", "absence": "rostered"}.get(kind, "need")
        role = "stock" if kind in _OF_PRODUCTS else role
        of_rule = {"rostered": "staff", "stock": "products", "need": "beds"}[role]
        found: set[str] = set()
        for rule in self._rules:
            measure = rule.measures.get(role, "")
            if rule.kind == of_rule and measure in self._inputs.histories:
                found |= set(self._inputs.histories[measure].categories)
        if role == "stock":
            found &= set(self._inputs.reference[PRODUCTS.name]["product"].to_pylist())
        return sorted(found)

    def _first_day(self, kind: str) -> date:
        """First day looked at; open orders are moved from the day after the run."""
        offsets = [1]
        of_rule, role = ("products", "stock") if kind in _OF_PRODUCTS else ("beds", "need")
        for rule in self._rules:
            measure = rule.measures.get(role, "")
            if rule.kind == of_rule and measure in self._inputs.histories:
                offsets.append(self._inputs.offset(measure))
        offset = 1 if kind == "orders" else min(offsets)
        return self._inputs.as_of + timedelta(days=offset)

    def of_products(self, occupancy: str) -> ProductWhatIfs | None:
        """The scenarios to judge each product under; None when none is of products.

        Args:
            occupancy: measure of patients in bed that use follows; "": none.
        """
        counted = {
            name: changes
            for name, changes in self._counted.items()
            if any(each.change.kind in PRODUCT_KINDS and each.first for each in changes)
        }
        if not counted:
            return None
        entries = entry_measures(self._rules).get(occupancy, "")
        if not (entries and self._inputs.is_drawn(entries)):
            entries = ""
        return ProductWhatIfs(counted, self._inputs, occupancy, entries, self._epidemics)

    def keep_product(self, product: str, again: Sequence[ProductAgain]) -> None:
        """Take in one product judged again."""
        self._again += [(product, each) for each in again]

    def look_at_wards(self, judged: JudgedWards) -> None:
        """Judge beds and staff again under every scenario that is of wards."""
        for name, changes in self._counted.items():
            ours = [each for each in changes if each.change.kind in WARD_KINDS and each.first]
            if ours:
                epidemic = self._epidemics.get(name)
                tables, messages, touching = judge_wards_again(judged, ours, epidemic)
                self._touching[name] = touching
                self._judged += [(name, each) for each in tables]
                self._messages[name] += messages

    def table(self, shortages: Sequence[pa.Table]) -> pa.Table:
        """Rows of ``schemas.SCENARIO_SHORTAGES``, all columns but ``run``.

        Args:
            shortages: the tables of shortages of the run.
        """
        if not self._scenarios:
            return what_if_table([])
        from vigie.epidemiology.renewal import SCENARIO_LABEL

        baseline = baseline_of(shortages)
        judged = [*self._judged, *((each.scenario, each.rows) for _, each in self._again)]
        rows = [
            row for name, table in judged for row in compared(name, SCENARIO_LABEL, table, baseline)
        ]
        return what_if_table(rows)

    def told(self, inputs: pa.Table) -> pa.Table:
        """Rows of ``schemas.SCENARIO_INPUTS`` with these changes and what of them does not count.

        Args:
            inputs: rows as the scenarios of epidemics have them, one a scenario.
        """
        rows = inputs.to_pylist()
        for row in rows:
            counted = self._counted.get(row["scenario"])
            if counted is None:
                continue
            own = (each for each in counted if each.change.kind != EPIDEMIC_KIND)
            changes = [*json.loads(row["changes"]), *(_as_json(each) for each in own)]
            for each in changes:
                if each["kind"] == "reproduction" and row["scenario"] in self._reached:
                    each["reaches"] = self._reached[row["scenario"]]
            row["changes"] = json.dumps(changes, ensure_ascii=False)
            messages = [row["message"], *self._all_messages(row["scenario"], counted)]
            row["message"] = " ".join(each for each in messages if each)
        return pa.Table.from_pylist(rows, inputs.schema)

    def _all_messages(self, name: str, counted: Sequence[CountedChange]) -> list[str]:
        found = [message for each in counted for message in each.messages]
        found += self._messages[name]
        ours = [(product, each) for product, each in self._again if each.scenario == name]
        is_seen = {number for _, each in ours for number in each.touched}
        touching = self._touching.get(name, set())
        for number, each in enumerate(counted):
            kind = each.change.kind
            is_judged = number in is_seen or each in touching
            if each.first is not None and not is_judged:
                name = "R" if kind == EPIDEMIC_KIND else kind
                found.append(f"{name}: no place has figures of it in this run.")
        flat = sorted({product for product, each in ours if each.without_patients})
        if flat:
            named = ", ".join(flat[:_MOST_NAMED])
            more = f" and {len(flat) - _MOST_NAMED} more" if len(flat) > _MOST_NAMED else ""
            found.append(f"doses: use of {named}{more} does not follow patients: all of it scales.")
        return list(dict.fromkeys(found))


def _ways(reaches: Sequence[EpidemicReach]) -> dict[str, list[str]]:
    """Ward kinds whose patients follow R, by the way in which that is told."""
    found: dict[str, list[str]] = {}
    for each in reaches:
        wards = found.setdefault("entries" if each.through_entries else "patients", [])
        wards += [ward for ward in each.reached() if ward not in wards]
    return {way: wards for way, wards in found.items() if wards}


def _not_reached(scenario: Scenario, reaches: Sequence[EpidemicReach]) -> list[str]:
    """What is declared of wards and does not count, or that no ward follows the epidemic."""
    reached = {ward for each in reaches for ward in each.reached()}
    known = sorted({ward for each in reaches for ward in each.wards})
    if not scenario.wards:
        if reached or not known:
            return []
        return [
            f"R reaches no beds: no ward kind of {', '.join(known)} clearly follows "
            f"{scenario.measure}. Say under [[wards]] where its patients go."
        ]
    missing = [each.ward_kind for each in scenario.wards if each.ward_kind not in reached]
    return [
        f'wards: "{each}" is not reported, so nobody comes to it. Nearest: '
        f"{nearest(each, known) or 'none'}."
        if each not in known
        else f'wards: entries to "{each}" are not drawn: add mean_stay_days.'
        for each in dict.fromkeys(missing)
    ]


def _as_json(counted: CountedChange) -> dict[str, object]:
    """A change as declared, with the days on which it counts."""
    change = counted.change
    return {
        "kind": change.kind,
        "categories": list(change.categories),
        **_given(change),
        "from": _declared(change.first),
        "to": _declared(change.last),
        "places": list(change.places),
        "first_date": None if counted.first is None else str(counted.first),
        "last_date": None if counted.last is None else str(counted.last),
    }


def _given(change: ShortageChange) -> dict[str, object]:
    """The factor, and what else of a change is not as it is by default."""
    more = {name: getattr(change, name) for name in ("add", "mode", "share", "delay_days")}
    more["mean_stay_days"] = change.mean_stay_days
    if change.kind == "electives":
        more["returns"] = asdict(change.returns)
    return {"factor": change.factor} | {name: value for name, value in more.items() if value}


def _declared(given: date | int | None) -> str | int | None:
    return str(given) if isinstance(given, date) else given

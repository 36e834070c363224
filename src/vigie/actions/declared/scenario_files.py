"""Reads scenarios/*.toml: what would be otherwise, and what it is asked for.

    [scenario]
    title_en = "Night life closed from 3 December"
    title_fr = "Vie nocturne fermée à partir du 3 décembre"
    why_en = "The prefect asks what it would spare the hospitals."
    why_fr = "Le préfet demande ce qu'elle épargnerait aux hôpitaux."
    source = "R times 0.7: invented"

    [epidemic]                  # one of the [[epidemics]] of vigie.toml
    measure = "covid_admissions"
    category = ""
    susceptible_share = 0.9     # optional: R falls as people become immune

    [[reproduction]]            # one for each change of R; those that overlap are multiplied
    factor = 0.7
    from = 2020-12-03           # a date, or days after the day of the run; optional, as is to
    to = 2020-12-31
    places = ["R1"]             # optional: only there and inside

Each kind of change has a table of its own, so that a file may hold several kinds; those of beds,
staff, orders and use are read by ``shortage_changes``, and a file with these alone needs no
``[epidemic]``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from vigie.actions.declared.scenario_values import read_days, read_number, read_places
from vigie.actions.declared.shortage_changes import (
    CHANGE_KINDS,
    ShortageChange,
    read_shortage_changes,
)
from vigie.actions.declared.ward_shares import WardShare, read_ward_shares
from vigie.declarations import KeyPath, Section, Sheet, as_text
from vigie.errors import Problem

__all__ = ["ReproductionChange", "Scenario", "read_scenarios", "unknown_epidemics"]

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_TABLES = ("scenario", "epidemic", "reproduction", "wards", *CHANGE_KINDS)
_TEXTS = ("title_en", "title_fr", "why_en", "why_fr", "source")


@dataclass(frozen=True, slots=True)
class ReproductionChange:
    """R is multiplied on some days, in some places.

    Attributes:
        factor: above 0, to LARGEST_FACTOR of the engine.
        first, last: dates, or days after the day of the run (both of one kind); None: from the
            first day that is not reported yet, to the last one looked at.
        places: keys of places, each with all that lies inside; empty: everywhere.
    """

    factor: float
    first: date | int | None = None
    last: date | int | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file of scenarios.

    Attributes:
        name: of the file, without ending.
        title_en, title_fr: for people.
        why_en, why_fr: what it is asked for.
        source: where its figures come from.
        measure, category: the epidemic; "" in a file that changes none.
        susceptible_share: of the population that can still be infected on the last day reported,
            above 0 to 1; None: R does not fall by immunity.
        reproduction: changes of R.
        changes: of beds, staff, orders and use.
        text: of the file.
        sha256: of the text.
        line: of the measure in the file.
        wards: to which the patients of the epidemic go; empty: it is learnt.
    """

    name: str
    title_en: str
    title_fr: str
    why_en: str
    why_fr: str
    source: str
    measure: str
    category: str
    susceptible_share: float | None
    reproduction: tuple[ReproductionChange, ...]
    text: str
    sha256: str
    line: int | None = None
    changes: tuple[ShortageChange, ...] = ()
    wards: tuple[WardShare, ...] = ()

    @property
    def file(self) -> str:
        """Path relative to the room."""
        return f"scenarios/{self.name}.toml"


def read_scenarios(
    folder: Path, kinds: Mapping[str, str]
) -> tuple[tuple[Scenario, ...], list[Problem]]:
    """All scenarios of a room, by name, and every mistake found in them.

    Args:
        folder: the room; scenarios are scenarios/*.toml.
        kinds: kind of each place.
    """
    found: list[Scenario] = []
    problems: list[Problem] = []
    for path in sorted((folder / "scenarios").glob("*.toml")):
        file = f"scenarios/{path.name}"
        text, undecoded = as_text(file, path.read_bytes())
        if undecoded:
            problems += undecoded
            continue
        sheet = Sheet(file, text)
        scenario = _read(sheet, path.stem, text, kinds) if sheet.is_readable else None
        problems += sheet.problems
        if scenario is not None and not sheet.problems:
            found.append(scenario)
    return tuple(found), problems


def unknown_epidemics(
    scenarios: Sequence[Scenario], epidemics: Collection[tuple[str, str]]
) -> list[Problem]:
    """Scenarios of an epidemic that the room does not declare.

    Args:
        scenarios: as read.
        epidemics: measure and category of each [[epidemics]].
    """
    known = [_named(*each) for each in epidemics]
    return [
        Problem(
            each.file,
            each.line,
            f"the room declares no epidemic of {_named(each.measure, each.category)}",
            f"Declared under [[epidemics]] in vigie.toml: {', '.join(sorted(known)) or 'none'}.",
        )
        for each in scenarios
        if each.reproduction and (each.measure, each.category) not in epidemics
    ]


def _named(measure: str, category: str) -> str:
    return f'measure "{measure}"' + (f', category "{category}"' if category else "")


def _read(sheet: Sheet, name: str, text: str, kinds: Mapping[str, str]) -> Scenario | None:
    if not _NAME.match(name):
        what = f'"{name}" is not a name of a scenario'
        sheet.add((), what, "Use a to z, 0 to 9, - and _, a letter first.")
    top = Section(sheet, (), sheet.content)
    for table in _TABLES:
        top.has(table)
    top.finish()
    head = Section(sheet, ("scenario",), sheet.content.get("scenario", {}))
    texts = {key: head.text(key, required=True) for key in _TEXTS}
    head.finish()
    changes = read_shortage_changes(sheet, kinds)
    reproduction = tuple(_changes(sheet, kinds))
    wards = read_ward_shares(sheet)
    if not (changes or reproduction or sheet.problems):
        sheet.add((), "the file changes nothing", "Add a [[reproduction]] with a factor.")
    measure, category, share = "", "", None
    if reproduction or "epidemic" in sheet.content:
        epidemic = Section(sheet, ("epidemic",), sheet.content.get("epidemic", {}))
        measure = epidemic.text("measure", required=True)
        category = epidemic.text("category")
        if epidemic.has("susceptible_share"):
            share = read_number(epidemic, "susceptible_share", 1.0)
        epidemic.finish()
    return Scenario(
        name=name,
        measure=measure,
        category=category,
        susceptible_share=share,
        reproduction=reproduction,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        line=sheet.line(("epidemic", "measure")),
        changes=changes,
        wards=wards,
        **texts,
    )


def _changes(sheet: Sheet, kinds: Mapping[str, str]) -> list[ReproductionChange]:
    entries = sheet.content.get("reproduction", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        sheet.add(("reproduction",), "[reproduction] is one table", "Write [[reproduction]].")
        return []
    return [_change(sheet, ("reproduction", at), each, kinds) for at, each in enumerate(entries)]


def _change(
    sheet: Sheet, path: KeyPath, entry: Mapping[str, object], kinds: Mapping[str, str]
) -> ReproductionChange:
    from vigie.epidemiology.renewal import LARGEST_FACTOR

    section = Section(sheet, path, entry)
    factor = read_number(section, "factor", LARGEST_FACTOR)
    first, last = read_days(section)
    places = read_places(section, kinds, "of which no R is known")
    section.finish()
    return ReproductionChange(factor, first, last, places)

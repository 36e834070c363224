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

Each kind of change has a table of its own, so that a file may hold several kinds.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from vigie.declarations import KeyPath, Section, Sheet, as_text
from vigie.errors import Problem, nearest

__all__ = ["ReproductionChange", "Scenario", "read_scenarios", "unknown_epidemics"]

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_TABLES = ("scenario", "epidemic", "reproduction")
_TEXTS = ("title_en", "title_fr", "why_en", "why_fr", "source")
_KINDS = ("nation", "region", "site")
_MOST_DAYS = 365


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
        measure, category: the epidemic.
        susceptible_share: of the population that can still be infected on the last day reported,
            above 0 to 1; None: R does not fall by immunity.
        reproduction: changes of R.
        text: of the file.
        sha256: of the text.
        line: of the measure in the file.
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
        if (each.measure, each.category) not in epidemics
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
    epidemic = Section(sheet, ("epidemic",), sheet.content.get("epidemic", {}))
    measure = epidemic.text("measure", required=True)
    category = epidemic.text("category")
    share = None
    if epidemic.has("susceptible_share"):
        share = _number(epidemic, "susceptible_share", 1.0)
    epidemic.finish()
    return Scenario(
        name=name,
        measure=measure,
        category=category,
        susceptible_share=share,
        reproduction=tuple(_changes(sheet, kinds)),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        line=sheet.line(("epidemic", "measure")),
        **texts,
    )


def _changes(sheet: Sheet, kinds: Mapping[str, str]) -> list[ReproductionChange]:
    entries = sheet.content.get("reproduction", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        sheet.add(("reproduction",), "[reproduction] is one table", "Write [[reproduction]].")
        return []
    if not entries:
        sheet.add((), "the file changes nothing", "Add a [[reproduction]] with a factor.")
    return [_change(sheet, ("reproduction", at), each, kinds) for at, each in enumerate(entries)]


def _change(
    sheet: Sheet, path: KeyPath, entry: Mapping[str, object], kinds: Mapping[str, str]
) -> ReproductionChange:
    from vigie.epidemiology.renewal import LARGEST_FACTOR

    section = Section(sheet, path, entry)
    factor = _number(section, "factor", LARGEST_FACTOR)
    first, last = _day(section, "from"), _day(section, "to")
    if first is not None and last is not None:
        if isinstance(first, date) != isinstance(last, date):
            what = f"{section.name('to')} and from are a date and a number of days"
            section.add("to", what, "Write two dates, or two numbers of days after the run.")
        elif last < first:  # type: ignore[operator]
            section.add("to", f"{section.name('to')} is before from", "Correct one of the two.")
    places = section.texts("places")
    if section.has("places") and not places:
        section.add("places", f"{section.name('places')} names no place", "Leave it out for all.")
    for place in places:
        _require_place(section, place, kinds)
    section.finish()
    return ReproductionChange(factor, first, last, tuple(dict.fromkeys(places)))


def _require_place(section: Section, place: str, kinds: Mapping[str, str]) -> None:
    if place not in kinds:
        what = f'{section.name("places")}: there is no place "{place}"'
        section.add("places", what, f"Nearest: {nearest(place, kinds) or 'none'}.")
    elif kinds[place] not in _KINDS:
        what = f'{section.name("places")}: "{place}" is a {kinds[place]}, of which no R is known'
        section.add("places", what, "Name a nation, a region or a site.")


def _number(section: Section, key: str, largest: float) -> float:
    """A number above 0; another one is noted and gives 1."""
    value = section.get(key)
    if value is None:
        section.add("", f"{section.name(key)} is missing", f"Add {key}, above 0, to {largest:g}.")
        return 1.0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(float(value)) or not 0 < float(value) <= largest:  # type: ignore[arg-type]
        what = f"{section.name(key)} is not a number above 0, to {largest:g}"
        section.add(key, what, "Correct it; 0.7 means 30 in 100 less.")
        return 1.0
    return float(value)  # type: ignore[arg-type]


def _day(section: Section, key: str) -> date | int | None:
    """A date, or days after the day of the run; anything else is noted and gives None."""
    value = section.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS:
        return value
    what = f"{section.name(key)} is neither a date nor days after the run, 0 to {_MOST_DAYS}"
    section.add(key, what, "Write 2020-12-03 without quotation marks, or a whole number.")
    return None

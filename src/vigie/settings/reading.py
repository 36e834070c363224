"""Reads ``vigie.toml`` and the environment into ``Settings``, with all mistakes at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from typing import Any, TypeVar, cast, get_type_hints

from vigie.declarations import KeyPath, Sheet, secret_in
from vigie.errors import Problem, nearest
from vigie.settings.alerts import Alerts
from vigie.settings.beds import BedShortage, bed_mistakes
from vigie.settings.plan import Plan
from vigie.settings.tree import (
    Briefing,
    DeclaredShortage,
    Engine,
    Epidemic,
    EquipmentShortage,
    Kind,
    Orders,
    OwnModel,
    ProductShortage,
    Room,
    Settings,
    ShortageRule,
    StaffShortage,
    Tile,
    TileKind,
    Web,
)
from vigie.settings.values import Wrong, convert, from_words

__all__ = ["SHORTAGE_KINDS", "TABLES", "parse_settings"]

TABLES: dict[str, type] = {
    "room": Room,
    "engine": Engine,
    "web": Web,
    "alerts": Alerts,
    "orders": Orders,
    "briefing": Briefing,
    "plan": Plan,
}
"""The tables of ``vigie.toml``, by name."""

SHORTAGE_KINDS: dict[Kind, type[ShortageRule]] = {
    Kind.BEDS: BedShortage,
    Kind.STAFF: StaffShortage,
    Kind.EQUIPMENT: EquipmentShortage,
    Kind.PRODUCTS: ProductShortage,
    Kind.DECLARED: DeclaredShortage,
}
"""What an entry of ``[[shortage]]`` holds, by its kind."""

_PREFIX = "VIGIE_"
_Part = TypeVar("_Part")


def parse_settings(
    text: str,
    environment: Mapping[str, str],
    *,
    measures: Collection[str] | None = None,
    file: str = "vigie.toml",
) -> tuple[Settings | None, list[Problem]]:
    """The settings of a room, or everything that is wrong with them.

    A setting ``[table] key`` is overruled by the environment variable ``VIGIE_TABLE_KEY``; lists
    are then written with commas. Secrets are refused: the file may only name the environment
    variables that hold them.

    Args:
        text: content of ``vigie.toml``.
        environment: names and values of the environment.
        measures: keys of ``reference/measures.csv``; when given, other names are mistakes.
        file: how the text is named in messages.

    Returns:
        The settings and no problem, or None and every problem, in order of lines.
    """
    sheet = Sheet(file, text)
    if not sheet.is_readable:
        return None, sheet.problems
    reader = _Reader(sheet, measures)
    settings = reader.settings(environment)
    problems = sorted(reader.problems, key=lambda each: (each.file != file, each.line or 0))
    return (None, problems) if problems else (settings, [])


class _Reader:
    """Collects problems while it builds the settings from the parsed content."""

    def __init__(self, sheet: Sheet, measures: Collection[str] | None) -> None:
        self.content = sheet.content
        self.sheet = sheet
        self.measures = measures
        self.problems = sheet.problems

    def settings(self, environment: Mapping[str, str]) -> Settings | None:
        self._refuse_secrets(self.content, ())
        self._refuse_unknown_tables()
        given = {name: self._table(name) for name in TABLES}
        self._apply(environment, given)
        room = self._part(Room, given["room"], ("room",))
        rest = {
            name: self._part(kind, given[name], (name,))
            for name, kind in TABLES.items()
            if name != "room"
        }
        self._thresholds_rise(rest["alerts"])
        shortages = self._shortages()
        models = self._models()
        epidemics = self._epidemics()
        if self.problems or room is None:
            return None
        return Settings(
            room=room,
            shortages=shortages,
            models=models,
            epidemics=epidemics,
            **cast("dict[str, Any]", rest),
        )

    def _thresholds_rise(self, alerts: object) -> None:
        if not isinstance(alerts, Alerts):
            return
        names = ("close_below_in_100", "open_at_in_100", "critical_at_in_100")
        for low, high in pairwise(names):
            below, above = getattr(alerts, low), getattr(alerts, high)
            if below > above:
                self.sheet.add(
                    ("alerts", low),
                    f"{low} {below} is above {high} {above}",
                    f"Use at most {above}, or raise {high}",
                )

    def _refuse_secrets(self, value: object, path: KeyPath) -> None:
        for key, each in _children(value):
            here = (*path, key)
            if not isinstance(each, dict | list) and secret_in(_last_name(here), each):
                self.sheet.add(
                    here,
                    f'"{_last_name(here)}" holds a secret',
                    "Put it in an environment variable, name that variable here, and change the "
                    "secret: it has been in a file",
                )
            self._refuse_secrets(each, here)

    def _refuse_unknown_tables(self) -> None:
        valid = [*TABLES, "shortage", "models", "epidemics"]
        for name in self.content.keys() - set(valid):
            homes = [table for table, kind in TABLES.items() if name in _names(kind)]
            to_do = f"Move it under [{homes[0]}]" if homes else f"Nearest: {nearest(name, valid)}"
            self.sheet.add((name,), f'"{name}" is not a table of this file', to_do)

    def _table(self, name: str) -> dict[str, object]:
        found = self.content.get(name, {})
        if isinstance(found, dict):
            return dict(found)
        self.sheet.add((name,), f'"{name}" is not a table', f"Write [{name}] on a line of its own")
        return {}

    def _apply(self, environment: Mapping[str, str], given: dict[str, dict[str, object]]) -> None:
        named = {str(value) for key, value in given["alerts"].items() if key.endswith("_env")}
        for variable in sorted(environment):
            table, _, key = variable.removeprefix(_PREFIX).lower().partition("_")
            ours = variable.startswith(_PREFIX) and table in TABLES and variable not in named
            if not ours:
                continue
            if key not in _overrulable(TABLES[table]):
                valid = [f"{_PREFIX}{table}_{each}".upper() for each in _overrulable(TABLES[table])]
                to_do = f"Nearest: {nearest(variable, valid)}"
                self._environment_problem(variable, "sets nothing", to_do)
                continue
            value = from_words(get_type_hints(TABLES[table])[key], environment[variable])
            if self._fits_from_environment(TABLES[table], key, value, variable):
                given[table][key] = value

    def _fits_from_environment(self, kind: type, key: str, value: object, variable: str) -> bool:
        try:
            convert(get_type_hints(kind)[key], _field(kind, key).metadata, value)
        except Wrong as wrong:
            self._environment_problem(variable, wrong.what, wrong.to_do)
            return False
        return True

    def _environment_problem(self, variable: str, what: str, to_do: str) -> None:
        self.problems.append(Problem("environment", None, f"{variable} {what}", to_do))

    def _part(self, kind: type[_Part], given: Mapping[str, object], path: KeyPath) -> _Part | None:
        """One dataclass of the tree from its table; None when something is wrong with it."""
        before = len(self.problems)
        valid = [*_names(kind), *(["kind"] if path[0] == "shortage" else [])]
        for key in given:
            if key not in valid and not secret_in(key, given[key]):
                what = f'"{key}" is not a setting of {_title(path)}'
                self.sheet.add((*path, key), what, f"Nearest: {nearest(key, valid)}")
        values: dict[str, Any] = {}
        for each in _fields(kind):
            if each.name in given:
                values[each.name] = self._value(kind, each, given[each.name], (*path, each.name))
            elif each.default is MISSING and each.default_factory is MISSING:
                help = str(each.metadata["help"])
                what = f'{_title(path)} lacks "{each.name}" ({_as_clause(help)})'
                self.sheet.add(path, what, "Add it")
        return kind(**values) if len(self.problems) == before else None

    def _value(self, kind: type, about: Field[Any], value: object, path: KeyPath) -> object:
        hint = get_type_hints(kind)[about.name]
        if hint == tuple[Tile, ...]:
            return self._tiles(value, path, most=cast("int", about.metadata["most"]))
        try:
            converted = convert(hint, about.metadata, value)
            if about.metadata["form"] == "measure":
                named = converted if isinstance(converted, tuple) else (converted,)
                for each in named:
                    if each != "":
                        self._require_measure(str(each))
        except Wrong as wrong:
            self.sheet.add(path, f"{_title(path[:-1])} {about.name} {wrong.what}", wrong.to_do)
            return None
        return converted

    def _require_measure(self, name: str) -> None:
        if self.measures is not None and name not in self.measures:
            near = nearest(name, self.measures)
            to_do = f"Nearest: {near}" if near else "Add it there"
            raise Wrong(f'is "{name}", not a measure of reference/measures.csv', to_do)

    def _tiles(self, value: object, path: KeyPath, *, most: int) -> tuple[Tile | None, ...]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            example = '{ measure = "beds_occupied", category = "icu" }'
            self.sheet.add(path, "[briefing] tiles is not a list of tables", f"Write [{example}]")
            return ()
        if len(value) > most:
            what = f"[briefing] tiles has {len(value)} entries"
            self.sheet.add(path, what, f"Keep at most {most}")
        return tuple(self._tile(each, (*path, number)) for number, each in enumerate(value))

    def _tile(self, given: Mapping[str, object], path: KeyPath) -> Tile | None:
        tile = self._part(Tile, given, path)
        if tile is None:
            return None
        try:
            if tile.kind is TileKind.SHORTAGES:
                convert(Kind, {}, tile.measure)
            else:
                self._require_measure(tile.measure)
        except Wrong as wrong:
            self.sheet.add(path, f"{_title(path)} measure {wrong.what}", wrong.to_do)
        return tile

    def _shortages(self) -> tuple[ShortageRule, ...]:
        found = self.content.get("shortage", [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.sheet.add(("shortage",), "[shortage] is one table", "Write [[shortage]]")
            return ()
        rules: list[ShortageRule] = []
        for number, entry in enumerate(found):
            rule = self._shortage(entry, ("shortage", number))
            if rule is not None and rule in rules:
                what = f"[[shortage]] number {number + 1} repeats an earlier one"
                self.sheet.add(("shortage", number), what, "Remove one of them")
            elif rule is not None:
                rules.append(rule)
        return tuple(rules)

    def _models(self) -> tuple[OwnModel, ...]:
        found = self.content.get("models", [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.sheet.add(("models",), "[models] is one table", "Write [[models]]")
            return ()
        models: list[OwnModel] = []
        for number, entry in enumerate(found):
            model = self._part(OwnModel, entry, ("models", number))
            if model is not None and model.name in {each.name for each in models}:
                what = f'[[models]] number {number + 1} has the name "{model.name}" again'
                self.sheet.add(("models", number), what, "Give it another name")
            elif model is not None:
                self._require_one_source(model, ("models", number))
                models.append(model)
        return tuple(models)

    def _require_one_source(self, model: OwnModel, path: KeyPath) -> None:
        """Either a command or a folder of files; a list of codes only with the latter."""
        if bool(model.command) == bool(model.folder):
            both = "both a command and a folder" if model.command else "no command and no folder"
            self.sheet.add(path, f"{_title(path)} has {both}", "Give one of the two")
        elif model.codes and not model.folder:
            what = f"{_title(path)} has codes, which only files of a folder need"
            self.sheet.add((*path, "codes"), what, "Remove codes")

    def _epidemics(self) -> tuple[Epidemic, ...]:
        found = self.content.get("epidemics", [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.sheet.add(("epidemics",), "[epidemics] is one table", "Write [[epidemics]]")
            return ()
        epidemics: list[Epidemic] = []
        for number, entry in enumerate(found):
            path: KeyPath = ("epidemics", number)
            epidemic = self._part(Epidemic, entry, path)
            if epidemic is None:
                continue
            if (epidemic.measure, epidemic.category) in {
                (each.measure, each.category) for each in epidemics
            }:
                what = f'{_title(path)} is of measure "{epidemic.measure}" again'
                self.sheet.add(path, what, "Keep one for each measure and category")
                continue
            self._require_delay(epidemic, "generation", path)
            self._require_delay(epidemic, "admission", path)
            epidemics.append(epidemic)
        return tuple(epidemics)

    def _require_delay(self, epidemic: Epidemic, of: str, path: KeyPath) -> None:
        """Either the name of a published delay, or mean and standard deviation."""
        name = getattr(epidemic, of)
        mean, sd = getattr(epidemic, f"{of}_mean_days"), getattr(epidemic, f"{of}_sd_days")
        own = f"{of}_mean_days and {of}_sd_days"
        if name and (mean or sd):
            what = f"{_title(path)} has {of} and figures of its own for it"
            self.sheet.add((*path, of), what, f"Keep {of}, or {own}")
        elif not name and not (mean and sd):
            what = f"{_title(path)} lacks the delay {of}"
            self.sheet.add(path, what, f"Give {of}, the name of a published delay, or {own}")
        elif of == "admission" and len(epidemic.admission) > 2:
            what = f"{_title(path)} admission has {len(epidemic.admission)} delays"
            self.sheet.add((*path, "admission"), what, "Keep one, or two in a row")
        elif sd > 2 * mean:
            what = f"{_title(path)} {of}_sd_days is more than twice the mean"
            self.sheet.add((*path, f"{of}_sd_days"), what, "Give at most twice the mean")

    def _shortage(self, entry: Mapping[str, object], path: KeyPath) -> ShortageRule | None:
        named = entry.get("kind")
        valid = [str(each) for each in Kind]
        if named not in valid:
            what = (
                f"{_title(path)} has no kind"
                if named is None
                else (f'{_title(path)} kind is "{named}", not one of {", ".join(valid)}')
            )
            to_do = f"Nearest: {nearest(str(named or ''), valid, count=4)}"
            self.sheet.add((*path, "kind"), what, to_do)
            return None
        kind: type[ShortageRule] = SHORTAGE_KINDS[Kind(str(named))]
        rule = self._part(kind, entry, path)
        if isinstance(rule, BedShortage):
            for key, what, to_do in bed_mistakes(rule):
                self.sheet.add((*path, key), f"{_title(path)} has {what}", to_do)
        return rule


def _children(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _last_name(path: KeyPath) -> str:
    return next((each for each in reversed(path) if isinstance(each, str)), "")


def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind)


def _names(kind: type) -> list[str]:
    return [each.name for each in _fields(kind)]


def _field(kind: type, name: str) -> Field[Any]:
    return next(each for each in _fields(kind) if each.name == name)


def _overrulable(kind: type) -> list[str]:
    """Names of the settings that the environment may overrule: not the format, not the tiles."""
    unfit = {"format", "tiles"}
    return [name for name in _names(kind) if name not in unfit]


def _title(path: KeyPath) -> str:
    if path[0] in {"shortage", "models", "epidemics"}:
        return f"[[{path[0]}]] number {int(path[1]) + 1}"
    tile = next((each for each in path if isinstance(each, int)), None)
    return f"[{path[0]}]" if tile is None else f"[{path[0]}] tile {tile + 1}"


def _as_clause(help: str) -> str:
    return help[0].lower() + help[1:].rstrip(".")

"""``checks.toml`` read: every mistake with its line, every unknown name with the nearest ones.

A check is an entry ``[[check]]`` with ``name``, ``kind``, one of ``measure``, ``dataset`` or
``feed``, ``severity`` (warning unless said), perhaps ``category``, and the parameters of its
kind (``rules.KINDS``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from vigie.declarations import Sheet
from vigie.errors import Problem, nearest
from vigie.quality.rules import COLUMN_TYPES, KINDS, Check, Kind, Parameter, Rule, Severity, Target
from vigie.schemas import ALL_TABLES

__all__ = ["read_checks"]

_COMMON = ("name", "kind", "severity", "measure", "dataset", "feed", "category")
_TARGETS: tuple[Target, ...] = ("measure", "dataset", "feed")
_RELATIONS = ("facts", "ruled", "as_of")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORMS = {
    "number": "a number",
    "whole": "a whole number",
    "flag": "true or false",
    "text": "a text in quotes",
    "texts": "a list of texts",
    "columns": "a table, column = type",
}


def read_checks(
    text: str,
    file_name: str,
    measures: Collection[str],
    datasets: Collection[str],
    *,
    feeds: Collection[str] = (),
    dataset: str | None = None,
) -> tuple[tuple[Check, ...], list[Problem]]:
    """Read declared checks and report all mistakes together.

    Args:
        text: TOML with entries ``[[check]]`` and nothing else.
        file_name: path for the messages, relative to the room.
        measures: keys of the measures.
        datasets: names of the datasets.
        feeds: names of the feeds.
        dataset: what an entry looks at that names no measure, dataset or feed: for the entries
            that stand in a dataset's own file.

    Returns:
        The checks without mistakes, and the mistakes.
    """
    sheet = Sheet(file_name, text)
    for key in sheet.content:
        if key != "check":
            sheet.add((key,), f'unknown key "{key}"', "Only entries [[check]] stand here.")
    entries = sheet.content.get("check", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        sheet.add(("check",), '"check" is not a list of tables', "Write [[check]] before each.")
        return (), sheet.problems
    names = _Names(measures, datasets, feeds)
    checks: dict[str, Check] = {}
    for position, entry in enumerate(entries):
        reader = _Entry(sheet, position, entry, names)
        check = reader.read(dataset)
        if check is not None and check.name in checks:
            what = f'the check "{check.name}" is declared twice'
            first = f"(first in line {checks[check.name].line})"
            reader.mistake("name", f"{what} {first}", "Give each check its own name.")
        elif check is not None:
            checks[check.name] = check
    return tuple(checks.values()), sheet.problems


@dataclass(frozen=True, slots=True)
class _Names:
    measures: Collection[str]
    datasets: Collection[str]
    feeds: Collection[str]

    def of(self, target: Target) -> Collection[str]:
        by_target = {"measure": self.measures, "dataset": self.datasets, "feed": self.feeds}
        return by_target[target]


class _Entry:
    """One ``[[check]]`` while it is read."""

    def __init__(
        self, sheet: Sheet, position: int, entry: Mapping[str, object], names: _Names
    ) -> None:
        self.sheet = sheet
        self.path = ("check", position)
        self.entry = entry
        self.names = names
        self.problems_before = len(sheet.problems)

    def mistake(self, key: str, what: str, to_do: str) -> None:
        self.sheet.add((*self.path, key), what, to_do)

    def is_faulty(self) -> bool:
        return len(self.sheet.problems) > self.problems_before

    def read(self, dataset: str | None) -> Check | None:
        name = self._name()
        kind_name = self._choice("kind", tuple(KINDS), default=None)
        severity = self._choice("severity", tuple(Severity), default=Severity.WARNING.value)
        kind = KINDS.get(kind_name)
        if kind is None:
            return None
        target, figure = self._figure(kind_name, kind, dataset)
        rule = self._rule(kind_name, kind)
        category = self.entry.get("category")
        if category is not None and not isinstance(category, str):
            self.mistake("category", '"category" is not a text', "Write it in quotes.")
        if self.is_faulty() or rule is None:
            return None
        self._cross_check(kind_name, rule)
        if self.is_faulty():
            return None
        return Check(
            name,
            kind_name,
            Severity(severity),
            target,
            figure,
            category if isinstance(category, str) else None,
            rule,
            self.sheet.file,
            self.sheet.line(self.path),
        )

    def _name(self) -> str:
        name = self.entry.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name):
            return name
        what = "the check has no name" if name is None else f'"{name}" is not a name for a check'
        self.mistake("name", what, 'Write name = "..." in small letters, digits and "_".')
        return ""

    def _choice(self, key: str, choices: tuple[str, ...], *, default: str | None) -> str:
        value = self.entry.get(key, default)
        if isinstance(value, str) and value in choices:
            return value
        if value is None:
            self.mistake(key, f'the check has no "{key}"', f"Write one of: {', '.join(choices)}.")
        else:
            near = nearest(str(value), choices)
            self.mistake(key, f'unknown {key} "{value}"', f"The nearest are {near}.")
        return ""

    def _figure(self, kind_name: str, kind: Kind, dataset: str | None) -> tuple[Target, str]:
        named = [target for target in _TARGETS if target in self.entry]
        if not named and dataset is not None and "dataset" in kind.targets:
            return "dataset", dataset
        if len(named) != 1:
            what = "names no figure" if not named else f"names {' and '.join(named)}"
            self.mistake(
                named[0] if named else "",
                f"the check {what}",
                f"Name one of: {', '.join(kind.targets)}.",
            )
            return "measure", ""
        target = named[0]
        figure = self.entry[target]
        if target not in kind.targets:
            self.mistake(
                target,
                f'a check of kind "{kind_name}" cannot look at a {target}',
                f"Name one of: {', '.join(kind.targets)}.",
            )
        elif not isinstance(figure, str) or figure not in self.names.of(target):
            self._unknown(target, target, str(figure))
        return target, str(figure)

    def _unknown(self, key: str, target: Target, name: str) -> None:
        near = nearest(name, self.names.of(target))
        to_do = f"The nearest are {near}." if near else f"This room declares no {target}."
        self.mistake(key, f'unknown {target} "{name}"', to_do)

    def _rule(self, kind_name: str, kind: Kind) -> Rule | None:
        known = {each.name for each in kind.parameters}
        for key in self.entry:
            if key not in known and key not in _COMMON:
                near = nearest(key, {*known, *_COMMON})
                self.mistake(
                    key,
                    f'a check of kind "{kind_name}" has no key "{key}"',
                    f"The nearest are {near}.",
                )
        values = {each.name: self._value(each) for each in kind.parameters}
        return None if self.is_faulty() else kind.rule(**values)  # type: ignore[arg-type]

    def _value(self, parameter: Parameter) -> object:
        key = parameter.name
        if key not in self.entry:
            if parameter.is_required:
                self.mistake("", f'"{key}" is missing', f"{parameter.meaning}")
            return () if parameter.form == "columns" else parameter.default
        value = _formed(parameter, self.entry[key])
        if value is None:
            self.mistake(key, f'"{key}" is not {_FORMS[parameter.form]}', parameter.meaning)
            return None
        for mistake in _out_of_bounds(parameter, value):
            self.mistake(key, f'"{key}" {mistake}', parameter.meaning)
        return value

    def _cross_check(self, kind_name: str, rule: Rule) -> None:
        if kind_name == "jump" and self.entry.keys().isdisjoint({"factor", "z"}):
            self.mistake("", "a jump needs a limit", 'Write "factor", "z" or both.')
        if kind_name == "schema":
            if self.entry.keys().isdisjoint({"columns", "required", "unique"}):
                self.mistake(
                    "", "the check says nothing", 'Write "columns", "required" or "unique".'
                )
            declared = self.entry.get("columns", {})
            for column, type_name in declared.items() if isinstance(declared, dict) else ():
                if type_name not in COLUMN_TYPES:
                    self.mistake(
                        "columns",
                        f'column "{column}": unknown type "{type_name}"',
                        f"Write one of: {', '.join(COLUMN_TYPES)}.",
                    )
        if kind_name == "range" and _is_reversed(rule):
            self.mistake("min", '"min" is above "max"', "Exchange them.")
        for key in {"at_most": ("other",), "sum_of_parts": ("total",)}.get(kind_name, ()):
            name = self.entry.get(key)
            if isinstance(name, str) and name not in self.names.measures:
                self._unknown(key, "measure", name)
        if kind_name == "sql":
            known = {*self.names.measures, *self.names.datasets, *ALL_TABLES, *_RELATIONS}
            for what, to_do in _query_mistakes(str(self.entry["query"]), known):
                self.mistake("query", what, to_do)


def _formed(parameter: Parameter, value: object) -> object | None:
    """The value in the parameter's form; None when it has another."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match parameter.form:
        case "number":
            return float(value) if is_number else None  # type: ignore[arg-type]
        case "whole":
            return value if isinstance(value, int) and is_number else None
        case "flag":
            return value if isinstance(value, bool) else None
        case "text":
            return value if isinstance(value, str) else None
        case "texts":
            is_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
            return tuple(value) if is_texts else None  # type: ignore[arg-type]
        case "columns":
            return tuple(value.items()) if isinstance(value, dict) else None


def _out_of_bounds(parameter: Parameter, value: object) -> Iterator[str]:
    if isinstance(value, float | int) and not isinstance(value, bool):
        if parameter.minimum is not None and value < parameter.minimum:
            yield f"is below {parameter.minimum:g}"
        if parameter.maximum is not None and value > parameter.maximum:
            yield f"is above {parameter.maximum:g}"
    if parameter.choices and value not in parameter.choices:
        yield f'is "{value}", not one of {", ".join(parameter.choices)}'


def _is_reversed(rule: Rule) -> bool:
    low, high = getattr(rule, "min", None), getattr(rule, "max", None)
    return low is not None and high is not None and low > high


def _query_mistakes(query: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    import sqlglot
    from sqlglot import exp

    try:
        statements = sqlglot.parse(query, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        first = str(error).splitlines()[0]
        yield f'"query" is not SQL that can be read: {first}', "Correct the query."
        return
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        yield '"query" is not one SELECT', "Write one SELECT that returns the offending rows."
        return
    if any(True for _ in statements[0].find_all(exp.Placeholder, exp.Parameter)):
        yield '"query" has parameters', "Read the day with (SELECT as_of FROM as_of)."
    own = {each.alias_or_name for each in statements[0].find_all(exp.CTE)}
    read = {each.name for each in statements[0].find_all(exp.Table) if each.name}
    for name in sorted(read - own - set(known)):
        yield f'"query" reads unknown "{name}"', f"The nearest are {nearest(name, known)}."

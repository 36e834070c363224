"""A dataset in Python, read as a syntax tree and never run here."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vigie.errors import Problem

__all__ = ["MOST_DAYS", "PYTHON_NAMES", "PythonSource", "read_python"]

PYTHON_NAMES = {
    "INPUTS": "Relations it reads. Required.",
    "LINEAGE": "For each column of its rows the columns `input.column` it is made of. Required.",
    "MEASURE": "Key of the measure that the rows become facts of; left out: they stay a table.",
    "WINDOW_DAYS": "Days up to as_of that are read of measures, facts and ruled; left out: all.",
    "PURPOSES": "Purposes the rows may be used for; left out: those that all inputs allow.",
}
"""What a Python dataset says in constants that are written out."""

MOST_DAYS = 36_500
"""Longest window, in days."""


@dataclass(frozen=True, slots=True)
class PythonSource:
    """What the constants of a Python dataset say; see ``declaration``."""

    description: str = ""
    inputs: tuple[str, ...] = ()
    measure: str | None = None
    purposes: tuple[str, ...] = ()
    window_days: int | None = None
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_python(file: str, text: str) -> tuple[PythonSource, list[Problem]]:
    """Read docstring, constants and the signature of ``build``.

    Args:
        file: path for messages.
        text: Python source.

    Returns:
        What was found (empty where there are mistakes), and all mistakes.
    """
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        what = f"not valid Python: {getattr(error, 'msg', None) or error}"
        return PythonSource(), [Problem(file, line, what, "Correct the line.")]
    reader = _Reader(file, module)
    source = PythonSource(
        description=reader.description(),
        inputs=reader.texts("INPUTS", is_required=True),
        measure=reader.text("MEASURE"),
        purposes=reader.texts("PURPOSES", is_required=False),
        window_days=reader.days("WINDOW_DAYS"),
        lineage=reader.lineage(),
    )
    reader.check_build()
    return source, reader.problems


class _Reader:
    def __init__(self, file: str, module: ast.Module) -> None:
        self.file = file
        self.module = module
        self.problems: list[Problem] = []
        self.constants = dict(_constants(module))

    def _mistake(self, line: int | None, what: str, to_do: str) -> None:
        self.problems.append(Problem(self.file, line, what, to_do))

    def description(self) -> str:
        text = ast.get_docstring(self.module)
        if not text:
            self._mistake(
                1,
                "the dataset has no description",
                "Begin the file with a docstring that says what it is.",
            )
        return (text or "").split("\n\n")[0].replace("\n", " ")

    def _literal(self, name: str) -> tuple[object, int | None]:
        node = self.constants.get(name)
        if node is None:
            return None, None
        try:
            return ast.literal_eval(node), node.lineno
        except ValueError:
            self._mistake(
                node.lineno,
                f"{name} is not written out",
                "Write its value out; this file is read without running it.",
            )
            return None, node.lineno

    def texts(self, name: str, *, is_required: bool) -> tuple[str, ...]:
        value, line = self._literal(name)
        if line is None and is_required:
            self._mistake(None, f"{name} is missing", f'Write {name} = ["..."].')
        if value is None:
            return ()
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            return tuple(value)
        self._mistake(line, f"{name} is not a list of texts", f'Write {name} = ["..."].')
        return ()

    def text(self, name: str) -> str | None:
        value, line = self._literal(name)
        if value is None or isinstance(value, str):
            return value
        self._mistake(line, f"{name} is not a text", f'Write {name} = "...".')
        return None

    def days(self, name: str) -> int | None:
        value, line = self._literal(name)
        if value is None:
            return None
        if type(value) is int and 1 <= value <= MOST_DAYS:
            return value
        to_do = f"Write {name} = 60, or leave it out for all days."
        self._mistake(line, f"{name} is not a whole number from 1 to {MOST_DAYS}", to_do)
        return None

    def lineage(self) -> dict[str, tuple[str, ...]]:
        value, line = self._literal("LINEAGE")
        to_do = 'Write LINEAGE = {"column": ["input.column"], ...}.'
        if value is None:
            if line is None:
                self._mistake(None, "LINEAGE is missing", to_do)
            return {}
        if not _is_lineage(value):
            self._mistake(line, "LINEAGE is not a table from columns to lists of columns", to_do)
            return {}
        assert isinstance(value, dict)
        named = _written_texts(self.constants.get("INPUTS"))
        for column, origins in value.items():
            for origin in origins:
                relation, dot, _ = origin.partition(".")
                if not dot or (named and relation not in named):
                    self._mistake(
                        line,
                        f'LINEAGE of "{column}": "{origin}" is no column of an input',
                        'Write "input.column" with an input of INPUTS.',
                    )
        return {column: tuple(origins) for column, origins in value.items()}

    def check_build(self) -> None:
        functions = [
            each
            for each in self.module.body
            if isinstance(each, ast.FunctionDef) and each.name == "build"
        ]
        if not functions:
            self._mistake(None, "there is no function build", "Write def build(inputs): ...")
        for function in functions:
            arguments = function.args
            count = len(arguments.posonlyargs) + len(arguments.args)
            if count != 1 or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
                self._mistake(
                    function.lineno,
                    "build does not take exactly one argument",
                    "Write def build(inputs), tables by name.",
                )


def _constants(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in PYTHON_NAMES:
                yield target.id, value


def _written_texts(node: ast.expr | None) -> set[str]:
    """The texts in a list that is written out; other mistakes in it are told elsewhere."""
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    values = (each.value for each in elements if isinstance(each, ast.Constant))
    return {value for value in values if isinstance(value, str)}


def _is_lineage(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(column, str)
        and isinstance(origins, list | tuple)
        and all(isinstance(each, str) for each in origins)
        for column, origins in value.items()
    )

"""Reads [columns] and [[measures]] of a declaration: which column of the file means what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import get_args

import pyarrow as pa

from vigie.declarations import Section, Sheet
from vigie.errors import nearest
from vigie.feeds.declaration import ColumnRule, KnownAt, MeasureRule, TableName
from vigie.feeds.vocabulary import MeasureInfo, Vocabulary
from vigie.schemas import INSTANT
from vigie.schemas import table as named_table

__all__ = ["read_columns", "read_known_at", "read_measures"]

_NEEDED: dict[TableName, tuple[str, ...]] = {
    "reports": ("place", "reference_date"),
    "orders": ("order", "place", "product", "quantity", "eta_date"),
    "movements": ("stay", "place", "category", "from_date"),
    "lots": ("place", "product", "lot", "expires_date", "quantity", "unit", "counted_date"),
    "planned_shifts": ("shift", "member", "place", "category", "begins_at", "ends_at"),
}
_YEARS = ("%Y", "%y", "%G")
_INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S"


def read_columns(
    sheet: Sheet, content: Mapping[str, object], table: TableName, words: Vocabulary
) -> dict[str, ColumnRule]:
    """The rules of [columns] by column of the table, known_at apart; mistakes go to the sheet."""
    section = Section(sheet, ("columns",), content.get("columns", {}))
    section.has("known_at")
    rules: dict[str, ColumnRule] = {}
    for target in _targets(table):
        if section.has(target):
            rules[target] = _column(sheet, target, section.get(target), words, table)
    section.finish()
    missing = [target for target in _NEEDED[table] if target not in rules]
    if table == "reports" and "measures" not in content:
        missing += [target for target in ("measure", "value") if target not in rules]
    for target in missing:
        section.add(
            "",
            f"[columns] does not say where {target} comes from",
            f'Add {target} = {{ from = "..." }}.',
        )
    return rules


def _targets(table: TableName) -> tuple[str, ...]:
    own = {"known_at", "reason", "feed", "arrival", "run"}
    return tuple(name for name in named_table(table).names if name not in own)


def _column(
    sheet: Sheet, target: str, content: object, words: Vocabulary, table: TableName
) -> ColumnRule:
    if isinstance(content, str):
        content = {"from": content}
    section = Section(sheet, ("columns", target), content)
    column_type = named_table(table)[target].type
    constant = None
    if section.has("value"):
        constant = section.text("value")
    elif not section.has("from"):
        section.add(
            "",
            f"[columns] {target} has neither from nor value",
            'Name the column of the file: { from = "..." }.',
        )
    is_text = column_type == pa.string()
    is_instant = column_type == INSTANT
    is_date = column_type == pa.date32() or is_instant
    _constant_fits(section, constant, column_type)
    rule = ColumnRule(
        target=target,
        source=section.text("from") if constant is None else "",
        codes=section.text("codes") if is_text else "",
        constant=constant,
        format=_date_format(section, _INSTANT_FORMAT if is_instant else "%Y-%m-%d")
        if is_date
        else "",
        period=section.text("period", choices=("", "month")) if is_date and not is_instant else "",
        plus_days=section.whole("plus_days", 0, at_least=-400, at_most=400) if is_date else 0,
        ahead_days=section.whole("ahead_days", 0, at_least=0, at_most=400) if is_date else 0,
        unit_source=_unit_source(sheet, section, target),
        factor=section.number("factor", 1.0) if column_type == pa.float64() else 1.0,
    )
    section.finish()
    _known_words(section, rule, words)
    return rule


def _constant_fits(section: Section, constant: str | None, column_type: pa.DataType) -> None:
    if constant is None:
        return
    if column_type in (pa.float64(), INSTANT):
        kind = "number" if column_type == pa.float64() else "instant"
        section.add(
            "value",
            f"{section.name()} is the same {kind} for all rows",
            'Name the column of the file: { from = "..." }.',
        )
    if column_type == pa.date32() and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", constant):
        section.add("value", f"{section.name()} is no date", "Write it as YYYY-MM-DD.")


def _unit_source(sheet: Sheet, section: Section, target: str) -> str:
    if target != "value" or not section.has("unit"):
        return ""
    inner = Section(sheet, ("columns", target, "unit"), section.get("unit"))
    source = inner.text("from", required=True)
    inner.finish()
    return source


def _date_format(section: Section, usual: str = "%Y-%m-%d") -> str:
    text = section.text("format", usual)
    has_year = any(part in text for part in _YEARS)
    if text != "excel" and not has_year:
        section.add(
            "format",
            f"{section.name('format')} holds no year",
            'Write it as strftime does, e.g. "%d/%m/%Y", or "excel" for serial numbers.',
        )
    return text


def _known_words(section: Section, rule: ColumnRule, words: Vocabulary) -> None:
    if rule.codes and rule.codes not in words.codes:
        section.add(
            "",
            f'the code list "{rule.codes}" does not exist',
            f"Add reference/codes/{rule.codes}.csv; there are: "
            f"{nearest(rule.codes, words.codes) or 'none'}.",
        )
        return
    valid: Iterable[str]
    if rule.target == "place":
        valid = words.places
    elif rule.target == "product":
        valid = words.products
    elif rule.target == "measure":
        valid = words.measures
    elif rule.target == "category":
        valid = words.category_keys() | {""}
    else:
        return
    known = frozenset(valid)
    if rule.constant is not None and rule.constant not in known:
        section.add(
            "",
            f'{section.name()}: there is no {rule.target} "{rule.constant}"',
            f"Nearest: {nearest(rule.constant, known) or 'none exists'}.",
        )
    unknown = sorted(set(words.codes.get(rule.codes, {}).values()) - known)
    if rule.codes and unknown:
        named = ", ".join(f'"{each}"' for each in unknown[:5])
        section.add(
            "",
            f'the code list "{rule.codes}" leads to {len(unknown)} {rule.target} keys '
            f"that do not exist ({named})",
            f"Correct reference/codes/{rule.codes}.csv; nearest to the first: "
            f"{nearest(unknown[0], known) or 'none'}.",
        )


def read_known_at(sheet: Sheet, content: Mapping[str, object]) -> KnownAt:
    """How the declaration says when figures were made public; mistakes go to the sheet."""
    columns = content.get("columns", {})
    if not isinstance(columns, Mapping) or "known_at" not in columns:
        return KnownAt("receipt")
    given = columns["known_at"]
    section = Section(
        sheet, ("columns", "known_at"), {"from": given} if isinstance(given, str) else given
    )
    if section.has("reference_plus_days"):
        days = section.whole("reference_plus_days", 0, at_least=0, at_most=400)
        section.finish()
        return KnownAt("reference", plus_days=days)
    mode = "name" if section.has("name") else "column"
    known = KnownAt(
        mode=mode,  # type: ignore[arg-type]  # one of two literals above
        source=section.text("from", required=True) if mode == "column" else "",
        pattern=_name_pattern(section) if mode == "name" else "",
        format=_date_format(section),
        plus_days=section.whole("plus_days", 0, at_least=0, at_most=400),
    )
    section.finish()
    return known


def _name_pattern(section: Section) -> str:
    text = section.text("name", required=True)
    try:
        pattern = re.compile(text)
    except re.error as error:
        section.add(
            "name", f"{section.name('name')} is no regular expression ({error})", "Correct it."
        )
        return text
    if "date" not in pattern.groupindex:
        section.add(
            "name",
            f"{section.name('name')} marks no date",
            r'Write the date as a group: "beds_(?P<date>\\d{8})".',
        )
    return text


def read_measures(
    sheet: Sheet,
    content: Mapping[str, object],
    table: TableName,
    columns: Mapping[str, ColumnRule],
    words: Vocabulary,
) -> tuple[MeasureRule, ...]:
    """The value columns of a wide file; mistakes go to the sheet."""
    entries = content.get("measures", [])
    if not isinstance(entries, list):
        sheet.add(("measures",), "measures is not a list", "Write [[measures]].")
        return ()
    if entries and (table != "reports" or "value" in columns or "measure" in columns):
        sheet.add(
            ("measures",),
            "[[measures]] is for wide files of reports only",
            "Keep either [[measures]] or measure and value in [columns].",
        )
    rules = []
    for number, entry in enumerate(entries):
        section = Section(sheet, ("measures", number), entry)
        rules.append(_measure(section, columns, words))
        section.finish()
    _twice(sheet, rules)
    return tuple(rules)


def _measure(section: Section, columns: Mapping[str, ColumnRule], words: Vocabulary) -> MeasureRule:
    rule = MeasureRule(
        measure=section.text("measure", required=True),
        source=section.text("from", required=True),
        unit=section.text("unit", required=True),
        category=section.text("category") if section.has("category") else None,
        factor=section.number("factor", 1.0),
    )
    census = section.text("census")
    info = words.measures.get(rule.measure)
    if info is None:
        if rule.measure:
            section.add(
                "measure",
                f'there is no measure "{rule.measure}"',
                f"Nearest: {nearest(rule.measure, words.measures) or 'none'}; or add a "
                "row to reference/measures.csv.",
            )
        return rule
    if rule.unit and rule.unit != info.unit and not section.has("factor"):
        section.add(
            "unit",
            f'{rule.measure} is in "{info.unit}" in measures.csv, not in "{rule.unit}"',
            "Correct the unit, or add factor to convert it.",
        )
    if census and census != info.census:
        section.add(
            "census",
            f'{rule.measure} has the census "{info.census}" in measures.csv, not "{census}"',
            "Two census hours are two measures.",
        )
    _category(section, rule, info, columns, words)
    _period(section, info, columns)
    return rule


def _category(
    section: Section,
    rule: MeasureRule,
    info: MeasureInfo,
    columns: Mapping[str, ColumnRule],
    words: Vocabulary,
) -> None:
    if rule.category is None:
        if not info.dimension and "category" in columns:
            section.add(
                "",
                f"{rule.measure} has no dimension in measures.csv, and [columns] gives "
                "it a category",
                'Write category = "" here, or give it a dimension.',
            )
        return
    valid = words.categories.get(info.dimension, frozenset()) | {""}
    if rule.category not in valid:
        what = f'a category of dimension "{info.dimension}"' if info.dimension else "no category"
        section.add(
            "category",
            f'"{rule.category}" does not fit: {rule.measure} takes {what}',
            f"Nearest: {nearest(rule.category, valid - {''}) or 'none'}.",
        )


def _period(section: Section, info: MeasureInfo, columns: Mapping[str, ColumnRule]) -> None:
    date = columns.get("reference_date")
    if info.step == "month" and date and not date.is_month_end:
        section.add(
            "measure",
            "the measure is monthly, and reference_date holds days",
            'Add period = "month" to reference_date: it becomes the month\'s last day.',
        )


def _twice(sheet: Sheet, rules: list[MeasureRule]) -> None:
    seen: dict[tuple[str, str | None], int] = {}
    for number, rule in enumerate(rules):
        first = seen.setdefault((rule.measure, rule.category), number)
        if first != number:
            sheet.add(
                ("measures", number),
                f"{rule.measure} with this category stands twice",
                f"Remove one, or correct the category (the first is no. {first + 1}).",
            )


assert set(_NEEDED) == set(get_args(TableName))

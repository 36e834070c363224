"""The rules a cell must pass, one function a kind: the value, or which rule failed and why.

Pure functions of one cell. A cell is text (CSV), or what a workbook or Parquet file holds:
a number, a truth value, a date, an instant, or None. They run once per distinct cell.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from vigie.errors import nearest
from vigie.feeds.declaration import ColumnRule

__all__ = [
    "Failure",
    "cell_text",
    "read_date",
    "read_instant",
    "read_key",
    "read_moment",
    "read_number",
    "read_word",
    "readable_format",
]

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_LAST = 2_958_465
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?", re.ASCII)
_WORDS = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
    "%b": "Jan",
    "%B": "January",
    "%G": "YYYY",
    "%V": "ww",
    "%z": "+hh:mm",
    "%f": "ffffff",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a cell is not taken.

    Attributes:
        rule: name of the rule.
        message: what was wrong and what to do. Never holds the cell.
    """

    rule: str
    message: str


def cell_text(cell: object) -> str:
    """A cell as text: 75056.0 of a workbook is "75056"; None is ""."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def readable_format(format: str) -> str:
    """A date format as people write it: "%d/%m/%Y" is "DD/MM/YYYY"."""
    for part, word in _WORDS.items():
        format = format.replace(part, word)
    return format


def read_key(
    cell: object,
    kind: str,
    codes: Mapping[str, str] | None,
    valid: Collection[str],
    *,
    suggest: bool,
) -> str | Failure:
    """A key of the room, by the code list when there is one.

    Args:
        cell: as read.
        kind: place, category, product or measure: names the rule.
        codes: code to key, or None: the cell is the key.
        valid: keys that exist.
        suggest: whether the message may list the nearest codes or keys.
    """
    text = cell_text(cell)
    if codes is not None and text in codes:
        return codes[text]
    if codes is None and text in valid:
        return text
    known: Collection[str] = valid if codes is None else codes
    if not text:
        return Failure(kind, f"no {kind} is given. Ask the sender to fill the column.")
    near = f" (nearest: {nearest(text, known)})" if suggest and known else ""
    where = f"reference/{_plural(kind)}.csv" if codes is None else "the code list"
    return Failure(kind, f"unknown {kind}{near}. Correct the row, or add it to {where}.")


def _plural(kind: str) -> str:
    return "categories" if kind == "category" else f"{kind}s"


def read_word(
    cell: object, allowed: Collection[str], codes: Mapping[str, str] | None
) -> str | Failure | None:
    """One of a few words, or None when blank."""
    text = cell_text(cell)
    text = codes.get(text, text) if codes else text
    if not text:
        return None
    if text in allowed:
        return text
    return Failure(
        "word", f"none of {', '.join(allowed)}. Correct the row, or map the word by a code list."
    )


def read_number(cell: object, decimal: str) -> float | Failure:
    """A finite number.

    Args:
        cell: as read; blank cells are the caller's.
        decimal: "." or ",", the mark of a text.
    """
    if isinstance(cell, bool) or cell is None:
        return Failure("number", "not a number. Correct the row.")
    if isinstance(cell, int | float):
        if math.isfinite(cell):
            return float(cell)
        return Failure("number", "not a finite number. Leave the cell blank when there is none.")
    text = str(cell).strip()
    if text.startswith("="):
        return Failure("formula", "a formula without its value. Ask for values, not formulas.")
    plain = text.replace(",", ".") if decimal == "," and "." not in text else text
    if _NUMBER.fullmatch(plain) and (decimal == "." or "." not in text):
        value = float(plain)
        if math.isfinite(value):
            return value
    return Failure("number", _number_hint(text, decimal))


def _number_hint(text: str, decimal: str) -> str:
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[+-]?\d+{re.escape(other)}\d+", text):
        return (
            f'not a number with the decimal mark "{decimal}": it has "{other}". Set decimal = '
            f'"{other}" in [format] if the whole file is so.'
        )
    if re.fullmatch(r"[+-]?\d{1,3}([ ,.'\u00a0\u202f]\d{3})+([.,]\d+)?", text):
        return "a number with separators of thousands. Ask for plain digits."
    return (
        f'not a number (expected digits with the decimal mark "{decimal}"). Correct the row, '
        "or list the word in null_values if it means no value."
    )


def read_date(cell: object, rule: ColumnRule, zone: tzinfo, latest: date | None) -> date | Failure:
    """A day; moved to the end of its month or by plus_days as the rule says.

    Args:
        cell: as read; blank cells are the caller's.
        rule: holds format, period and plus_days.
        zone: of the room, for instants with an offset.
        latest: a later day is refused; the first day of the period counts. None: no limit.
    """
    day = _day(cell, rule.format, zone)
    if isinstance(day, Failure):
        return day
    if latest is not None and (day.replace(day=1) if rule.is_month_end else day) > latest:
        return Failure(
            "future",
            "the day lies after the file was received. Correct the row; day "
            "and month may be swapped.",
        )
    if rule.is_month_end:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    try:
        return day + timedelta(days=rule.plus_days)
    except OverflowError:
        return Failure("date", "no calendar has the day. Correct the row, or plus_days.")


def _day(cell: object, format: str, zone: tzinfo) -> date | Failure:
    if isinstance(cell, datetime):
        return (cell.astimezone(zone) if cell.tzinfo else cell).date()
    if isinstance(cell, date):
        return cell
    if format == "excel":
        return _excel_day(cell)
    if (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and _SERIAL.fullmatch(cell_text(cell))
    ):
        return _serial(format)
    text = cell_text(cell)
    parsed = _parse(text, format)
    if parsed is None:
        return _date_hint(text, format)
    return parsed.date()


def _excel_day(cell: object) -> date | Failure:
    try:
        serial = math.floor(float(cell_text(cell)))
    except (ValueError, OverflowError):
        serial = 0
    if not 1 <= serial <= _EXCEL_LAST:
        return Failure("date", "not a serial number of a date. Correct the row, or the format.")
    return _EXCEL_EPOCH + timedelta(days=serial)


def _serial(format: str) -> Failure:
    return Failure(
        "date",
        f"a serial number, not a date (expected {readable_format(format)}). Set "
        'format = "excel" for this column if the whole file is so.',
    )


# What fromisoformat reads exactly as strptime does, 10 times faster.
_ISO_FORMS = {
    "%Y-%m-%d": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "%Y-%m-%dT%H:%M:%S": re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}"),
    "%Y-%m-%d %H:%M:%S": re.compile(r"[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}"),
    "%Y-%m-%dT%H:%M:%SZ": re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z"),
}


def _parse(text: str, format: str) -> datetime | None:
    if "%V" in format and "%u" not in format:
        text, format = f"{text} 7", f"{format} %u"
    try:
        form = _ISO_FORMS.get(format)
        if form is not None and form.fullmatch(text):
            return datetime.fromisoformat(text)
        return datetime.strptime(text, format)  # noqa: DTZ007  the caller gives the zone
    except (ValueError, OverflowError):
        return None


def _date_hint(text: str, format: str) -> Failure:
    expected = readable_format(format)
    if _SERIAL.fullmatch(text):
        return _serial(format)
    swapped = format.translate(str.maketrans("dm", "md"))
    if swapped != format and _parse(text, swapped) is not None:
        return Failure(
            "date",
            f"not a date (expected {expected}): the month is above 12, so day "
            "and month are swapped. Correct the row, or the format of the column.",
        )
    return Failure(
        "date",
        f"not a date (expected {expected}). Correct the row, or set the format of this column.",
    )


def read_instant(
    cell: object, format: str, zone: tzinfo, plus_days: int, latest: datetime
) -> datetime | Failure:
    """When a row was made public, in UTC.

    A date alone means 00:00 of the room, a time without an offset is a time of the room; where
    clocks go back, its first passing.

    Args:
        cell: as read; blank cells are the caller's.
        format: as strptime takes it; a literal Z says UTC.
        zone: of the room.
        plus_days: added.
        latest: a later instant is refused.
    """
    instant = _later(cell, format, zone, plus_days)
    if instant is None:
        return Failure(
            "known_at",
            f"not an instant (expected {readable_format(format)}). Correct "
            "the row, or set the format of this column.",
        )
    if instant > latest:
        return Failure(
            "future",
            "made public after the file was received. Correct the row; day "
            "and month may be swapped.",
        )
    return instant


def read_moment(cell: object, format: str, zone: tzinfo, plus_days: int) -> datetime | Failure:
    """An instant that may lie in the future, in UTC; cells and format as ``read_instant``."""
    instant = _later(cell, format, zone, plus_days)
    if instant is None:
        return Failure(
            "instant",
            f"not an instant (expected {readable_format(format)}). Correct the row, or set the "
            "format of this column.",
        )
    return instant


def _later(cell: object, format: str, zone: tzinfo, plus_days: int) -> datetime | None:
    """The instant so many days later; None where the cell tells none that a calendar holds."""
    try:
        instant = _instant(cell, format, zone)
        if instant is None or not plus_days:
            return instant
        # Days are added on the room's clock: where clocks go back, 24 hours are not a day.
        return (instant.astimezone(zone) + timedelta(days=plus_days)).astimezone(UTC)
    except OverflowError:
        # What programs write for "none": 0001-01-01 lies in the year 0 on the clock of UTC.
        return None


def _instant(cell: object, format: str, zone: tzinfo) -> datetime | None:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC) if cell.tzinfo else cell.replace(tzinfo=zone).astimezone(UTC)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=zone).astimezone(UTC)
    if format == "excel":
        day = _excel_day(cell)
        return None if isinstance(day, Failure) else _instant(day, format, zone)
    parsed = _parse(cell_text(cell), format)
    if parsed is None:
        return None
    if parsed.tzinfo is not None:
        return parsed.astimezone(UTC)
    return parsed.replace(tzinfo=UTC if format.endswith("Z") else zone).astimezone(UTC)

"""CSV at length: rows keep their numbers over block bounds, and what is written is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BEDS = """[feed]
owner = "o"
legal_basis = "l"
purpose = "p"
[format]
encoding = "{encoding}"
delimiter = "{delimiter}"
[columns]
place = "hospital"
reference_date = "date"
category = "ward"
[[measures]]
measure = "beds_occupied"
from = "occupied"
unit = "beds"
"""


def test_wrong_rows_keep_their_numbers_over_blocks(take: Callable[..., object]) -> None:
    first = date(2000, 1, 1)
    lines = ["hospital,ward,date,occupied,remark"]
    filler = "x" * 600
    broken, blank, wrong = {3, 7000, 7001, 15_000}, {5, 7002}, {6, 7003, 15_001}
    for row in range(1, 15_002):
        if row in broken:
            lines.append("north,icu")
        elif row in blank:
            lines.append("")
        else:
            day = first + timedelta(days=row % 7000)
            ward = "icu" if row < 7000 else "hdu"
            place = "north" if row < 14_000 else "south"
            lines.append(f"{place},{ward},{day},{'x' if row in wrong else row % 90},{filler}")
    taken = take(BEDS.format(encoding="utf-8", delimiter=","), "\n".join(lines))
    assert taken.error is None
    assert taken.accepted.size > 8 << 20, "more than two blocks"
    assert taken.rules == sorted(
        [(row, "", "columns") for row in broken] + [(row, "occupied", "number") for row in wrong]
    )
    assert taken.parsed.rows == 15_001 - len(broken | blank | wrong)


FACT = st.tuples(
    st.sampled_from(["north", "south", "east"]),
    st.sampled_from(["icu", "hdu"]),
    st.dates(date(2019, 1, 1), date(2021, 3, 10)),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(FACT, st.one_of(st.none(), st.floats(0, 500)), min_size=1, max_size=20),
    st.sampled_from(["utf-8", "cp1252", "latin-1", "utf-16"]),
    st.sampled_from([",", ";", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.text("é\"',;| \nx", max_size=6),
)
def test_what_is_written_is_read(
    take: Callable[..., object],
    facts: dict[tuple[str, str, date], float | None],
    encoding: str,
    delimiter: str,
    line_end: str,
    remark: str,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(["remark", "occupied", "hospital", "ward", "date"])
    for (place, ward, day), value in facts.items():
        writer.writerow([remark, "" if value is None else repr(value), place, ward, day])
    taken = take(
        BEDS.format(encoding=encoding, delimiter=delimiter), text.getvalue().encode(encoding)
    )
    assert taken.error is None
    assert taken.rejects == []
    read = {
        (row["place"], row["category"], row["reference_date"]): row["value"] for row in taken.rows
    }
    assert read == facts
    assert len(taken.rows) == len(facts)

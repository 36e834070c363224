"""Orders of an invented room, with a truth that is known."""

from datetime import UTC, date, datetime

import pyarrow as pa

TODAY = date(2021, 3, 31)
UNTIL = datetime(2021, 3, 31, 23, 59, 59, tzinfo=UTC)
END = (TODAY - date(1970, 1, 1)).days
MICROSECONDS_A_DAY = 86_400_000_000


def rows_of(lines):
    """Rows of the table of orders from dicts with days relative to today."""
    made = [
        {
            "order": each["order"],
            "feed": each.get("feed", "erp"),
            "known_at": (END + each["told"] + 1) * MICROSECONDS_A_DAY - 10**6,
            "place": each.get("place", "A"),
            "product": each.get("product", "mask"),
            "quantity": each.get("quantity", 100.0),
            "ordered_date": _day(each.get("ordered")),
            "eta_date": _day(each.get("eta")),
            "status": each.get("status", "ordered"),
            "supplier": each.get("supplier", "Acme"),
            "reason": each.get("reason"),
        }
        for each in lines
    ]
    schema = pa.schema(
        {
            "order": pa.string(), "feed": pa.string(), "known_at": pa.timestamp("us", tz="UTC"),
            "place": pa.string(), "product": pa.string(), "quantity": pa.float64(),
            "ordered_date": pa.date32(), "eta_date": pa.date32(), "status": pa.string(),
            "supplier": pa.string(), "reason": pa.string(),
        }
    )  # fmt: skip
    return pa.Table.from_pylist(made, schema=schema)


def _day(relative):
    return None if relative is None else END + relative


def many(rng, count, *, delay, cancel=0.0, partial=0.0, days=90, supplier="Acme", product="mask",
         lead=8, places=5, start=0):  # fmt: skip
    """Lines ordered over the last days: promised after ``lead``, come ``delay(rng)`` later."""
    lines = []
    for number in range(start, start + count):
        ordered = int(rng.integers(-days, 0))
        promised = ordered + lead
        arrival = max(promised + int(delay(rng)), ordered + 1)
        told = {
            "order": f"{supplier}-{product}-{number:06d}", "place": f"P{rng.integers(places)}",
            "product": product, "supplier": supplier, "ordered": ordered, "eta": promised,
        }  # fmt: skip
        lines.append({**told, "told": ordered})
        if rng.random() < cancel:
            gone = ordered + 1 + int(rng.integers(0, 5))
            if gone <= 0:
                lines.append({**told, "told": gone, "status": "cancelled"})
            continue
        if arrival <= 0:
            part = 0.5 if rng.random() < partial else 1.0
            lines.append(
                {**told, "told": arrival, "eta": arrival, "status": "arrived",
                 "quantity": 100.0 * part}
            )  # fmt: skip
    return lines

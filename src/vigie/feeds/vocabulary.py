"""The words a feed may use: measures, places, categories, products and code lists of the room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

__all__ = ["MeasureInfo", "Vocabulary", "vocabulary"]


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """What a feed must know of a measure.

    Attributes:
        unit: unit of the value, as in measures.csv.
        step: day, week or month.
        census: census hour or window, "" when the measure has none.
        minimum: smallest valid value, or None.
        maximum: largest valid value, or None.
        dimension: what its category is, "" when it has none.
    """

    unit: str
    step: str = "day"
    census: str = ""
    minimum: float | None = None
    maximum: float | None = None
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Keys that exist in the room.

    Attributes:
        measures: by key.
        places: keys.
        categories: keys by dimension (products, skills and equipment included).
        products: keys.
        codes: code lists by name: a code of a source to a key of the room.
        product_units: unit of each product.
    """

    measures: Mapping[str, MeasureInfo]
    places: frozenset[str]
    categories: Mapping[str, frozenset[str]]
    products: frozenset[str]
    codes: Mapping[str, Mapping[str, str]]
    product_units: Mapping[str, str] = field(default_factory=dict)

    def category_keys(self) -> frozenset[str]:
        """All keys of categories, whatever their dimension."""
        return frozenset().union(*self.categories.values())


def vocabulary(
    tables: Mapping[str, pa.Table], codes: Mapping[str, Mapping[str, str]]
) -> Vocabulary:
    """The words of a room, from its reference tables and code lists.

    Args:
        tables: as `read_reference` gives them.
        codes: as `read_codes` gives them.
    """
    categories: dict[str, set[str]] = {}
    for row in tables["categories"].select(["category", "dimension"]).to_pylist():
        categories.setdefault(row["dimension"], set()).add(row["category"])
    for dimension, table in (
        ("product", "products"),
        ("skill", "skills"),
        ("equipment", "equipment"),
    ):
        categories.setdefault(dimension, set()).update(tables[table][dimension].to_pylist())
    return Vocabulary(
        measures={row["measure"]: _measure(row) for row in tables["measures"].to_pylist()},
        places=frozenset(tables["places"]["place"].to_pylist()),
        categories={name: frozenset(keys) for name, keys in categories.items()},
        products=frozenset(tables["products"]["product"].to_pylist()),
        codes=codes,
        product_units={row["product"]: str(row["unit"]) for row in tables["products"].to_pylist()},
    )


def _measure(row: Mapping[str, object]) -> MeasureInfo:
    minimum, maximum = row["minimum"], row["maximum"]
    return MeasureInfo(
        unit=str(row["unit"]),
        step=str(row["step"]),
        census=str(row["census"]),
        minimum=minimum if isinstance(minimum, float) else None,
        maximum=maximum if isinstance(maximum, float) else None,
        dimension=str(row["dimension"]),
    )

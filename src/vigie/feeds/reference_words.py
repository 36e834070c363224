"""What cells of the reference tables may hold: words that are allowed, keys that must exist."""

from __future__ import annotations

__all__ = ["ALLOWED", "HOMES", "POINTS_TO"]

ALLOWED: dict[tuple[str, str], tuple[str, ...]] = {
    ("measures", "kind"): ("flow", "level", "share", "binary"),
    ("measures", "step"): ("day", "week", "month"),
    ("measures", "over_places"): ("sum", "mean", "none"),
    ("measures", "over_days"): ("sum", "mean", "last", "none"),
    ("measures", "dimension"): (
        "",
        "ward_kind",
        "skill",
        "product",
        "equipment",
        "age_band",
        "cause",
        "shift",
    ),
    ("categories", "dimension"): (
        "ward_kind",
        "skill",
        "product",
        "equipment",
        "age_band",
        "cause",
        "shift",
    ),
    ("places", "kind"): ("nation", "region", "site", "unit", "depot"),
    ("products", "class"): ("ppe", "medicine", "device", "test", "other"),
    ("products", "unmet"): ("lost", "backorder"),
    ("ratios", "mode"): ("normal", "stretched", "crisis"),
    ("skill_mix", "mode"): ("", "normal", "stretched", "crisis"),
    ("skills", "nursing"): ("", "registered", "assistant"),
    ("calendars", "kind"): ("holiday", "school_holiday", "event"),
}
POINTS_TO: dict[tuple[str, str], str] = {
    ("places", "parent"): "place",
    ("arcs", "from_place"): "place",
    ("arcs", "to_place"): "place",
    ("depots", "depot"): "place",
    ("depots", "product"): "product",
    ("supplier_caps", "product"): "product",
    ("supplier_shares", "product"): "product",
    ("supplier_shares", "place"): "place",
    ("calendars", "place"): "place",
    ("definition_changes", "measure"): "measure",
    ("definition_changes", "category"): "category",
    ("definition_changes", "place"): "place",
    ("doses", "product"): "product",
    ("ratios", "skill"): "skill",
    ("ratios", "ward_kind"): "ward_kind",
    ("doses", "ward_kind"): "ward_kind",
    ("skill_mix", "jurisdiction"): "place",
    ("skill_mix", "ward_kind"): "ward_kind",
    ("rest_rules", "jurisdiction"): "place",
    ("skills", "ward_kind"): "ward_kind",
    ("equipment", "ward_kind"): "ward_kind",
    ("categories", "ward_kind"): "ward_kind",
}
HOMES = {
    "measure": "measures.csv",
    "category": "categories.csv",
    "place": "places.csv",
    "product": "products.csv",
    "skill": "skills.csv",
    "ward_kind": "categories.csv (dimension ward_kind)",
}

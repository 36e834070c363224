"""The reference tables of staff of the demo region: skills, ratios, skill mix and rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vigie.demoregion.catalogue import SKILLS

__all__ = ["staff_tables"]

Row = Mapping[str, object]

RATIO_SOURCE = "Invented regional policy 2018-04, table 2"
MIX_SOURCE = "Invented regional policy 2018-04, table 3"
REST_SOURCE = "Invented agreement on working time 2016-11, article 4"
MODES = ("normal", "stretched", "crisis")
LEAST_REGISTERED_SHARE = 0.6
REST: Row = {
    "least_rest_hours": 11.0,
    "most_shifts_in_a_row": 6,
    "most_hours_in_seven_days": 60.0,
    "enforced": False,
}


def staff_tables(since: date) -> dict[str, list[Row]]:
    """Rows of skills, ratios, skill_mix and rest_rules, in force from a day on.

    Hospitals of the region report no assistants, so that every team keeps its share.
    """
    return {
        "skills": [
            {
                "skill": skill.key,
                "ward_kind": skill.ward,
                "hours_per_shift": 12.0,
                "nursing": "registered" if skill.key.startswith("nurse") else "",
            }
            for skill in SKILLS
        ],
        "ratios": [
            {
                "skill": skill.key,
                "ward_kind": skill.ward,
                "mode": mode,
                "patients_per_staff": patients,
                "valid_from": since,
                "source": RATIO_SOURCE,
            }
            for skill in SKILLS
            for mode, patients in zip(MODES, skill.patients_per_staff, strict=True)
        ],
        "skill_mix": [
            {"least_share": LEAST_REGISTERED_SHARE, "valid_from": since, "source": MIX_SOURCE}
        ],
        "rest_rules": [{**REST, "valid_from": since, "source": REST_SOURCE}],
    }

"""The texts of the demo room: its settings, its checks, its datasets and its scenarios."""

from __future__ import annotations

from vigie.demoregion.epidemic import (
    ADMISSION_DELAY_DAYS,
    GENERATION_INTERVAL_DAYS,
    HOSPITAL_SHARE,
)
from vigie.demoregion.geography import Geography

__all__ = ["CHECKS", "DATASETS", "scenario_texts", "settings_text"]


def settings_text(seed: int) -> str:
    """Text of ``vigie.toml``.

    Args:
        seed: start of the room's random draws.
    """
    generation, admission = GENERATION_INTERVAL_DAYS, ADMISSION_DELAY_DAYS
    return SETTINGS.format(
        seed=seed, generation=generation, admission=admission, admitted_share=HOSPITAL_SHARE
    )


SETTINGS = """\
# The demo region: invented hospitals, invented figures, no persons.
[room]
name = "Valmérie demo region"
format = 1
timezone = "Europe/Paris"
languages = ["en", "fr"]
seed = {seed}
sample_count = 1000
horizon_days = 21
deadline = "07:45"

[briefing]
tiles = [
  {{ measure = "beds_occupied", category = "icu" }},
  {{ measure = "epidemic_admissions" }},
  {{ measure = "emergency_calls" }},
  {{ measure = "staff_absent", category = "nurse_icu" }},
  {{ kind = "shortages", measure = "products" }},
]

# The delays of this epidemic are known, because it is invented.
[[epidemics]]
measure = "epidemic_admissions"
generation_mean_days = {generation[0]}
generation_sd_days = {generation[1]}
admission_mean_days = {admission[0]}
admission_sd_days = {admission[1]}
admitted_share = {admitted_share}

[[shortage]]
kind = "beds"
need = "beds_occupied"
capacity = "beds_staffed"
open = "beds_open"
entries = "admissions"

[[shortage]]
kind = "staff"
rostered = "staff_rostered"
absent = "staff_absent"
occupancy = "beds_occupied"
mode = "normal"

[[shortage]]
kind = "equipment"
in_use = "ventilators_in_use"
fleet = "ventilators_total"

[[shortage]]
kind = "products"
stock = "stock_on_hand"
consumption = "consumption"
"""

CHECKS = """\
# What must hold before a release goes out. A blocking check that fails keeps the last release.
[[check]]
name = "beds_are_fresh"
kind = "freshness"
severity = "blocking"
measure = "beds_occupied"
max_age_days = 2

[[check]]
name = "beds_are_complete"
kind = "completeness"
severity = "warning"
measure = "beds_occupied"
share = 0.9
by = "region"

[[check]]
name = "beds_are_in_range"
kind = "range"
severity = "blocking"
measure = "beds_occupied"
last_days = 28

[[check]]
name = "staffed_beds_exist"
kind = "at_most"
severity = "warning"
measure = "beds_staffed"
other = "beds_open"

[[check]]
name = "patients_have_a_bed"
kind = "at_most"
severity = "warning"
measure = "beds_occupied"
other = "beds_open"
last_days = 7

[[check]]
name = "ventilators_in_use_exist"
kind = "at_most"
severity = "warning"
measure = "ventilators_in_use"
other = "ventilators_total"

[[check]]
name = "stock_is_counted_in_units"
kind = "jump"
severity = "warning"
measure = "stock_on_hand"
factor = 20
at_least = 500
last_days = 7

[[check]]
name = "epidemic_admissions_are_fresh"
kind = "freshness"
severity = "warning"
measure = "epidemic_admissions"
max_age_days = 2

[[check]]
name = "calls_are_fresh"
kind = "freshness"
severity = "warning"
measure = "emergency_calls"
max_age_days = 2
"""

DATASETS = {
    "critical_care_occupancy.sql": """\
-- ---
-- description = "Intensive care and high dependency: occupied, staffed and open beds by site"
-- purposes = ["crisis-management"]
-- ---
SELECT
  occupied.place,
  occupied.category,
  occupied.reference_date,
  occupied.value AS occupied,
  staffed.value AS staffed,
  opened.value AS open,
  occupied.value / nullif(staffed.value, 0) AS occupancy_share
FROM beds_occupied AS occupied
JOIN beds_staffed AS staffed USING (place, category, reference_date)
JOIN beds_open AS opened USING (place, category, reference_date)
WHERE occupied.category IN ('icu', 'hdu')
""",
    "days_of_cover.sql": """\
-- ---
-- description = "Days that each stock would last at the use of the last 14 days"
-- purposes = ["crisis-management"]
-- window_days = 60
-- ---
WITH lately AS (
  SELECT place, category, avg(value) AS used_per_day
  FROM consumption
  WHERE reference_date > (SELECT max(reference_date) FROM consumption) - 14
  GROUP BY place, category
),
newest AS (
  SELECT place, category, max(reference_date) AS reference_date,
    arg_max(value, reference_date) AS stock
  FROM stock_on_hand
  WHERE value IS NOT NULL
  GROUP BY place, category
)
SELECT
  newest.place,
  newest.category,
  newest.reference_date,
  newest.stock / nullif(lately.used_per_day, 0) AS days_of_cover
FROM newest
JOIN lately USING (place, category)
""",
}
"""Text of ``datasets/NAME.sql``, by file name."""

GATHERINGS_LIMITED = """\
# What if? How to write one, and what it rests on: docs/models/scenarios.md
[scenario]
title_en = "Gatherings limited for two weeks, planned treatment put off for ten days"
title_fr = "Rassemblements limités deux semaines, soins programmés reportés dix jours"
why_en = "The national crisis cell asks what both would spare the hospitals, and what comes back."
why_fr = "La cellule de crise demande ce que cela épargne aux hôpitaux, et ce qui revient ensuite."
source = "0.75, shares and days: invented, as all figures of this region"

[epidemic]
measure = "epidemic_admissions"

[[reproduction]]
factor = 0.75
from = 2    # days after the day of the run
to = 15

[[wards]]   # where its patients go; left out, the days of the room tell it, if they can
ward_kind = "general"
share = 1.0

[[wards]]
ward_kind = "hdu"
share = 0.14
after_days = 2

[[wards]]
ward_kind = "icu"
share = 0.2
after_days = 3

[[electives]]
ward_kinds = ["general"]
share = 0.3         # of the entries that are planned
factor = 0.4        # of these that still take place
mean_stay_days = 4
from = 1
to = 10
returns = { share = 0.9, after_days = 2, over_days = 14 }
"""

BEDS_AND_ABSENCE = """\
# What if beds, staff and deliveries were otherwise? Judged again on the same futures.
[scenario]
title_en = "Four intensive care beds more per hospital of {region}, more absence, late masks"
title_fr = "Quatre lits de réanimation de plus par hôpital ({region}), absences, masques en retard"
why_en = "The national crisis cell asks whether more beds make up for a wave of absence."
why_fr = "La cellule nationale de crise demande si plus de lits compensent une vague d'absences."
source = "Four beds, 1.2 and three days: invented, as all figures of this region"

[[beds]]
ward_kinds = ["icu"]
add = 4
from = 3    # days after the day of the run
places = ["{place}"]

[[absence]]
skills = ["nurse_icu"]
factor = 1.2

[[orders]]
products = ["ffp2_mask_large"]
delay_days = 3
"""


def scenario_texts(geography: Geography) -> dict[str, str]:
    """Text of ``scenarios/NAME.toml``, by file name.

    Args:
        geography: whose first region has more beds.
    """
    region = geography.regions[0]
    return {
        "gatherings_limited.toml": GATHERINGS_LIMITED,
        "beds_and_absence.toml": BEDS_AND_ABSENCE.format(region=region.name, place=region.key),
    }

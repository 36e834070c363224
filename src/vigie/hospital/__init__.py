"""What happens inside hospitals: levels, usable capacity, staff, machines and their shortage.

Here live persistence for levels and shares, the pooled forecasts of occupancy and of declared
shortages, the two-state chain for yes/no series, and the
arithmetic of staffing, equipment and capacity on sample paths. How absence, rosters and planned
beds go on is in ``absence``, ``rosters`` and ``opening``. Flows into hospitals live in
``epidemiology``, products in ``supply``.
"""

from vigie.hospital.binary import BINARY_MODEL, TwoStateRates, binary_paths, two_state_rates
from vigie.hospital.capacity import Limit, UsableCapacity, usable_capacity
from vigie.hospital.continued_flow import continued_flow
from vigie.hospital.equipment import EquipmentPaths, equipment_paths
from vigie.hospital.followed_admissions import (
    FEWEST_FOLLOWED_DAYS,
    delayed,
    delayed_and_staying,
    follow_entries,
    follow_patients,
)
from vigie.hospital.levels import FEWEST_DAYS, LEVEL_MODEL, LEVEL_WINDOW_DAYS, level_paths
from vigie.hospital.pooled_occupancy import (
    OCCUPANCY_MODEL,
    OccupancyHistory,
    occupancy_quantiles,
)
from vigie.hospital.pooled_shares import (
    ONSET_DAYS,
    SHARE_MODEL,
    ShareHistory,
    onset_probability,
    onset_threshold,
    share_days_needed,
    share_forecasts,
    share_quantiles,
    without_resets,
)
from vigie.hospital.put_off import entries_returned, in_proportion, patients_spared
from vigie.hospital.sharing import beds_served, units_needed
from vigie.hospital.shortage import capacity_shortage, is_short
from vigie.hospital.staffing import StaffPaths, required_staff, staff_paths

__all__ = [
    "BINARY_MODEL",
    "FEWEST_DAYS",
    "FEWEST_FOLLOWED_DAYS",
    "LEVEL_MODEL",
    "LEVEL_WINDOW_DAYS",
    "OCCUPANCY_MODEL",
    "ONSET_DAYS",
    "SHARE_MODEL",
    "EquipmentPaths",
    "Limit",
    "OccupancyHistory",
    "ShareHistory",
    "StaffPaths",
    "TwoStateRates",
    "UsableCapacity",
    "beds_served",
    "binary_paths",
    "capacity_shortage",
    "continued_flow",
    "delayed",
    "delayed_and_staying",
    "entries_returned",
    "equipment_paths",
    "follow_entries",
    "follow_patients",
    "in_proportion",
    "is_short",
    "level_paths",
    "occupancy_quantiles",
    "onset_probability",
    "onset_threshold",
    "patients_spared",
    "required_staff",
    "share_days_needed",
    "share_forecasts",
    "share_quantiles",
    "staff_paths",
    "two_state_rates",
    "units_needed",
    "usable_capacity",
    "without_resets",
]

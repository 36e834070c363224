"""Length of stay and the flow of patients through wards.

Here live the law of a ward stay, how it is told from stays seen in part or from totals alone, and
the simulation of all stays on the joint paths of admissions. Who is admitted is forecast in
``epidemiology``; what beds and staff can take is in ``hospital``.
"""

from vigie.hospital.stays.aggregates import (
    AggregateRules,
    AggregateStays,
    StayFamily,
    fit_stays_from_totals,
)
from vigie.hospital.stays.bed_flow import (
    FLOW_MODEL,
    BedFlow,
    Wards,
    bed_flow,
    booked_arrivals,
    ready_flow,
    split_arrivals,
)
from vigie.hospital.stays.cause_stays import cause_ratios
from vigie.hospital.stays.closed_form import expected_census
from vigie.hospital.stays.courses import GONE, OnwardStays, fit_onward_stays
from vigie.hospital.stays.hazards import StayRules, fit_stays
from vigie.hospital.stays.law import LONGEST_STAY_DAYS, StayLaw, with_blocked_discharges
from vigie.hospital.stays.parted_wards import CauseEntries, PartedWards, WaitingPatients
from vigie.hospital.stays.records import OPEN, StayRecords, stay_records
from vigie.hospital.stays.ward_balance import Balance, balance, patients_by_age
from vigie.hospital.stays.ward_history import WardHistory, served_wards
from vigie.hospital.stays.ward_laws import law_with_means, stays_of_kinds, ward_means
from vigie.hospital.stays.ward_occupancy import ward_occupancy_paths
from vigie.hospital.stays.ward_parts import WardFlow, parted_ward_paths

__all__ = [
    "FLOW_MODEL",
    "GONE",
    "LONGEST_STAY_DAYS",
    "OPEN",
    "AggregateRules",
    "AggregateStays",
    "Balance",
    "BedFlow",
    "CauseEntries",
    "OnwardStays",
    "PartedWards",
    "StayFamily",
    "StayLaw",
    "StayRecords",
    "StayRules",
    "WaitingPatients",
    "WardFlow",
    "WardHistory",
    "Wards",
    "balance",
    "bed_flow",
    "booked_arrivals",
    "cause_ratios",
    "expected_census",
    "fit_onward_stays",
    "fit_stays",
    "fit_stays_from_totals",
    "law_with_means",
    "parted_ward_paths",
    "patients_by_age",
    "ready_flow",
    "served_wards",
    "split_arrivals",
    "stay_records",
    "stays_of_kinds",
    "ward_means",
    "ward_occupancy_paths",
    "with_blocked_discharges",
]

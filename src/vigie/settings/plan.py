"""The settings of plans of help between places."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.settings.about import about

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What plans of help between places may do (docs/models/lending-plan.md)."""

    longest_drive_hours: float = field(
        default=24.0,
        metadata=about("Goods go no further than this, one way.", "hours", least=0.1, most=240),
    )
    vehicle_litres_per_day: float = field(
        default=0.0,
        metadata=about(
            "Room for goods that leave a place on a day, against volume_litres of products; "
            "0: enough.",
            "litres",
            least=0,
        ),
    )
    machine_loan_days: int = field(
        default=7, metadata=about("A machine is lent for so long.", "days", least=1, most=60)
    )
    staff_loan_days: int = field(
        default=3,
        metadata=about("A member of staff works elsewhere so long.", "days", least=1, most=28),
    )
    staff_kept_share: float = field(
        default=0.5,
        metadata=about("Of its own staff a place keeps at least this.", "share", least=0, most=1),
    )
    longest_staff_hours: float = field(
        default=1.5,
        metadata=about("Staff travel no longer, one way.", "hours", least=0.1, most=24),
    )
    most_patients_per_day: int = field(
        default=6,
        metadata=about(
            "New patients that a place hands over, and that it takes, on a day.",
            "patients",
            least=1,
            most=1000,
        ),
    )
    longest_patient_hours: float = field(
        default=2.0,
        metadata=about("New patients are taken no further.", "hours", least=0.1, most=24),
    )
    least_patient_days: float = field(
        default=0.5,
        metadata=about(
            "Moves of patients save at least this, weighted by severity.",
            "patient-days without a bed",
            least=0,
            most=100,
        ),
    )
    severe_wards: tuple[str, ...] = field(
        default=("icu",),
        metadata=about("Ward kinds where a day without a bed counts more.", form="words"),
    )
    severity_weight: float = field(
        default=5.0, metadata=about("So much more it counts there.", "times", least=1, most=100)
    )

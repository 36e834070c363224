"""Nowcasts: the last days of a series, completed for reports that are still to come.

Here live the reporting triangle made from revisions, what it says about delays and corrections,
and a nowcast of a place by itself. The joint nowcast with the reproduction number is a part of
``renewal``, which takes the hazards made here; delays between infection and admission are in
``delays``.
"""

from vigie.epidemiology.nowcast.alone import ALONE_MODEL, nowcast_alone
from vigie.epidemiology.nowcast.completeness import (
    COMPLETE_SHARE,
    READABLE_SHARE,
    SETTLED_SHARE,
    completed,
    known_share,
)
from vigie.epidemiology.nowcast.completion import complete_counts
from vigie.epidemiology.nowcast.hazards import HAZARD_DAYS, POOLING, reporting_hazards
from vigie.epidemiology.nowcast.triangle import ReportTriangle, report_triangle

__all__ = [
    "ALONE_MODEL",
    "COMPLETE_SHARE",
    "HAZARD_DAYS",
    "POOLING",
    "READABLE_SHARE",
    "SETTLED_SHARE",
    "ReportTriangle",
    "complete_counts",
    "completed",
    "known_share",
    "nowcast_alone",
    "report_triangle",
    "reporting_hazards",
]

"""Whether figures can be trusted: checks, completeness of totals, feeds that disagree.

SQL texts (DuckDB) and functions on Arrow tables live here, and the reading of ``checks.toml``.
What is wrong with a single row of a file is the business of ``feeds``; running the SQL, storing
the results and publishing are the business of ``actions``.
"""

from vigie.quality.checks import LISTED_ROWS, CheckQuery, check_query, not_carried_out
from vigie.quality.coverage import coverage
from vigie.quality.declaration import read_checks
from vigie.quality.reconcile import CONFLICTS_SQL, RULED_SQL
from vigie.quality.rules import KINDS, Check, Kind, Parameter, Severity
from vigie.quality.verdict import Verdict, verdict

__all__ = [
    "CONFLICTS_SQL",
    "KINDS",
    "LISTED_ROWS",
    "RULED_SQL",
    "Check",
    "CheckQuery",
    "Kind",
    "Parameter",
    "Severity",
    "Verdict",
    "check_query",
    "coverage",
    "not_carried_out",
    "read_checks",
    "verdict",
]

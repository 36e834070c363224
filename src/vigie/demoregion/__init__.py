"""The demo region: an invented nation with its epidemic, hospitals, stocks and their reports.

Here live the simulation of what truly happened, of what the hospitals report of it and how
their files look, how probable each shortage truly was, and the texts of the room that reads these
files. Everything is a pure function of an extent and a random generator. Writing files is the work
of ``vigie.actions.daily.demo``; models that forecast live elsewhere and see the reports alone.
"""

from vigie.demoregion.declarations import CHECKS, DATASETS, scenario_texts, settings_text
from vigie.demoregion.feed_declarations import FEEDS
from vigie.demoregion.laws import TrueLaws, true_laws
from vigie.demoregion.layouts import LAYOUTS, Layout, pieces, raw_table
from vigie.demoregion.oracle import oracle_first_days
from vigie.demoregion.reference import code_lists, reference_tables
from vigie.demoregion.region import DemoRegion, generate_region
from vigie.demoregion.reporting import FLAWS, FeedReport
from vigie.demoregion.truth import Extent, HiddenTruth
from vigie.demoregion.truth_tables import truth_tables

__all__ = [
    "CHECKS",
    "DATASETS",
    "FEEDS",
    "FLAWS",
    "LAYOUTS",
    "DemoRegion",
    "Extent",
    "FeedReport",
    "HiddenTruth",
    "Layout",
    "TrueLaws",
    "code_lists",
    "generate_region",
    "oracle_first_days",
    "pieces",
    "raw_table",
    "reference_tables",
    "scenario_texts",
    "settings_text",
    "true_laws",
    "truth_tables",
]

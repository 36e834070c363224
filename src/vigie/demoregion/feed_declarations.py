"""The feed declarations of the demo room, in the form that ``vigie.feeds`` reads.

They name the columns that ``vigie.demoregion.layouts`` writes.
"""

from __future__ import annotations

__all__ = ["FEEDS"]

PUBLIC_TASK = """\
legal_basis = "Invented public health code, art. 12"
purpose = "crisis-management"
rhythm = "day"
deadline = "07:00"
covers = "rows"
"""

EXPORTED = 'known_at = { from = "exported_at", format = "%Y-%m-%dT%H:%M:%SZ" }'

BEDS = f"""\
# Bed registry: one row a ward and day, sent again when a figure is corrected.
[feed]
owner = "National bed registry"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/beds"
pattern = "beds_*.csv"

[format]
kind = "csv"

[columns]
place = {{ from = "hospital", codes = "registry" }}
category = {{ from = "ward", codes = "registry_wards" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "beds_occupied"
from = "occupied"
unit = "beds"
census = "23:59"

[[measures]]
measure = "beds_staffed"
from = "staffed"
unit = "beds"
census = "23:59"

[[measures]]
measure = "beds_open"
from = "open"
unit = "beds"
census = "23:59"
"""

SITREP = f"""\
# Situation report of the crisis cell: intensive care once more, from another system. At some
# sites it counts other beds; measures.csv says that the bed registry rules.
[feed]
owner = "Regional crisis cells"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/sitrep"
pattern = "sitrep_*.csv"

[format]
kind = "csv"
encoding = "cp1252"
delimiter = ";"
decimal = ","

[columns]
place = {{ from = "Établissement", codes = "sitrep_sites" }}
category = {{ from = "Type de lits", codes = "sitrep_wards" }}
reference_date = {{ from = "Date", format = "%d/%m/%Y" }}
known_at = {{ from = "Extrait le", format = "%d/%m/%Y %H:%M" }}

[[measures]]
measure = "beds_occupied"
from = "Lits occupés"
unit = "beds"
census = "23:59"
"""

ADMISSIONS = f"""\
# Entries to wards, transfers included. First counts are often too low and completed in days.
[feed]
owner = "Hospital admission offices"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/admissions"
pattern = "admissions_*.csv"

[format]
kind = "csv"

[columns]
place = {{ from = "hospital", codes = "registry" }}
category = {{ from = "ward", codes = "registry_wards" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "admissions"
from = "entries"
unit = "patients"
census = "00:00-24:00"
"""

STAFF = f"""\
# Staff of the day shift, by skill.
[feed]
owner = "Rostering system"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/staff"
pattern = "staff_*.csv"

[format]
kind = "csv"

[columns]
place = {{ from = "site" }}
category = {{ from = "skill" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "staff_rostered"
from = "rostered"
unit = "staff"
census = "08:00"

[[measures]]
measure = "staff_absent"
from = "absent"
unit = "staff"
census = "08:00"
"""

EQUIPMENT = f"""\
# Ventilators: in use, and the fleet. The file says at which hour they were counted.
[feed]
owner = "Biomedical engineering"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/equipment"
pattern = "equipment_*.csv"

[format]
kind = "csv"
delimiter = "\\t"

[columns]
place = {{ from = "site" }}
category = {{ value = "ventilator" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "ventilators_in_use"
from = "in_use"
unit = "machines"
census = "23:59"

[[measures]]
measure = "ventilators_total"
from = "fleet"
unit = "machines"
census = "23:59"

[checks]
census = {{ from = "counted_at" }}
"""

STOCK = f"""\
# Stock software: one row a product and day. Past months are packed with gzip. Now and then a
# store types boxes for units.
[feed]
owner = "Hospital stores and pharmacies"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/stock"
pattern = "stock_*"

[format]
kind = "csv"

[columns]
place = {{ from = "store", codes = "stores" }}
category = {{ from = "product" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "stock_on_hand"
from = "stock"
unit = "units"
census = "23:59"

[[measures]]
measure = "consumption"
from = "used"
unit = "units"
census = "00:00-24:00"
"""

ORDERS = f"""\
# Order lines, one row each time that their state changes.
[feed]
table = "orders"
owner = "Hospital purchasing"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/orders"
pattern = "orders_*.csv"

[format]
kind = "csv"

[columns]
order = {{ from = "line" }}
place = {{ from = "store", codes = "stores" }}
product = {{ from = "product" }}
quantity = {{ from = "quantity" }}
ordered_date = {{ from = "ordered" }}
eta_date = {{ from = "expected" }}
status = {{ from = "status" }}
supplier = {{ from = "supplier" }}
{EXPORTED}
"""

MOVEMENTS = f"""\
# Ward stays at the sites whose patient system is connected. Numbers are replaced by pseudonyms
# at the door; what was received is not kept.
[feed]
table = "movements"
owner = "Hospital information systems"
{PUBLIC_TASK}keep_raw_days = 0

[source]
kind = "folder"
path = "inbox/movements"
pattern = "movements_*.csv"

[format]
kind = "csv"

[columns]
stay = {{ from = "stay_number" }}
patient = {{ from = "patient_number" }}
place = {{ from = "hospital", codes = "registry" }}
category = {{ from = "ward", codes = "registry_wards" }}
from_date = {{ from = "entered" }}
to_date = {{ from = "left" }}
outcome = {{ from = "outcome" }}
{EXPORTED}

[identifiers]
patient_number = "pseudonymise"
stay_number = "pseudonymise"
"""

LOTS = f"""\
# Lots of two products, counted each Sunday evening. The last count of a product at a store tells
# all its lots; units are those of the list of products.
[feed]
table = "lots"
owner = "Hospital pharmacies and laboratories"
{PUBLIC_TASK.replace('rhythm = "day"', 'rhythm = "week"')}
[source]
kind = "folder"
path = "inbox/lots"
pattern = "lots_*.csv"

[format]
kind = "csv"

[columns]
place = {{ from = "store", codes = "stores" }}
product = {{ from = "product" }}
lot = {{ from = "lot" }}
gtin = {{ from = "gtin" }}
expires_date = {{ from = "expires" }}
quantity = {{ from = "quantity" }}
unit = {{ from = "unit" }}
counted_date = {{ from = "counted" }}
{EXPORTED}
"""

PLANNED_SHIFTS = f"""\
# Planned shifts of nurses at the sites whose planning system is connected: for the rule of rest.
# Numbers are replaced by pseudonyms at the door; what was received is not kept.
[feed]
table = "planned_shifts"
owner = "Hospital planning systems"
{PUBLIC_TASK}keep_raw_days = 0

[source]
kind = "folder"
path = "inbox/planned_shifts"
pattern = "planned_shifts_*.csv"

[format]
kind = "csv"

[columns]
shift = {{ from = "shift_number" }}
member = {{ from = "member_number" }}
place = {{ from = "hospital", codes = "registry" }}
category = {{ from = "skill" }}
begins_at = {{ from = "begins", format = "%Y-%m-%dT%H:%M:%SZ" }}
ends_at = {{ from = "ends", format = "%Y-%m-%dT%H:%M:%SZ" }}
{EXPORTED}

[identifiers]
shift_number = "pseudonymise"
member_number = "pseudonymise"
"""

CALLS = f"""\
# Calls to the emergency number: a leading indicator, by region.
[feed]
owner = "Emergency call centres"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/calls"
pattern = "calls_*.csv"

[format]
kind = "csv"

[columns]
place = {{ from = "region" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "emergency_calls"
from = "calls"
unit = "calls"
census = "00:00-24:00"
"""

EPIDEMIC_ADMISSIONS = f"""\
# Patients admitted for the epidemic disease. Most are coded by the next morning, the others over
# the next days: the figure of a day is sent again each time that it changes. At some small
# sites nobody codes at weekends.
[feed]
owner = "Hospital infection control teams"
{PUBLIC_TASK}
[source]
kind = "folder"
path = "inbox/epidemic_admissions"
pattern = "epidemic_admissions_*.csv"

[format]
kind = "csv"

[columns]
place = {{ from = "hospital", codes = "registry" }}
reference_date = {{ from = "date" }}
{EXPORTED}

[[measures]]
measure = "epidemic_admissions"
from = "admitted"
unit = "patients"
census = "00:00-24:00"
"""

FEEDS = {
    "beds": BEDS,
    "sitrep": SITREP,
    "admissions": ADMISSIONS,
    "staff": STAFF,
    "equipment": EQUIPMENT,
    "stock": STOCK,
    "calls": CALLS,
    "orders": ORDERS,
    "movements": MOVEMENTS,
    "lots": LOTS,
    "epidemic_admissions": EPIDEMIC_ADMISSIONS,
    "planned_shifts": PLANNED_SHIFTS,
}
"""Text of ``feeds/NAME.toml``, by name."""

"""Four hospitals and the files that they send: late, corrected, withdrawn, told twice, missing.

Two regions of two hospitals. The registry sends a file a day that holds the last four days, and
so corrects itself; the dispatch centre asks by telephone; admissions, stock and orders have a
feed each. Everything below is text, as it would lie in the inbox.
"""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["CATEGORY", "DECLARATIONS", "FIRST_DAY", "LAST_DAY", "LATE", "SITES", "raw_files"]

FIRST_DAY = date(2021, 2, 1)
LAST_DAY = date(2021, 3, 20)
SITES = {"A": "R1", "B": "R1", "C": "R2", "D": "R2"}
CATEGORY = "icu"
LATE = "registry_2021-03-14.csv"
"""Received after all others."""

START = {"A": 17, "B": 11, "C": 22, "D": 8}
STAFFED = {"A": 24, "B": 15, "C": 32, "D": 12}

DECLARATIONS = {
    "vigie.toml": """\
[room]
name = "Four hospitals"
timezone = "Europe/Paris"
sample_count = 200
horizon_days = 14
seed = 7

[engine]
threads = 1

[[shortage]]
kind = "beds"
need = "beds_occupied"
capacity = "beds_staffed"

[[shortage]]
kind = "products"
stock = "stock_on_hand"
consumption = "consumption"
""",
    "reference/measures.csv": """\
measure,name_en,name_fr,unit,kind,minimum,dimension,rules,tolerance,is_forecast
beds_occupied,Beds occupied,Lits occupés,patients,level,0,ward_kind,registry,0.1,true
beds_staffed,Staffed beds,Lits armés,beds,level,0,ward_kind,,0.05,false
admissions,Admissions,Admissions,patients,flow,0,,,0.05,true
stock_on_hand,Stock,Stock,units,level,0,product,,0.05,false
consumption,Consumption,Consommation,units,flow,0,product,,0.05,false
""",
    "reference/categories.csv": "category,dimension,name_en,name_fr\n"
    "icu,ward_kind,Intensive care,Réanimation\n",
    "reference/places.csv": """\
place,name,kind,parent
N,Nation,nation,
R1,First region,region,N
R2,Second region,region,N
A,Hospital A,site,R1
B,Hospital B,site,R1
C,Hospital C,site,R2
D,Hospital D,site,R2
""",
    "reference/products.csv": """\
product,name_en,name_fr,unit,pack_size,class,lead_time_days
gowns,Gowns,Surblouses,1,10,ppe,3
""",
    "reference/codes/phones.csv": "code,key\nHôpital A,A\nHôpital B,B\nHôpital C,C\nHôpital D,D\n",
    "feeds/registry.toml": """\
[feed]
owner = "Registry"
legal_basis = "Decree"
purpose = "crisis-management"
covers = "window"

[columns]
place = "hospital"
reference_date = "day"
category = { value = "icu" }
known_at = { name = "registry_(?P<date>\\\\d{4}-\\\\d{2}-\\\\d{2})" }

[[measures]]
measure = "beds_occupied"
from = "occupied"
unit = "patients"

[[measures]]
measure = "beds_staffed"
from = "staffed"
unit = "beds"
""",
    "feeds/dispatch.toml": """\
[feed]
owner = "Dispatch centre"
legal_basis = "Decree"
purpose = "crisis-management"
rhythm = "irregular"
covers = "rows"

[format]
delimiter = ";"
decimal = ","
encoding = "cp1252"

[columns]
place = { from = "établissement", codes = "phones" }
reference_date = { from = "jour", format = "%d/%m/%Y" }
category = { value = "icu" }
known_at = { from = "saisi le", format = "%d/%m/%Y %H:%M" }

[[measures]]
measure = "beds_occupied"
from = "patients"
unit = "patients"
""",
    "feeds/admissions.toml": """\
[feed]
owner = "Admission desk"
legal_basis = "Decree"
purpose = "crisis-management"
covers = "rows"

[columns]
place = "hospital"
reference_date = "day"
known_at = { reference_plus_days = 1 }

[[measures]]
measure = "admissions"
from = "admitted"
unit = "patients"
""",
    "feeds/stock.toml": """\
[feed]
owner = "Pharmacy"
legal_basis = "Decree"
purpose = "crisis-management"
covers = "rows"

[columns]
place = "hospital"
reference_date = "day"
category = "item"
known_at = { reference_plus_days = 0 }

[[measures]]
measure = "stock_on_hand"
from = "on_hand"
unit = "units"

[[measures]]
measure = "consumption"
from = "used"
unit = "units"
""",
    "feeds/orders.toml": """\
[feed]
table = "orders"
owner = "Purchasing"
legal_basis = "Decree"
purpose = "crisis-management"

[columns]
order = "number"
place = "hospital"
product = "item"
quantity = "quantity"
eta_date = "expected"
status = "status"
known_at = { name = "orders_(?P<date>\\\\d{4}-\\\\d{2}-\\\\d{2})" }
""",
    "checks.toml": """\
[[check]]
name = "occupied_at_most_staffed"
kind = "at_most"
measure = "beds_occupied"
other = "beds_staffed"
""",
}


def raw_files() -> dict[str, tuple[str, str]]:
    """Feed and text of every file by name, in order of receipt but for LATE, which comes last."""
    days = _days(FIRST_DAY, date(2021, 3, 11))
    files = {"registry_2021-03-11.csv": ("registry", _registry(days, date(2021, 3, 11)))}
    for sent in _days(date(2021, 3, 12), LAST_DAY):
        if sent != date(2021, 3, 15):  # that day's file was never sent
            last_four = _days(sent - timedelta(days=3), sent)
            files[f"registry_{sent}.csv"] = ("registry", _registry(last_four, sent))
    files["dispatch_1.csv"] = ("dispatch", DISPATCH_1)
    files["dispatch_2.csv"] = ("dispatch", DISPATCH_2)
    files["admissions.csv"] = ("admissions", _admissions())
    files["stock.csv"] = ("stock", _stock())
    files["orders_2021-03-15.csv"] = ("orders", ORDERS_1)
    files["orders_2021-03-19.csv"] = ("orders", ORDERS_2)
    return files


DISPATCH_1 = """\
établissement;jour;patients;saisi le
Hôpital A;10/03/2021;30;10/03/2021 18:30
Hôpital A;11/03/2021;21;11/03/2021 18:30
Hôpital C;14/03/2021;29;14/03/2021 19:00
Hôpital B;18/03/2021;15;18/03/2021 18:15
"""

DISPATCH_2 = """\
établissement;jour;patients;saisi le
Hôpital B;18/03/2021;16;19/03/2021 09:00
Hôpital D;19/03/2021;12;19/03/2021 18:20
Hôpital C;19/03/2021;41;19/03/2021 18:25
"""

ORDERS_1 = """\
number,hospital,item,quantity,expected,status
O-1,A,gowns,60,2021-03-22,ordered
O-2,B,gowns,100,2021-03-24,ordered
O-3,C,gowns,50,2021-03-18,shipped
"""

ORDERS_2 = """\
number,hospital,item,quantity,expected,status
O-1,A,gowns,60,2021-03-26,ordered
O-2,B,gowns,100,2021-03-24,cancelled
O-3,C,gowns,50,2021-03-18,arrived
"""


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _registry(days: list[date], sent: date) -> str:
    lines = ["hospital,day,occupied,staffed"]
    for day in days:
        for site in SITES:
            if _is_left_out(site, day, sent):
                continue
            occupied, staffed = _occupied(site, day, sent), STAFFED[site]
            if site == "B" and day >= date(2021, 3, 17):
                staffed -= 1
            lines.append(f"{site},{day},{occupied},{staffed}")
    return "\n".join(lines) + "\n"


def _is_left_out(site: str, day: date, sent: date) -> bool:
    if site == "D" and day >= date(2021, 3, 19):
        return True  # D has not reported since
    if site == "C" and day == date(2021, 3, 14) and sent >= date(2021, 3, 16):
        return True  # a row that was told before, and then no more: withdrawn
    if site == "D" and day == date(2021, 3, 16) and sent > day:
        return True  # blank when it was told, and then left out: it stays blank
    return site == "B" and date(2021, 2, 20) <= day <= date(2021, 2, 22)


def _occupied(site: str, day: date, sent: date) -> str:
    if (site, day) in {("B", date(2021, 3, 18)), ("D", date(2021, 3, 16))}:
        return "NA"
    number = (day - FIRST_DAY).days
    wave = number // 9 + (number * 7 + START[site] * 3) % 4 - 1
    is_first_report = day == sent
    return str(START[site] + wave - (1 if is_first_report and site == "A" else 0))


def _admissions() -> str:
    lines = ["hospital,day,admitted"]
    for day in _days(FIRST_DAY, date(2021, 3, 19)):
        number = (day - FIRST_DAY).days
        for site in SITES:
            if site == "C" and day.weekday() == 6:
                continue  # C sends nothing on Sundays
            lines.append(f"{site},{day},{START[site] // 4 + (number * 5 + START[site]) % 3}")
    return "\n".join(lines) + "\n"


def _stock() -> str:
    lines = ["hospital,day,item,on_hand,used"]
    for number, site in enumerate(SITES):
        held = 1500 - 250 * number
        for day in _days(FIRST_DAY, LAST_DAY):
            used = 20 + 3 * number + ((day - FIRST_DAY).days * 11 + number) % 7
            held -= used
            if held < 100:
                held += 200
            lines.append(f"{site},{day},gowns,{held},{used}")
    return "\n".join(lines) + "\n"

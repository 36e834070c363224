"""Files as they come on a bad day: each gives an exact message, and nothing is lost.

Not lost means: the file is stored as it came and can be taken once the declaration is mended,
or the record of the refusal (hash, size, column, rule) is complete.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vigie.feeds import ArrivalRefused

HEAD = """
[feed]
owner = "Bed registry"
legal_basis = "Public health code"
purpose = "crisis-management"
"""
COLUMNS = """
[columns]
place = { from = "hospital" }
reference_date = { from = "date" }
known_at = { reference_plus_days = 1 }
category = { from = "ward" }
"""
MEASURE = """
[[measures]]
measure = "beds_occupied"
from = "occupied"
unit = "beds"
"""
BEDS = HEAD + COLUMNS + MEASURE
TOP = "hospital,ward,date,occupied\n"
GOOD = "north,icu,2021-03-01,5\n"
GOOD2 = "south,hdu,2021-03-01,7\n"


def styled(**settings: str) -> str:
    """The beds feed with a [format]."""
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    return BEDS + "\n[format]\n" + lines


def workbook(rows: list[list[object]], *, sheet: str = "Beds") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def protected_zip() -> bytes:
    data = bytearray(zipped({"beds.csv": (TOP + GOOD).encode()}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def parquet(**columns: list[object]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


EXCEL = styled(kind='"excel"')
PARQUET = styled(kind='"parquet"')
HEADER = ["hospital", "ward", "date", "occupied"]
TALL = (
    HEAD
    + """
[columns]
place = { from = "hospital" }
reference_date = { from = "date" }
known_at = { reference_plus_days = 1 }
category = { from = "ward", codes = "wards" }
measure = { from = "indicator", codes = "indicators" }
value = { from = "figure", unit = { from = "unit" } }
"""
)
CENSUS = BEDS + '\n[checks]\ncensus = { from = "hour" }\n'
UNIT = BEDS + '\n[checks]\nunit = { from = "unit" }\n'
ORDERS = (
    HEAD.replace("[feed]", '[feed]\ntable = "orders"')
    + """
[columns]
order = { from = "number" }
place = { from = "hospital" }
product = { from = "product" }
quantity = { from = "quantity" }
ordered_date = { from = "ordered" }
eta_date = { from = "eta" }
status = { from = "status" }
known_at = { from = "exported", format = "%Y-%m-%dT%H:%M:%SZ" }
"""
)
ORDER_TOP = "number,hospital,product,quantity,ordered,eta,status,exported\n"
MOVEMENTS = (
    HEAD.replace("[feed]", '[feed]\ntable = "movements"')
    + """
[columns]
stay = { from = "stay_no" }
patient = { from = "pat_no" }
place = { from = "hospital" }
category = { from = "ward" }
from_date = { from = "entered" }
to_date = { from = "left" }
outcome = { from = "outcome" }
"""
)
MOVE_TOP = "stay_no,pat_no,hospital,ward,entered,left,outcome\n"
NAMED = BEDS.replace(
    "{ reference_plus_days = 1 }", '{ name = "beds_(?P<date>\\\\d{8})", format = "%Y%m%d" }'
)
KNOWN = BEDS.replace(
    "{ reference_plus_days = 1 }", '{ from = "exported", format = "%Y-%m-%dT%H:%M:%SZ" }'
)


@dataclass(frozen=True)
class Poison:
    """A file, and what must become of it.

    message: of the refusal of the whole file; rules: (row, column, rule) of rejects; rows:
    observations; refused: rule of the record when the file is not even stored.
    """

    data: bytes | str
    toml: str = BEDS
    message: str = ""
    rules: tuple[tuple[int, str, str], ...] = ()
    reject: str = ""
    rows: int = 0
    refused: str = ""
    name: str = "beds.csv"
    values: tuple[float | None, ...] = field(default=())


WHOLE = {
    "empty file": Poison("", message="beds.csv: the file is empty. Ask the sender"),
    "header only": Poison(TOP, message="beds.csv: the file has no rows. Ask the sender"),
    "blank lines only": Poison("\n\n\n", message='the column "hospital" is missing'),
    "missing column": Poison(
        "hospital,ward,date\nnorth,icu,2021-03-01\n",
        message='beds.csv: the column "occupied" is missing',
    ),
    "renamed column": Poison(
        "hospital,ward,date,occupied_beds\n" + GOOD,
        message='"occupied" is missing (nearest in the file: "occupied_beds")',
    ),
    "two columns gone": Poison(
        "site,ward,date,beds\n" + GOOD,
        message='the column "hospital" is missing (nearest in the file: "site"); the '
        'column "occupied" is missing (nearest in the file: "beds", "site")',
    ),
    "duplicate header": Poison(
        "hospital,ward,date,occupied,occupied\nnorth,icu,2021-03-01,5,6\n",
        message='the column "occupied" stands 2 times in the header',
    ),
    "semicolons where commas are declared": Poison(
        (TOP + GOOD).replace(",", ";"), message='the column "hospital" is missing'
    ),
    "hundred thousand columns": Poison(
        ",".join(f"c{number}" for number in range(100_000)) + "\n",
        message="the header has 100,000 columns, and at most 5,000 are taken",
    ),
    "NUL bytes": Poison(
        TOP.encode() + GOOD.encode() + b"south,\0\0,2021-03-01,5\n",
        message="beds.csv, line 3: the file holds NUL bytes",
    ),
    "UTF-16 declared as UTF-8": Poison(
        (TOP + GOOD).encode("utf-16"), message="the file holds NUL bytes"
    ),
    "CP1252 declared as UTF-8": Poison(
        (TOP + GOOD + "sud\xe9,icu,2021-03-01,5\n").encode("cp1252"),
        message="beds.csv, line 3: not utf-8. Correct encoding in [format] of feeds/beds.toml "
        '(encoding = "cp1252"',
    ),
    "byte that CP1252 does not have": Poison(
        (TOP + GOOD).encode() + b"s\x81d,icu,2021-03-01,5\n",
        toml=styled(encoding='"cp1252"'),
        message="beds.csv, line 3: not cp1252",
    ),
    "quotation mark never closed": Poison(
        TOP + GOOD + 'south,"icu,2021-03-01,5\n' + GOOD * 5,
        message="beds.csv, row 2: a quotation mark is not closed",
    ),
    "quotation mark open over megabytes": Poison(
        TOP + GOOD + 'south,"icu,2021-03-01,5\n' + GOOD * 300_000,
        message="a quotation mark is",
    ),
    "truncated gzip": Poison(
        gzip.compress((TOP + GOOD * 3000).encode())[:-20],
        message="beds.csv: the packed file is cut off. Send it again",
    ),
    "gzip within gzip": Poison(
        gzip.compress(gzip.compress((TOP + GOOD).encode())),
        message="the file is gzip within a packed file",
    ),
    "workbook instead of CSV": Poison(
        workbook([HEADER, ["north", "icu", date(2021, 3, 1), 5]]),
        message="the file is an Excel workbook, and feeds/beds.toml declares csv",
    ),
    "Parquet instead of CSV": Poison(
        parquet(hospital=["north"]), message="the file is Parquet, and feeds/beds.toml declares csv"
    ),
    "CSV instead of a workbook": Poison(
        TOP + GOOD, toml=EXCEL, message="the file is text, and feeds/beds.toml declares excel"
    ),
    "CSV instead of Parquet": Poison(
        TOP + GOOD, toml=PARQUET, message="the file is text, and feeds/beds.toml declares parquet"
    ),
    "error page of a server": Poison(
        "<!DOCTYPE html><html><body>503</body></html>",
        message="the file is a web page, probably an error page",
    ),
    "sheet that is not there": Poison(
        workbook([HEADER, ["north", "icu", "2021-03-01", 5]], sheet="Feuil1"),
        toml=styled(kind='"excel"', sheet='"Beds"'),
        message='there is no sheet "Beds" (nearest: "Feuil1")',
        refused="unreadable",
    ),
    "empty sheet": Poison(workbook([]), toml=EXCEL, message="the sheet has no row 1"),
    "Parquet without a used column": Poison(
        parquet(hospital=["north"], ward=["icu"], date=["2021-03-01"]),
        toml=PARQUET,
        message='the column "occupied" is missing',
    ),
    "no row names a known place": Poison(
        TOP + "Nord,icu,2021-03-01,5\nSud,icu,2021-03-01,5\n",
        message="no row could be taken (2 rejected). Most frequent: column hospital, rule place",
    ),
    "all or nothing": Poison(
        TOP + GOOD + "south,icu,2021-03-01,many\n",
        toml=BEDS.replace("[feed]", "[feed]\nall_or_nothing = true"),
        message="1 rejected, and the feed takes all rows or none. Most frequent: column occupied, "
        "rule number",
    ),
    "no row passes the filter": Poison(
        "hospital,ward,date,occupied,group\nnorth,icu,2021-03-01,5,children\n",
        toml=BEDS + '\n[filter]\ngroup = ["adults"]\n',
        message="the file has no rows that [filter] lets through",
    ),
    "name without its date": Poison(
        TOP + GOOD, toml=NAMED, message="the name of the file holds no date as feeds/beds.toml"
    ),
    "name with a thirteenth month": Poison(
        TOP + GOOD, toml=NAMED, name="beds_20211301.csv", message="the date in the name of the file"
    ),
    "name dated in the future": Poison(
        TOP + GOOD, toml=NAMED, name="beds_20310101.csv", message="made public after the file was"
    ),
    "header row beyond the file": Poison(
        TOP, toml=styled(header_row="9"), message="the file has no row 9"
    ),
}

ROWS = {
    "BOM": Poison("\ufeff" + TOP + GOOD, rows=1),
    "carriage returns": Poison((TOP + GOOD).replace("\n", "\r\n"), rows=1),
    "no end of the last line": Poison((TOP + GOOD).rstrip("\n"), rows=1),
    "blank lines between": Poison(TOP + "\n" + GOOD + "\n\n" + GOOD2 + "\n", rows=2),
    "tail of empty cells": Poison(TOP + GOOD + ",,,\n,,,\n", rows=1),
    "CP1252 declared": Poison(
        (TOP + GOOD).replace("ward", "unit\xe9").encode("cp1252"),
        toml=styled(encoding='"cp1252"').replace('"ward"', '"unit\xe9"'),
        rows=1,
    ),
    "UTF-16 declared": Poison(
        (TOP + GOOD).encode("utf-16"), toml=styled(encoding='"utf-16"'), rows=1
    ),
    "gzip": Poison(gzip.compress((TOP + GOOD).encode()), rows=1),
    "zip": Poison(zipped({"beds.csv": (TOP + GOOD).encode()}), rows=1),
    "line break in a cell": Poison(
        "hospital,ward,date,occupied,remark\n" + 'north,icu,2021-03-01,5,"two\nlines"\n', rows=1
    ),
    "a row with too few cells": Poison(
        TOP + GOOD + "south,icu,2021-03-01\n" + GOOD2,
        rules=((2, "", "columns"),),
        reject="the row has 3 cells, and the header 4",
        rows=2,
    ),
    "mixed separators": Poison(
        TOP + GOOD + "south;icu;2021-03-01;5\n", rules=((2, "", "columns"),), rows=1
    ),
    "unquoted decimal comma": Poison(
        TOP + GOOD + "south,icu,2021-03-01,5,5\n", rules=((2, "", "columns"),), rows=1
    ),
    "unknown place": Poison(
        TOP + GOOD + "nort,icu,2021-03-02,5\n",
        rules=((2, "hospital", "place"),),
        reject='unknown place (nearest: "north"). Correct the row, or add it to '
        "reference/places.csv.",
        rows=1,
    ),
    "code without its leading zero": Poison(
        TOP + "N1,icu,2021-03-01,5\n75,icu,2021-03-01,5\n",
        toml=BEDS.replace('"hospital" }', '"hospital", codes = "sites" }'),
        rules=((2, "hospital", "place"),),
        reject='unknown place (nearest: "075")',
        rows=1,
    ),
    "blank place": Poison(
        TOP + GOOD + ",icu,2021-03-01,5\n",
        rules=((2, "hospital", "place"),),
        reject="no place is given",
        rows=1,
    ),
    "unknown category": Poison(
        TOP + GOOD + "south,icuu,2021-03-01,5\n",
        rules=((2, "ward", "category"),),
        reject='unknown category (nearest: "icu"',
        rows=1,
    ),
    "blank category does not mean all": Poison(
        TOP + GOOD + "south,,2021-03-01,5\n", rules=((2, "ward", "category"),), rows=1
    ),
    "category of another dimension": Poison(
        TOP + GOOD + "south,mask,2021-03-01,5\n",
        rules=((2, "ward", "category"),),
        reject='no category of the dimension "ward_kind"',
        rows=1,
    ),
    "not a date": Poison(
        TOP + GOOD + "south,icu,01/03/2021,5\n",
        rules=((2, "date", "date"),),
        reject="not a date (expected YYYY-MM-DD)",
        rows=1,
    ),
    "day and month swapped": Poison(
        TOP + GOOD + "south,icu,2021-13-02,5\n",
        rules=((2, "date", "date"),),
        reject="the month is above 12, so day and month are swapped",
        rows=1,
    ),
    "31 February": Poison(
        TOP + GOOD + "south,icu,2021-02-31,5\n", rules=((2, "date", "date"),), rows=1
    ),
    "blank date": Poison(TOP + GOOD + "south,icu,,5\n", rules=((2, "date", "blank"),), rows=1),
    "serial number of a date": Poison(
        TOP + GOOD + "south,icu,44256,5\n",
        rules=((2, "date", "date"),),
        reject='a serial number, not a date (expected YYYY-MM-DD). Set format = "excel"',
        rows=1,
    ),
    "serial numbers declared": Poison(
        TOP + "north,icu,44256,5\n",
        toml=BEDS.replace('from = "date" }', 'from = "date", format = "excel" }'),
        rows=1,
    ),
    "date in the future": Poison(
        TOP + GOOD + "south,icu,2021-12-03,5\n",
        rules=((2, "date", "future"),),
        reject="the day lies after the file was received",
        rows=1,
    ),
    "made public in the future": Poison(
        "hospital,ward,date,occupied,exported\n"
        "north,icu,2021-03-01,5,2021-03-02T06:00:00Z\n"
        "south,icu,2021-03-01,5,2021-12-03T06:00:00Z\n",
        toml=KNOWN,
        rules=((2, "exported", "future"),),
        rows=1,
    ),
    "instant that is none": Poison(
        "hospital,ward,date,occupied,exported\n"
        "north,icu,2021-03-01,5,2021-03-02T06:00:00Z\n"
        "south,icu,2021-03-01,5,yesterday\nsouth,hdu,2021-03-01,5,\n",
        toml=KNOWN,
        rules=((2, "exported", "known_at"), (3, "exported", "blank")),
        reject="not an instant (expected YYYY-MM-DDThh:mm:ssZ)",
        rows=1,
    ),
    "not a number": Poison(
        TOP + GOOD + "south,icu,2021-03-01,five\n",
        rules=((2, "occupied", "number"),),
        reject='not a number (expected digits with the decimal mark ".")',
        rows=1,
    ),
    "decimal comma": Poison(
        TOP + GOOD + 'south,icu,2021-03-01,"5,5"\n',
        rules=((2, "occupied", "number"),),
        reject='it has ",". Set decimal = ","',
        rows=1,
    ),
    "decimal comma declared": Poison(
        (TOP + "north,icu,2021-03-01,5").replace(",", ";") + ",5\n",
        toml=styled(delimiter='";"', decimal='","'),
        rows=1,
        values=(5.5,),
    ),
    "decimal point where a comma is declared": Poison(
        (TOP + GOOD).replace(",", ";") + "south;icu;2021-03-01;5.5\n",
        toml=styled(delimiter='";"', decimal='","'),
        rules=((2, "occupied", "number"),),
        reject='it has ".". Set decimal = "."',
        rows=1,
    ),
    "thousands separator": Poison(
        TOP + GOOD + 'south,icu,2021-03-01,"1 234"\n',
        rules=((2, "occupied", "number"),),
        reject="a number with separators of thousands",
        rows=1,
    ),
    "not-a-number and infinity": Poison(
        TOP
        + GOOD
        + "south,icu,2021-03-01,NaN\nsouth,hdu,2021-03-01,inf\neast,icu,2021-03-01,1e999\n",
        rules=((2, "occupied", "number"), (3, "occupied", "number"), (4, "occupied", "number")),
        rows=1,
    ),
    "negative stock": Poison(
        TOP + GOOD + "south,icu,2021-03-01,-2\n",
        rules=((2, "occupied", "minimum"),),
        reject="below 0, the smallest valid value in measures.csv",
        rows=1,
    ),
    "more than there can be": Poison(
        TOP + GOOD + "south,icu,2021-03-01,5000\n",
        rules=((2, "occupied", "maximum"),),
        reject="above 500, the largest valid value",
        rows=1,
    ),
    "formula in a text cell": Poison(
        TOP + GOOD + "south,icu,2021-03-01,=2+3\n",
        rules=((2, "occupied", "formula"),),
        reject="a formula without its value",
        rows=1,
    ),
    "blank values are missing, not zero": Poison(
        TOP + GOOD + "south,icu,2021-03-01,\nsouth,hdu,2021-03-01,NA\n",
        rows=3,
        values=(5.0, None, None),
    ),
    "wrong unit": Poison(
        "hospital,ward,date,occupied,unit\n"
        "north,icu,2021-03-01,5,beds\nsouth,icu,2021-03-01,5,boxes\n",
        toml=UNIT,
        rules=((2, "unit", "unit"),),
        reject='another unit than "beds" in the declaration',
        rows=1,
    ),
    "wrong unit in a tall file": Poison(
        "hospital,ward,date,indicator,figure,unit\n"
        "north,REA,2021-03-01,occ,5,beds\nsouth,,2021-03-01,adm,5,beds\n",
        toml=TALL,
        rules=((2, "unit", "unit"),),
        reject='another unit than "patients"',
        rows=1,
    ),
    "unknown indicator": Poison(
        "hospital,ward,date,indicator,figure,unit\n"
        "north,REA,2021-03-01,occ,5,beds\nsouth,REA,2021-03-01,dead,5,beds\n",
        toml=TALL,
        rules=((2, "indicator", "measure"),),
        rows=1,
    ),
    "another census hour": Poison(
        "hospital,ward,date,occupied,hour\n"
        "north,icu,2021-03-01,5,8:00\nsouth,icu,2021-03-01,5,00:00\n",
        toml=CENSUS,
        rules=((2, "hour", "census"),),
        reject='another census than "08:00"',
        rows=1,
    ),
    "the same row twice": Poison(TOP + GOOD + GOOD, rows=1),
    "one key, two values": Poison(
        TOP + GOOD + "south,icu,2021-03-01,5\nsouth,icu,2021-03-01,6\n",
        rules=((2, "", "duplicate"), (3, "", "duplicate")),
        reject="rows 2, 3 say different things of the same key. Keep one of them.",
        rows=1,
    ),
    "one key, a value and a blank": Poison(
        TOP + GOOD + "south,icu,2021-03-01,5\nsouth,icu,2021-03-01,\n",
        rules=((2, "", "duplicate"), (3, "", "duplicate")),
        rows=1,
    ),
    "a row with three mistakes": Poison(
        TOP + GOOD + "nowhere,icu,01.03.2021,many\n",
        rules=((2, "date", "date"), (2, "hospital", "place"), (2, "occupied", "number")),
        rows=1,
    ),
    "a line of totals": Poison(
        TOP + GOOD + "Total,,,5\n",
        rules=((2, "date", "blank"), (2, "hospital", "place"), (2, "ward", "category")),
        rows=1,
    ),
    "workbook with dates, numbers and codes as numbers": Poison(
        workbook(
            [
                HEADER,
                ["north", "icu", date(2021, 3, 1), 5.0],
                ["south", "hdu", datetime(2021, 3, 2, 8, 0), "7"],
            ]
        ),
        toml=EXCEL,
        rows=2,
        values=(5.0, 7.0),
    ),
    "formula in a workbook cell": Poison(
        workbook(
            [
                HEADER,
                ["north", "icu", date(2021, 3, 1), 5],
                ["south", "icu", date(2021, 3, 1), "=2+3"],
            ]
        ),
        toml=EXCEL,
        rules=((2, "occupied", "formula"),),
        rows=1,
    ),
    "serial number in a workbook cell": Poison(
        workbook([HEADER, ["north", "icu", date(2021, 3, 1), 5], ["south", "icu", 44256, 5]]),
        toml=EXCEL,
        rules=((2, "date", "date"),),
        reject="a serial number, not a date",
        rows=1,
    ),
    "truth value where a number is meant": Poison(
        workbook(
            [
                HEADER,
                ["north", "icu", date(2021, 3, 1), 5],
                ["south", "icu", date(2021, 3, 1), True],
            ]
        ),
        toml=EXCEL,
        rules=((2, "occupied", "number"),),
        rows=1,
    ),
    "titles above the header of a workbook": Poison(
        workbook([["Weekly report"], [], HEADER, ["north", "icu", date(2021, 3, 1), 5]]),
        toml=styled(kind='"excel"', header_row="3"),
        rows=1,
    ),
    "Parquet with not-a-number": Poison(
        parquet(
            hospital=["north", "south"],
            ward=["icu", "icu"],
            date=[date(2021, 3, 1), date(2021, 3, 1)],
            occupied=[5.0, float("nan")],
        ),
        toml=PARQUET,
        rules=((2, "occupied", "number"),),
        rows=1,
    ),
    "Parquet with nulls": Poison(
        parquet(
            hospital=["north", None],
            ward=["icu", "icu"],
            date=[date(2021, 3, 1), date(2021, 3, 1)],
            occupied=[None, 5.0],
        ),
        toml=PARQUET,
        rules=((2, "hospital", "blank"),),
        rows=1,
        values=(None,),
    ),
    "order with an unknown status": Poison(
        ORDER_TOP + "A1,north,mask,100,2021-03-01,2021-04-01,ordered,2021-03-02T00:00:00Z\n"
        "A2,north,mask,100,2021-03-01,2021-04-01,lost,2021-03-02T00:00:00Z\n",
        toml=ORDERS,
        rules=((2, "status", "word"),),
        reject="none of ordered, shipped, arrived, cancelled",
        rows=1,
    ),
    "order of an unknown product, of less than nothing, without a number": Poison(
        ORDER_TOP + "A1,north,mask,100,2021-03-01,2021-04-01,ordered,2021-03-02T00:00:00Z\n"
        "A2,north,masc,100,2021-03-01,2021-04-01,ordered,2021-03-02T00:00:00Z\n"
        "A3,north,mask,-1,2021-03-01,2021-04-01,ordered,2021-03-02T00:00:00Z\n"
        ",north,mask,1,2021-03-01,2021-04-01,ordered,2021-03-02T00:00:00Z\n",
        toml=ORDERS,
        rules=((2, "product", "product"), (3, "quantity", "minimum"), (4, "number", "blank")),
        rows=1,
    ),
    "one order, two states at one instant": Poison(
        ORDER_TOP + "A1,north,mask,100,2021-03-01,2021-04-01,ordered,2021-03-02T00:00:00Z\n"
        "A1,north,mask,100,2021-03-01,2021-04-01,arrived,2021-03-02T00:00:00Z\n"
        "A2,north,mask,100,2021-03-01,2021-04-01,arrived,2021-03-02T00:00:00Z\n",
        toml=ORDERS,
        rules=((1, "", "duplicate"), (2, "", "duplicate")),
        rows=1,
    ),
    "patient who leaves before entering": Poison(
        MOVE_TOP + "1,11,north,icu,2021-03-01,2021-03-04,discharge\n"
        "2,12,north,icu,2021-03-04,2021-03-01,discharge\n",
        toml=MOVEMENTS,
        rules=((2, "left", "order"),),
        rows=1,
    ),
    "broken row of a file with personal columns": Poison(
        MOVE_TOP + "1,11,north,icu,2021-03-01,2021-03-04,discharge\n2,Martin Duval,north\n",
        toml=MOVEMENTS,
        rules=((2, "", "columns"),),
        rows=1,
    ),
}

REFUSED = {
    "gzip bomb": Poison(
        gzip.compress(b"0," * (48 << 20)),
        message="unpacks to more than 200 times its size, as a decompression bomb does",
        refused="bomb",
    ),
    "zip bomb": Poison(
        zipped({"beds.csv": b"0," * (48 << 20)}),
        message="unpacks to more than 200 times its size",
        refused="bomb",
    ),
    "zip of two files": Poison(
        zipped({"a.csv": b"1", "b.csv": b"2"}),
        message="the zip holds 2 files, and one is expected",
        refused="unreadable",
    ),
    "zip with a password": Poison(
        protected_zip(), message="the zip is protected by a password", refused="unreadable"
    ),
    "truncated zip": Poison(
        zipped({"beds.csv": (TOP + GOOD).encode()})[:-30],
        message="the packed file is damaged",
        refused="unreadable",
    ),
    "truncated workbook": Poison(
        workbook([HEADER, ["north", "icu", date(2021, 3, 1), 5]])[:-40],
        toml=EXCEL,
        message="damaged. Send it again. It was not stored",
        refused="unreadable",
    ),
    "truncated Parquet": Poison(
        parquet(hospital=["north"])[:-30],
        toml=PARQUET,
        message="not a readable Parquet file",
        refused="unreadable",
    ),
    "undeclared birth dates": Poison(
        "hospital,ward,date,occupied,date_naissance\nnorth,icu,2021-03-01,5,1950-02-03\n",
        message='look like direct identifiers of persons: "date_naissance" (birth-date)',
        refused="birth-date",
    ),
    "undeclared national numbers in a packed file": Poison(
        gzip.compress(b"hospital,ward,date,occupied,ref\nnorth,icu,2021-03-01,5,184127645108946\n"),
        message='"ref" (national-number)',
        refused="national-number",
    ),
    "undeclared phone numbers in a workbook": Poison(
        workbook([[*HEADER, "contact"], ["north", "icu", date(2021, 3, 1), 5, "06 12 34 56 78"]]),
        toml=EXCEL,
        message='"contact" (phone)',
        refused="phone",
    ),
    "personal column under another name": Poison(
        MOVE_TOP.replace("pat_no", "patno") + "1,11,north,icu,2021-03-01,2021-03-04,discharge\n",
        toml=MOVEMENTS,
        message='the personal column "pat_no" is not in the file',
        refused="unprotected",
    ),
    "personal columns in the wrong encoding": Poison(
        MOVE_TOP.encode() + b"1,\xe911,north,icu,2021-03-01,2021-03-04,discharge\n",
        toml=MOVEMENTS,
        message="so its personal columns could not be protected",
        refused="unprotected",
    ),
}


def _bytes(poison: Poison) -> bytes:
    return poison.data.encode() if isinstance(poison.data, str) else poison.data


@pytest.mark.parametrize("case", [name for name in WHOLE if not WHOLE[name].refused])
def test_a_file_that_cannot_be_taken_is_kept_as_it_came(
    case: str, take: Callable[..., object]
) -> None:
    poison = WHOLE[case]
    taken = take(poison.toml, poison.data, name=poison.name)
    assert taken.parsed is None
    assert poison.message in str(taken.error)
    assert str(taken.error).startswith(poison.name)
    assert taken.accepted.raw.read_bytes() == _bytes(poison)
    assert not list(taken.accepted.path.glob("*.tmp"))


@pytest.mark.parametrize("case", list(ROWS))
def test_wrong_rows_are_rejected_one_by_one_and_the_others_are_taken(
    case: str, take: Callable[..., object]
) -> None:
    poison = ROWS[case]
    taken = take(poison.toml, poison.data, name=poison.name)
    assert taken.error is None
    assert taken.rules == list(poison.rules)
    assert taken.parsed.rows == len(taken.rows) == poison.rows
    assert taken.parsed.rejected == len(poison.rules)
    if poison.reject:
        assert any(poison.reject in each["message"] for each in taken.rejects), taken.rejects
    if poison.values:
        assert [each["value"] for each in taken.rows] == list(poison.values)
        assert all((each["reason"] == "blank") == (each["value"] is None) for each in taken.rows)
    if not taken.feed.is_personal:
        assert taken.accepted.raw.read_bytes() == _bytes(poison)


@pytest.mark.parametrize("case", [*REFUSED, *(name for name in WHOLE if WHOLE[name].refused)])
def test_a_file_that_must_not_be_stored_leaves_a_complete_record_and_no_byte(
    case: str, take: Callable[..., object]
) -> None:
    poison = (REFUSED | WHOLE)[case]
    taken = take(poison.toml, poison.data, name=poison.name)
    refusal = taken.error
    assert isinstance(refusal, ArrivalRefused)
    assert poison.message in str(refusal)
    assert refusal.rule == poison.refused
    assert refusal.sha256 == hashlib.sha256(_bytes(poison)).hexdigest()
    assert refusal.size == len(_bytes(poison))
    state = taken.store._root
    assert not [path for path in state.rglob("*") if path.is_file()]


def test_there_are_at_least_sixty_poisoned_files() -> None:
    assert len(WHOLE) + len(ROWS) + len(REFUSED) >= 60

"""Reference tables and code lists: every mistake with its line; right rows in their types."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vigie.feeds import read_codes, read_reference, vocabulary
from vigie.schemas import REFERENCE

MEASURES = "measure,name_en,name_fr,unit,kind,minimum\nbeds,Beds,Lits,beds,level,0\n"
PLACES = "place,name,kind,parent,valid_from\nfr,France,nation,,\nnorth,North,site,fr,2020-01-01\n"


def room(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "reference"
    folder.mkdir()
    for name, text in ({"measures": MEASURES, "places": PLACES} | files).items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_right_tables_have_their_types_and_defaults(tmp_path: Path) -> None:
    tables, problems = read_reference(
        room(
            tmp_path,
            products=(
                "product,name_en,name_fr,unit,pack_size,is_reusable\nmask,Mask,Masque,{mask},50,TRUE\n"
            ),
        )
    )
    assert not problems
    assert set(tables) == {each.name for each in REFERENCE}
    for each in REFERENCE:
        assert tables[each.name].schema.equals(each.arrow_schema())
    measure = tables["measures"].to_pylist()[0]
    assert (measure["step"], measure["over_places"], measure["tolerance"]) == ("day", "sum", 0.05)
    assert (measure["minimum"], measure["maximum"], measure["counts_people"]) == (0.0, None, False)
    assert tables["places"]["valid_from"].to_pylist() == [None, date(2020, 1, 1)]
    assert tables["products"]["is_reusable"].to_pylist() == [True]
    words = vocabulary(tables, {})
    assert words.places == {"fr", "north"}
    assert words.categories["product"] == words.products == {"mask"}


MISTAKES = [
    (
        {"definition_changes": "measure,date,what\nbedz,2021-01-04,day cases\n"},
        2,
        'column measure: there is no "bedz" in measures.csv',
    ),
    (
        {"definition_changes": "measure,category,date,what\nbeds,icu,2021-01-04,day cases\n"},
        2,
        'column category: there is no "icu" in categories.csv',
    ),
    ({"definition_changes": "measure,date,what\nbeds,4 Jan,x\n"}, 2, "not a date (YYYY-MM-DD)"),
    ({"definition_changes": "measure,date,what\nbeds,2021-01-04,\n"}, 2, "column what: empty"),
    ({"measures": ""}, None, "the file is missing"),
    ({"places": ""}, None, "the file is missing"),
    (
        {"places": "place,name,kind,parnt\nfr,France,nation,\n"},
        1,
        '"parnt" is no column of places. Nearest: "parent"',
    ),
    ({"places": "place,name\nfr,France\n"}, 1, 'the column "kind" is missing'),
    (
        {"places": "place,name,kind,kind\nfr,France,nation,nation\n"},
        1,
        'column "kind" stands twice',
    ),
    (
        {"places": "place,name,kind\nfr,France,country\n"},
        2,
        'column kind: "country" is none of nation, region, site, unit',
    ),
    ({"places": "place,name,kind\nfr,,nation\n"}, 2, "column name: empty"),
    ({"places": "place,name,kind\nfr,France\n"}, 2, "2 cells, and the header has 3"),
    (
        {"places": "place,name,kind\nfr,France,nation\nfr,France,nation\n"},
        3,
        'the key "fr" stands already in line 2',
    ),
    ({"places": PLACES + "south,South,site,fx,\n"}, 4, 'column parent: there is no "fx" in places'),
    (
        {"places": "place,name,kind,parent\na,A,region,b\nb,B,region,a\n"},
        2,
        "the place lies in itself",
    ),
    (
        {"places": PLACES.replace("2020-01-01", "01/01/2020")},
        3,
        'column valid_from: "01/01/2020" is not a date (YYYY-MM-DD)',
    ),
    ({"places": PLACES.replace("North", '"Nor"th"')}, 3, "not CSV"),
    ({"measures": MEASURES.replace(",0\n", ",zero\n")}, 2, '"zero" is not a number'),
    ({"measures": MEASURES.replace(",0\n", ",nan\n")}, 2, "is not a finite number"),
    (
        {"measures": MEASURES.replace("minimum", "minimum,maximum").replace(",0\n", ",5,4\n")},
        2,
        "minimum is above maximum",
    ),
    (
        {"measures": MEASURES.replace("minimum", "census").replace(",0\n", ",8h\n")},
        2,
        "column census: not an hour or a window",
    ),
    (
        {"measures": MEASURES.replace("minimum", "threshold").replace(",0\n", ",1.5\n")},
        2,
        '"1.5" is not a whole number',
    ),
    (
        {"measures": MEASURES.replace("minimum", "is_forecast").replace(",0\n", ",oui\n")},
        2,
        '"oui" is not true or false',
    ),
    (
        {
            "products": "product,name_en,name_fr,unit,pack_size,gtin\n"
            "mask,M,M,1,50,4006381333931\nglove,G,G,1,100,4006381333932\n"
        },
        3,
        "column gtin: check digit 2 should be 1",
    ),
    (
        {
            "products": "product,name_en,name_fr,unit,pack_size,standard_code\n"
            "drug,D,D,mg,10,dm+d 16102111000001190\n"
        },
        2,
        "column standard_code: the check digit is wrong",
    ),
    ({"products": "product,name_en,name_fr,unit,pack_size\nm,M,M,,5\n"}, 2, "unit: empty"),
    ({"mesures": "x\n"}, None, 'no reference table has this name. Nearest: "measures"'),
    (
        {"arcs": "from_place,to_place,km,hours\nnorth,nowhere,1,1\n"},
        2,
        'column to_place: there is no "nowhere" in places.csv',
    ),
    (
        {
            "ratios": "skill,ward_kind,mode,patients_per_staff,valid_from,source\n"
            "nurs,icu,normal,2,2020-01-01,decree\n",
            "skills": "skill\nnurse\n",
            "categories": "category,dimension,name_en,name_fr\nicu,ward_kind,I,R\n",
        },
        2,
        'column skill: there is no "nurs" in skills.csv. Nearest: "nurse"',
    ),
    (
        {
            "doses": "product,ward_kind,per_patient_day\nmask,icu,3\nmask,mask,3\n",
            "categories": "category,dimension,name_en,name_fr\nicu,ward_kind,I,R\n"
            "mask,product,M,M\n",
        },
        3,
        'column ward_kind: there is no "mask" in categories.csv (dimension ward_kind)',
    ),
    ({"doses": "product,ward_kind,per_patient_day\nmask,,3\n"}, 2, "ward_kind: empty"),
    ({"categories": ""}, None, ""),
    ({"skills": "\n"}, None, "the file is empty"),
]


@pytest.mark.parametrize(("files", "line", "what"), MISTAKES)
def test_a_mistake_is_reported_with_its_line(
    files: dict[str, str], line: int | None, what: str, tmp_path: Path
) -> None:
    _, problems = read_reference(room(tmp_path, **files))
    if not what:
        assert not problems
        return
    assert any(what in str(each) and each.line == line for each in problems), [
        str(each) for each in problems
    ]
    assert all(each.file == f"reference/{next(iter(files))}.csv" for each in problems)


def test_a_line_after_a_long_cell_is_numbered_as_an_editor_does(tmp_path: Path) -> None:
    text = 'place,name,kind\nfr,"Fra\nnce",nation\nnorth,North,hamlet\n'
    _, problems = read_reference(room(tmp_path, places=text))
    assert [each.line for each in problems] == [4]


def test_code_lists_are_read_and_contradictions_found(tmp_path: Path) -> None:
    folder = tmp_path / "reference" / "codes"
    folder.mkdir(parents=True)
    (folder / "sites.csv").write_text("\ufeffcode,key\n075, north \n076,south\n075,north\n")
    (folder / "wards.csv").write_text("code,key\n,\nREA,icu\nREA,hdu\nx\n")
    (folder / "wrong.csv").write_text("cod,key\na,b\n")
    lists, problems = read_codes(tmp_path)
    assert lists == {
        "sites": {"075": "north", "076": "south"},
        "wards": {"": "", "REA": "icu"},
        "wrong": {},
    }
    assert [(each.file, each.line) for each in problems] == [
        ("reference/codes/wards.csv", 4),
        ("reference/codes/wards.csv", 5),
        ("reference/codes/wrong.csv", 1),
    ]

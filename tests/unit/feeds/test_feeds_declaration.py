"""Declarations: every mistake is reported with its line, and right ones mean what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigie.feeds import Vocabulary, read_feed, read_feeds

GOOD = """[feed]
owner = "Bed registry"
legal_basis = "Public health code"
purpose = "crisis-management"
[source]
kind = "upload"
[format]
decimal = "."
[columns]
place = { from = "hospital" }
reference_date = { from = "date" }
category = { from = "ward" }
[[measures]]
measure = "beds_occupied"
from = "occupied"
unit = "beds"
"""

# what is replaced, by what, the line, and what the message says
MISTAKES = [
    ('owner = "Bed registry"\n', "", 1, "[feed] owner is missing"),
    ('"Bed registry"', '""', 2, "[feed] owner is empty"),
    ('"Bed registry"', "12", 2, "[feed] owner is not a text"),
    ("owner =", "ownr =", 2, '[feed] ownr is unknown. Known here: "owner"'),
    ("[feed]\n", '[feed]\ntable = "report"\n', 2, "[feed] table has an unknown value"),
    ("[feed]\n", '[feed]\ndeadline = "7h"\n', 2, "[feed] deadline is not a time of day"),
    ("[feed]\n", '[feed]\ncovers = "most"\n', 2, "[feed] covers has an unknown value"),
    ("[feed]\n", "[feed]\nkeep_raw_days = -1\n", 2, "is not a whole number from 0 to 3650"),
    ("[feed]\n", '[feed]\nall_or_nothing = "yes"\n', 2, "is neither true nor false"),
    ("[source]", "[sorce]", 5, '"sorce" is unknown. Known here: "source"'),
    ('kind = "upload"', 'kind = "ftp"', 6, "[source] kind has an unknown value"),
    ('kind = "upload"', 'kind = "file"', 5, "[source] path is missing"),
    ('kind = "upload"', 'kind = "upload"\npath = "x"', 7, "[source] path is unknown"),
    (
        'kind = "upload"',
        'kind = "http"\nurl = "https://me:pw@x.org/a"',
        7,
        "[source] url holds a password in an address",
    ),
    ('kind = "upload"', 'kind = "http"\nurl = "ftp://x.org/a"', 7, "[source] url is no web"),
    (
        'kind = "upload"',
        'kind = "upload"\npassword = "x"',
        7,
        "[source] password looks like a secret. Secrets are never written in the room",
    ),
    (
        'kind = "upload"',
        'kind = "sql"\nurl_env = "beds"\nquery = "SELECT 1"',
        7,
        "[source] url_env is no name of an environment variable",
    ),
    (
        'kind = "upload"',
        'kind = "sql"\nurl_env = "B"\nquery = "DROP TABLE beds"',
        8,
        "[source] query is not a SELECT",
    ),
    (
        'kind = "upload"',
        'kind = "sql"\nurl_env = "B"\nquery = "SELECT 1; SELECT 2"',
        8,
        "[source] query holds 2 statements",
    ),
    (
        'kind = "upload"',
        'kind = "sql"\nurl_env = "B"\nquery = "SELECT 1"',
        9,
        "[format] has no meaning for a query",
    ),
    ('decimal = "."', 'decimal = ";"', 8, "[format] decimal has an unknown value"),
    ('decimal = "."', 'decimal = ","', 8, "decimal and delimiter are the same character"),
    ('decimal = "."', 'delimiter = "||"', 8, "[format] delimiter is not one character"),
    ('decimal = "."', 'encoding = "latin9"', 8, "[format] encoding has an unknown value"),
    ('decimal = "."', 'null_values = "NA"', 8, "[format] null_values is not a list of texts"),
    ('decimal = "."', "decimal = ", 8, "not valid TOML"),
    ('place = { from = "hospital" }\n', "", 9, "[columns] does not say where place comes from"),
    ('{ from = "hospital" }', "{ }", 10, "place has neither from nor value"),
    (
        '{ from = "hospital" }',
        '{ value = "nort" }',
        10,
        'there is no place "nort". Nearest: "north"',
    ),
    (
        '{ from = "hospital" }',
        '{ from = "hospital", codes = "site" }',
        10,
        'the code list "site" does not exist. Add reference/codes/site.csv; there are: "sites"',
    ),
    (
        '{ from = "hospital" }',
        '{ from = "hospital", codes = "wards" }',
        10,
        'the code list "wards" leads to 3 place keys that do not exist',
    ),
    ('{ from = "hospital" }', '{ from = "hospital", frm = 1 }', 10, "frm is unknown"),
    ('{ from = "date" }', '{ from = "date", format = "%d/%m" }', 11, "holds no year"),
    ('{ from = "date" }', '{ value = "yesterday" }', 11, "is no date"),
    ("category = {", "categry = {", 12, "[columns] categry is unknown"),
    (
        '"beds_occupied"',
        '"beds_occupid"',
        14,
        'there is no measure "beds_occupid". Nearest: "beds_occ',
    ),
    ('unit = "beds"', 'unit = "patients"', 16, 'is in "beds" in measures.csv, not in "patients"'),
    ('unit = "beds"\n', "", 13, "unit is missing"),
    ('unit = "beds"', 'unit = "beds"\ncensus = "00:00"', 17, 'has the census "08:00"'),
    ('unit = "beds"', 'unit = "beds"\ncategory = "mask"', 17, '"mask" does not fit'),
    ('unit = "beds"', 'unit = "boxes"\nfactor = 0', 17, "is not a number other than 0"),
    (
        'measure = "beds_occupied"\nfrom = "occupied"\nunit = "beds"',
        'measure = "admissions"\nfrom = "occupied"\nunit = "patients"',
        13,
        "admissions has no dimension in measures.csv, and [columns] gives it a category",
    ),
    (
        'measure = "beds_occupied"\nfrom = "occupied"\nunit = "beds"',
        'measure = "issued"\nfrom = "occupied"\nunit = "units"',
        14,
        'the measure is monthly, and reference_date holds days. Add period = "month"',
    ),
    (
        'unit = "beds"\n',
        'unit = "beds"\n[[measures]]\nmeasure = "beds_occupied"\nfrom = "b"\nunit = "beds"\n',
        17,
        "beds_occupied with this category stands twice",
    ),
    (
        'unit = "beds"\n',
        'unit = "beds"\n[identifiers]\npatient = "hide"\n',
        18,
        "[identifiers] patient has an unknown value",
    ),
    (
        'unit = "beds"\n',
        'unit = "beds"\n[identifiers]\nward = "drop"\n',
        18,
        '"ward" is dropped at the door and used below',
    ),
    (
        "[feed]\n",
        '[feed]\nkeep_raw_days = 9\n[identifiers]\np = "drop"\n[feed.x]\n',
        2,
        "a feed with personal columns keeps no raw files",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), MISTAKES)
def test_a_mistake_is_reported_with_its_line_and_its_remedy(
    old: str, new: str, line: int, what: str, words: Vocabulary
) -> None:
    assert old in GOOD
    feed, problems = read_feed("feeds/beds.toml", GOOD.replace(old, new, 1), words)
    assert feed is None
    assert any(what in str(each) and each.line == line for each in problems), [
        str(each) for each in problems
    ]


def test_all_mistakes_are_reported_together(words: Vocabulary) -> None:
    text = GOOD.replace("owner", "ownr").replace("hospital", "").replace('"beds"', '"bed"')
    _, problems = read_feed("feeds/Beds 1.toml", text, words)
    assert len(problems) >= 4
    assert all(each.file == "feeds/Beds 1.toml" and each.to_do for each in problems)


def test_a_right_declaration_means_what_it_says(words: Vocabulary) -> None:
    feed, problems = read_feed("feeds/beds.toml", GOOD, words)
    assert not problems
    assert feed is not None
    assert (feed.name, feed.table, feed.covers, feed.keep_raw_days) == (
        "beds",
        "reports",
        "rows",
        30,
    )
    assert feed.known_at.mode == "receipt"
    assert feed.file_columns() == ("hospital", "ward", "date", "occupied")
    assert feed.format.null_values == ("", "NA")
    assert not feed.is_personal


def test_the_hash_of_a_declaration_changes_with_its_text(words: Vocabulary) -> None:
    first, _ = read_feed("feeds/beds.toml", GOOD, words)
    again, _ = read_feed("feeds/beds.toml", GOOD, words)
    other, _ = read_feed("feeds/beds.toml", GOOD + "# note\n", words)
    assert first and again and other
    assert first.sha256 == again.sha256 != other.sha256


def test_stays_and_patients_are_pseudonymised_without_being_asked(words: Vocabulary) -> None:
    text = """[feed]
table = "movements"
owner = "PMSI"
legal_basis = "x"
purpose = "y"
[columns]
stay = { from = "stay_no" }
patient = { from = "pat_no" }
place = { from = "hospital" }
category = { from = "ward" }
from_date = { from = "entered" }
"""
    feed, problems = read_feed("feeds/moves.toml", text, words)
    assert feed is not None, problems
    assert feed.protected() == {"stay_no": "pseudonymise", "pat_no": "pseudonymise"}
    assert feed.keep_raw_days == 0
    assert feed.is_personal


def test_all_declarations_of_a_room_are_read(tmp_path: Path, words: Vocabulary) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "beds.toml").write_text(GOOD)
    (folder / "wrong.toml").write_text("x = 1\n")
    (folder / "latin.toml").write_bytes(b"# \xe9\n")
    feeds, problems = read_feeds(tmp_path, words)
    assert list(feeds) == ["beds"]
    assert {each.file for each in problems} == {"feeds/latin.toml", "feeds/wrong.toml"}

"""What the page of a place says of its patients in bed."""

import pytest
from invented_release import Tables, rows_of

from vigie.actions.views.bed_part_views import bed_part_lines
from vigie.actions.views.room_names import Measure, RoomNames
from vigie.actions.words.wording import words_for

PLANNED = Measure("planned", "Planned entries", "patients", "flow", "day", "ward_kind")
NAMES = RoomNames({}, {"planned": PLANNED}, {"icu": "Intensive care"}, {})


def part(kind: str, name: str, patients: float, share: float, of: float = 24.0):
    return {
        "run": "r",
        "measure": "beds",
        "place": "A",
        "category": "icu",
        "kind": kind,
        "part": name,
        "patients": of,
        "part_patients": patients,
        "share_ahead": share,
    }


def lines(*rows, language="en"):
    tables = Tables({"bed_parts": rows_of("bed_parts", list(rows))})
    return bed_part_lines(tables, "A", NAMES, words_for(language))


@pytest.mark.parametrize(
    ("language", "row", "said"),
    [
        ("en", ("fit", 3), "Intensive care: of 24 patients in bed, 3 are fit and wait to leave"),
        ("en", ("fit", 1), "Intensive care: of 24 patients in bed, 1 is fit and waits to leave"),
        ("en", ("", 3), "Intensive care: of 24 patients in bed, about 3 are fit and wait to leave"),
        (
            "fr",
            ("fit", 0),
            "Intensive care\u00a0: sur 24 patients hospitalisés, 0 est prêt à sortir",
        ),
    ],
)
def test_those_who_wait_are_counted_in_words(language, row, said):
    (found,) = lines(part("waiting", row[0], row[1], 0.1), language=language)
    assert found.startswith(said)


def test_causes_stand_by_size_and_the_rest_has_a_name():
    (found,) = lines(part("cause", "", 10, 0.3), part("cause", "planned", 14, 0.7))
    assert found.endswith("by entry: Planned entries 70\u00a0%, other entries 30\u00a0%")
    assert lines() == ()

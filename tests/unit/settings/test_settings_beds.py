"""Settings of a shortage of beds that do not go together."""

import pytest

from vigie.settings.beds import BedShortage, bed_mistakes


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ({"waiting": "fit"}, "waiting", "waiting without entries"),
        ({"waiting_share": 0.1}, "waiting_share", "waiting_share without entries"),
        ({"entries": "came", "booked": "list"}, "booked", "booked without elective"),
        ({"entries": "came", "causes": ("came",)}, "causes", "name one measure twice"),
        (
            {"entries": "came", "causes": ("a", "b", "c", "d", "e"), "elective": "f"},
            "causes",
            "are 6 parts",
        ),
        (
            {"entries": "came", "waiting": "fit", "waiting_share": 0.1},
            "waiting_share",
            "both waiting and waiting_share",
        ),
    ],
)
def test_mistakes_are_told(given, key, said):
    ((found, what, to_do),) = bed_mistakes(BedShortage("need", "capacity", **given))
    assert (found, bool(to_do)) == (key, True)
    assert said in what


def test_what_goes_together_is_no_mistake():
    rule = BedShortage(
        "need", "capacity", entries="came", elective="planned", booked="list", waiting="fit"
    )
    assert [*bed_mistakes(rule)] == []
    assert [*bed_mistakes(BedShortage("need", "capacity"))] == []

"""Check digits of product codes: right ones pass, one mistyped digit never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.supply import gtin_fault, standard_code_fault

RIGHT = (
    "ATC N01AX10", "ATC J01", "dm+d 16102111000001109", "dm+d 16101911000001101",
    "CIP13 3400930000007", "UCD 9000001",
)  # fmt: skip


@pytest.mark.parametrize("text", ["4006381333931", "96385074", "036000291452", "02000000000015"])
def test_real_trade_items_pass(text):
    assert gtin_fault(text) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("4006381333932", "check digit 2 should be 1"),
        ("400638133393", "check digit 3 should be"),
        ("40063813339", "not 8, 12, 13 or 14 digits"),
        ("40063813339X1", "not 8, 12, 13 or 14 digits"),
    ],
)
def test_a_wrong_trade_item_says_why(text, fault):
    assert fault in gtin_fault(text)


@given(body=st.text("0123456789", min_size=12, max_size=12), at=st.integers(0, 12),
       shift=st.integers(1, 9))  # fmt: skip
def test_one_mistyped_digit_is_found(body, at, shift):
    right = next(body + str(last) for last in range(10) if not gtin_fault(body + str(last)))
    wrong = right[:at] + str((int(right[at]) + shift) % 10) + right[at + 1 :]
    assert gtin_fault(wrong)


@pytest.mark.parametrize("text", RIGHT)
def test_codes_of_every_system_pass(text):
    assert standard_code_fault(text) == ""


@given(at=st.integers(0, 16), shift=st.integers(1, 9))
def test_one_mistyped_digit_of_a_medicine_is_found(at, shift):
    right = "16102111000001109"
    wrong = right[:at] + str((int(right[at]) + shift) % 10) + right[at + 1 :]
    assert "check digit" in standard_code_fault(f"dm+d {wrong}")


def test_two_neighbours_swapped_are_found():
    right = "16102111000001109"
    for at in range(16):
        if right[at] != right[at + 1]:
            wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
            assert standard_code_fault(f"dm+d {wrong}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("ATX N01AX10", 'nearest: "ATC"'),
        ("ATC 01AX10", "no ATC code"),
        ("dm+d 12", "6 to 18 digits"),
        ("CIP13 4006381333931", "begin with 3400"),
        ("UCD 90000A1", "7 or 13 digits"),
    ],
)
def test_a_wrong_code_says_why(text, fault):
    assert fault in standard_code_fault(text)

"""What all declarations share: text from bytes, mistakes with lines, typed keys, no secrets."""

from __future__ import annotations

import pytest

from vigie.declarations import Section, Sheet, as_text, holds_credentials, is_secret_name, secret_in


def test_a_mistake_stands_on_the_line_of_its_key_or_of_the_table_around_it() -> None:
    sheet = Sheet("a.toml", "[a]\nb = { c = 1 }\n")
    assert sheet.line(("a", "b", "c")) == 2
    assert sheet.line(("a", "z")) == 1
    assert sheet.line(("z",)) is None
    assert Sheet("a.sql", "", root_line=1).line(("z",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a = 1\nb = = 2\n", 2, "not valid TOML: Invalid value"),
        ("a = 1\nb = [1,\n", 2, "not valid TOML: Invalid value"),
        ("a = 1\na = 2\n", 2, "not valid TOML: Cannot overwrite a value"),
    ],
)
def test_a_text_that_is_not_toml_has_one_problem_on_its_line(
    text: str, line: int, what: str
) -> None:
    sheet = Sheet("a.toml", text)
    assert not sheet.is_readable
    assert sheet.content == {}
    assert [(each.line, each.what) for each in sheet.problems] == [(line, what)]


def test_a_byte_order_mark_is_no_mistake() -> None:
    text, problems = as_text("a.toml", "\ufeff[a]\nb = 'é'\n".encode())
    assert (text, problems) == ("[a]\nb = 'é'\n", [])
    assert Sheet("a.toml", "\ufeffa = 1").content == {"a": 1}


def test_a_text_in_another_encoding_is_named_with_its_line() -> None:
    text, (problem,) = as_text("a.toml", "[a]\nb = 'é'\n".encode("cp1252"))
    assert text == ""
    assert str(problem) == "a.toml, line 2: the file is not UTF-8. Save it as UTF-8."


def test_typed_keys_are_given_and_every_wrong_one_is_named() -> None:
    text = '[[m]]\nname = "x"\ncount = 3\nnames = ["a"]\nis_on = true\n[[m]]\nname = 1\nnmes = []\n'
    sheet = Sheet("a.toml", text)
    entries = sheet.content["m"]
    assert isinstance(entries, list)
    first, second = (Section(sheet, ("m", number), each) for number, each in enumerate(entries))
    assert first.text("name") == "x"
    assert first.whole("count", 1, at_least=0, at_most=5) == 3
    assert first.texts("names") == ("a",)
    assert first.flag("is_on")
    first.finish()
    assert sheet.problems == []
    second.text("name")
    second.texts("names")
    second.finish()
    assert [str(each) for each in sheet.problems] == [
        "a.toml, line 7: [m] no. 2 name is not a text. Put the value in quotation marks.",
        'a.toml, line 8: [m] no. 2 nmes is unknown. Known here: "names", "name".',
    ]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("password", "x", True),
        ("db_passwd", "x", True),
        ("smtp_pwd", "x", True),
        ("client_secret", "x", True),
        ("tokens", "x", True),
        ("api_key", "x", True),
        ("apikey", "x", True),
        ("private_key", "x", True),
        ("password", "", False),
        ("password_env", "DB_PASSWORD", False),
        ("private_key_file", "/run/secrets/key", False),
        ("key", "id", False),
        ("keyword", "beds", False),
        ("keep_raw_days", 3, False),
        ("url", "https://me:pass@x.org/a", True),
        ("url", "https://x.org/a?at=b@c", False),
    ],
)
def test_what_looks_like_a_secret(key: str, value: object, expected: bool) -> None:
    assert secret_in(key, value) is expected
    assert (is_secret_name(key) or holds_credentials(value)) >= expected

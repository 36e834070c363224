"""The line of every key, as messages about declarations name it."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from vigie.declarations import key_lines

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
VALUES = st.sampled_from(
    [
        "1",
        '"a # b"',
        "[1,\n  2, # ]\n]",
        '"""one\nkey = 2\n"""',
        "'''it's\n[table]\n'''",
        "{ a = 1, b = [2] }",
        '"\\"] ["',
        "[\n  [1],\n  [2],\n]",
        "2026-03-02T07:00:00Z",
        '"""one line"""',
        '["]", "[["]',
    ]
)


@given(
    st.lists(
        st.tuples(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), st.booleans()),
        max_size=5,
        unique_by=lambda table: table[0],
    )
)
def test_every_key_is_found_on_the_line_where_it_was_written(
    tables: list[tuple[str, dict[str, str], bool]],
) -> None:
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for name, values, repeated in tables:
        lines.append(f"[[{name}]]" if repeated else f"[{name}]")
        path: tuple[str | int, ...] = (name, 0) if repeated else (name,)
        expected[(name,)] = expected[path] = len(lines)
        for key, value in values.items():
            expected[(*path, key)] = len(lines) + 1
            lines.extend(f"{key} = {value}  # said".split("\n"))
    text = "\n".join(lines)
    tomllib.loads(text)
    assert key_lines(text) == expected


def test_dotted_and_quoted_names_are_split_as_toml_does() -> None:
    text = '[a."b.c"]\nd.e = 1\n"f g" = 2\n'
    found = key_lines(text)
    assert found[("a", "b.c", "d", "e")] == 2
    assert found[("a", "b.c", "f g")] == 3


def test_tables_below_a_repeated_table_belong_to_its_last_entry() -> None:
    text = "[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2\n"
    found = key_lines(text)
    assert found[("a", 0, "b", "c")] == 3
    assert found[("a", 1, "b", "c")] == 6


def test_lines_are_found_past_long_texts_and_below_quoted_names() -> None:
    text = 'a = """\nb = 1\n"""\nc = 2\n[[m]]\nx = 1\n[[m]]\n"y z" = 1\n[t.u]\nv.\'w\' = 1\n'
    found = key_lines(text)
    assert ("b",) not in found
    assert found[("c",)] == 4
    assert found[("m", 0, "x")] == 6
    assert found[("m", 1, "y z")] == 8
    assert found[("t", "u", "v", "w")] == 10

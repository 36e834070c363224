from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from vigie.errors import Problem
from vigie.settings import (
    BedShortage,
    Epidemic,
    EquipmentShortage,
    Language,
    Mode,
    OrdersAhead,
    OwnModel,
    ProductShortage,
    Settings,
    StaffShortage,
    Tile,
    TileKind,
    parse_settings,
)

WHOLE = """\
[room]
name = "Crisis cell of Valombre"
format = 1
timezone = "Europe/Paris"
languages = ["fr", "en"]
seed = 7
sample_count = 500
horizon_days = 14
deadline = "07:45"

[engine]
threads = 2
memory_limit = "2 GiB"

[web]
port = 8080
address = "127.0.0.1"
accent = "#123ABC"

[alerts]
email_to = ["crisis-cell@valombre.example"]
smtp_url_env = "SMTP_URL"

[briefing]
tiles = [
  { measure = "beds_occupied", category = "icu" },
  { kind = "shortages", measure = "products" },
]

[[shortage]]
kind = "beds"
need = "beds_occupied"
capacity = "beds_staffed"
open = "beds_open"

[[shortage]]
kind = "staff"
rostered = "staff_rostered"
absent = "staff_absent"
occupancy = "beds_occupied"
mode = "stretched"

[[shortage]]
kind = "equipment"
in_use = "ventilators_in_use"
fleet = "ventilators_total"

[[shortage]]
kind = "products"
stock = "stock_on_hand"
consumption = "consumption"
orders = "open"

[[models]]
name = "clinic-median"
command = ["python3", "models/m.py", "-v", "-v"]
measures = ["admissions"]
timeout_seconds = 60

[[models]]
name = "R2"
command = ["Rscript", "models/r2.R"]

[[epidemics]]
measure = "admissions"
category = "icu"
generation = "covid-19 generation, Singapore 2020"
admission = ["covid-19 incubation, 2020", "covid-19 onset to admission, 2020"]
admitted_share = 0.03

[[epidemics]]
measure = "admissions"
generation_mean_days = 3
generation_sd_days = 1.5
admission_mean_days = 6.5
admission_sd_days = 3
"""


def parsed(text: str, environment: dict[str, str] | None = None) -> Settings:
    settings, problems = parse_settings(text, environment or {})
    assert problems == []
    assert settings is not None
    return settings


def problems_of(text: str, environment: dict[str, str] | None = None) -> list[Problem]:
    settings, problems = parse_settings(text, environment or {})
    assert settings is None
    return problems


def epidemic(lines: str) -> str:
    """An epidemic whose delay to admission is right."""
    return (
        '[[epidemics]]\nmeasure = "admissions"\nadmission_mean_days = 8\nadmission_sd_days = 4\n'
        + lines
        + "\n"
    )


def test_every_value_of_a_whole_file_is_read() -> None:
    settings = parsed(WHOLE)
    assert settings.room.name == "Crisis cell of Valombre"
    assert settings.room.timezone == ZoneInfo("Europe/Paris")
    assert settings.room.languages == (Language.FRENCH, Language.ENGLISH)
    assert settings.room.deadline == time(7, 45)
    assert (settings.room.seed, settings.room.sample_count, settings.room.horizon_days) == (
        7,
        500,
        14,
    )
    assert (settings.engine.threads, settings.engine.memory_limit) == (2, "2 GiB")
    assert (settings.web.port, settings.web.accent) == (8080, "#123ABC")
    assert settings.alerts.email_to == ("crisis-cell@valombre.example",)
    assert settings.alerts.smtp_url_env == "SMTP_URL"
    assert settings.briefing.tiles == (
        Tile("beds_occupied", "icu"),
        Tile("products", kind=TileKind.SHORTAGES),
    )
    assert settings.shortages == (
        BedShortage("beds_occupied", "beds_staffed", "beds_open"),
        StaffShortage("staff_rostered", "staff_absent", "beds_occupied", Mode.STRETCHED),
        EquipmentShortage("ventilators_in_use", "ventilators_total"),
        ProductShortage("stock_on_hand", "consumption", OrdersAhead.OPEN),
    )
    assert settings.models == (
        OwnModel("clinic-median", ("python3", "models/m.py", "-v", "-v"), ("admissions",), 60),
        OwnModel("R2", ("Rscript", "models/r2.R")),
    )
    first, second = settings.epidemics
    assert first == Epidemic(
        "admissions",
        "icu",
        generation="covid-19 generation, Singapore 2020",
        admission=("covid-19 incubation, 2020", "covid-19 onset to admission, 2020"),
        admitted_share=0.03,
    )
    assert (second.generation_mean_days, second.admission_mean_days) == (3.0, 6.5)
    assert (second.category, second.admitted_share) == ("", 0.02)


def test_capacity_follows_the_need_unless_a_rule_holds_it() -> None:
    entry = '[[shortage]]\nkind = "beds"\nneed = "a"\ncapacity = "b"\n'
    room = '[room]\nname = "S"\n'

    (follows,), (held,) = (
        parsed(room + entry + more).shortages for more in ("", 'ahead = "held"\n')
    )

    assert isinstance(follows, BedShortage)
    assert isinstance(held, BedShortage)
    assert (str(follows.ahead), str(held.ahead)) == ("follows", "held")


def test_a_name_is_all_that_a_room_must_say() -> None:
    settings = parsed('[room]\nname = "Small"\n')
    assert settings.room.sample_count == 1000
    assert settings.room.horizon_days == 21
    assert settings.room.timezone == ZoneInfo("UTC")
    assert settings.web.address == "127.0.0.1"
    assert settings.shortages == ()
    assert settings.models == ()


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parsed('\ufeff[room]\nname = "Small"\n').room.name == "Small"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nam = 1", 'line 3: "nam" is not a setting of [room]. Nearest: "name"'),
        ("sample_count = 0", "line 3: [room] sample_count is 0, out of range. Write a whole"),
        ("sample_count = true", "line 3: [room] sample_count is true or false, not a whole number"),
        ('seed = "7"', "line 3: [room] seed is text, not a whole number"),
        ('timezone = "Europe/Pari"', 'is "Europe/Pari", not a time zone. Nearest: "Europe/Paris"'),
        ("timezone = 1", "[room] timezone is a number, not text"),
        ('languages = ["en", "de"]', '[room] languages is "de", not one of "en", "fr"'),
        ('languages = ["en", "en"]', "[room] languages names one thing twice"),
        ("languages = []", '[room] languages is empty. Name at least one of "en", "fr"'),
        ('languages = "en"', "[room] languages is text, not a list"),
        ('deadline = "7h45"', 'deadline is not a time of day. Write hours and minutes, as in "07'),
        ("format = 2", "[room] format is 2, of a newer Vigie than this one (format 1). Upgrade"),
        ("format = 0", "[room] format is 0, which never existed. Write 1"),
        ('[web]\naddress = "0.0.0.0"', "would open the pages to other machines"),
        ('[web]\naddress = "example"', "[web] address is not an address of this machine"),
        ('[web]\naccent = "blue"', "[web] accent is not a colour"),
        ("[web]\nport = 70000", "[web] port is 70000, out of range. Write a whole number from 1"),
        ('[engine]\nmemory_limit = "much"', "[engine] memory_limit is not an amount of memory"),
        ('[alerts]\nemail_to = ["nobody"]', "email_to holds something that is no mail address"),
        ('[alerts]\nsmtp_url_env = "smtp://h"', "is not the name of an environment variable"),
        ("[web2]\nport = 1", 'line 3: "web2" is not a table of this file. Nearest: "web"'),
        ("[briefing]\ntiles = [1]", "line 4: [briefing] tiles is not a list of tables"),
        ("[briefing]\ntiles = [{ }]", 'line 4: [briefing] tile 1 lacks "measure" (a measure; for'),
        (
            '[briefing]\ntiles = [{ kind = "shortages", measure = "bed" }]',
            'line 4: [briefing] tile 1 measure is "bed", not one of "beds", "staff"',
        ),
        ("[briefing]\ntiles = [" + 6 * '{ measure = "a" },' + "]", "tiles has 6 entries. Keep at"),
        ('[[shortage]]\nkind = "bed"', 'line 4: [[shortage]] number 1 kind is "bed", not one of'),
        ('[[shortage]]\nneed = "x"', "line 3: [[shortage]] number 1 has no kind"),
        ('[[shortage]]\nkind = "beds"\nneed = "a"', '[[shortage]] number 1 lacks "capacity"'),
        ('[shortage]\nkind = "beds"', "[shortage] is one table. Write [[shortage]]"),
        (
            '[[shortage]]\nkind = "beds"\nneed = "a"\ncapacity = "b"\nahead = "helt"',
            '[[shortage]] number 1 ahead is "helt"',
        ),
        ('[models]\nname = "m"', "line 3: [models] is one table. Write [[models]]"),
        ('[[models]]\nname = "m"', "line 3: [[models]] number 1 has no command and no folder"),
        (
            '[[models]]\nname = "m"\ncommand = ["x"]\nfolder = "hub/m"',
            "line 3: [[models]] number 1 has both a command and a folder",
        ),
        (
            '[[models]]\nname = "m"\ncommand = ["x"]\ncodes = "fips"',
            "line 6: [[models]] number 1 has codes, which only files of a folder need",
        ),
        (
            '[[models]]\nname = "m"\ncommand = []',
            "line 5: [[models]] number 1 command names no program",
        ),
        (
            '[[models]]\nname = "vigie-flat"\ncommand = ["x"]',
            'line 4: [[models]] number 1 name is "vigie-flat", no name for a model of your own',
        ),
        (
            '[[models]]\nname = "m"\ncommand = ["x"]\ntimeout_seconds = 0',
            "line 6: [[models]] number 1 timeout_seconds is 0, out of range",
        ),
        ('[epidemics]\nmeasure = "a"', "line 3: [epidemics] is one table. Write [[epidemics]]"),
        (
            epidemic('generation = "covid-19 generation, Singapour 2020"'),
            'line 7: [[epidemics]] number 1 generation is "covid-19 generation, Singapour 2020", '
            'not a published delay. Nearest: "covid-19 generation, Singapore 2020"',
        ),
        (epidemic(""), "line 3: [[epidemics]] number 1 lacks the delay generation. Give gener"),
        (
            epidemic("generation_mean_days = 5"),
            "line 3: [[epidemics]] number 1 lacks the delay generation. Give generation, the",
        ),
        (
            epidemic('generation = "influenza serial interval"\ngeneration_mean_days = 5'),
            "line 7: [[epidemics]] number 1 has generation and figures of its own for it. Keep",
        ),
        (
            epidemic("generation_mean_days = 40\ngeneration_sd_days = 2"),
            "line 7: [[epidemics]] number 1 generation_mean_days is 40, out of range. Write a "
            "number from 0.5 to 30",
        ),
        (
            epidemic("generation_mean_days = 2\ngeneration_sd_days = 5"),
            "line 8: [[epidemics]] number 1 generation_sd_days is more than twice the mean",
        ),
        (
            epidemic('generation = "influenza serial interval"\nadmitted_share = "2 %"'),
            "line 8: [[epidemics]] number 1 admitted_share is text, not a number. Write a number",
        ),
        (
            epidemic('generation = "influenza serial interval"') * 2,
            'line 8: [[epidemics]] number 2 is of measure "admissions" again. Keep one for each',
        ),
        ("name = 1", "line 3: not valid TOML: Cannot overwrite a value"),
        ("seed = = 1", "line 3: not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_remedy(line: str, message: str) -> None:
    problems = problems_of(f'[room]\nname = "Small"\n{line}\n')
    assert len(problems) == 1, problems
    assert message in str(problems[0])
    assert str(problems[0]).startswith("vigie.toml, line ")


def test_a_room_without_a_name_is_told_to_add_it() -> None:
    (problem,) = problems_of("[room]\nseed = 1\n")
    assert str(problem) == 'vigie.toml, line 1: [room] lacks "name" (name on every page). Add it'


def test_a_setting_outside_its_table_is_told_where_it_belongs() -> None:
    problems = problems_of('port = 8080\n[room]\nname = "Small"\n')
    assert [str(each) for each in problems] == [
        'vigie.toml, line 1: "port" is not a table of this file. Move it under [web]'
    ]


def test_all_mistakes_are_listed_together_in_order_of_lines() -> None:
    text = '[web]\nport = 0\n[room]\nname = "S"\nseed = -1\n[[shortage]]\nkind = "bread"\n'
    assert [each.line for each in problems_of(text)] == [2, 5, 7]


def test_lines_are_right_after_long_lists_texts_and_comments() -> None:
    text = (
        '[room]\nname = """two\nlines = 1\n"""\nlanguages = [\n  "en", # ["\n  "fr",\n]\n'
        "# seed = -1\nseed = -2\n"
    )
    assert [each.line for each in problems_of(text)] == [10]


def test_the_second_entry_of_a_repeated_table_has_its_own_lines() -> None:
    entry = '[[shortage]]\nkind = "equipment"\nin_use = "a"\n'
    text = f'[room]\nname = "S"\n{entry}fleet = "b"\n{entry}fleed = "b"\n'
    assert [(each.line, each.what) for each in problems_of(text)] == [
        (7, '[[shortage]] number 2 lacks "fleet" (machines that work)'),
        (10, '"fleed" is not a setting of [[shortage]] number 2'),
    ]


def test_two_models_of_one_name_are_refused() -> None:
    entry = '[[models]]\nname = "m"\ncommand = ["x"]\n'
    (problem,) = problems_of(f'[room]\nname = "S"\n{entry}{entry}')
    assert problem.what == '[[models]] number 2 has the name "m" again'


def test_a_model_of_an_unknown_measure_is_refused() -> None:
    entry = '[[models]]\nname = "m"\ncommand = ["x"]\nmeasures = ["beds", "bets"]\n'
    _, problems = parse_settings(f'[room]\nname = "S"\n{entry}', {}, measures=["beds"])
    assert [each.what for each in problems] == [
        '[[models]] number 1 measures is "bets", not a measure of reference/measures.csv'
    ]


def test_a_repeated_shortage_is_refused() -> None:
    entry = '[[shortage]]\nkind = "equipment"\nin_use = "a"\nfleet = "b"\n'
    (problem,) = problems_of(f'[room]\nname = "S"\n{entry}{entry}')
    assert problem.what == "[[shortage]] number 2 repeats an earlier one"


@pytest.mark.parametrize(
    "line",
    [
        '[alerts]\nsmtp_password = "hunter2hunter2"',
        '[alerts]\ntoken = "hunter2hunter2"',
        '[alerts]\nwebhook_secret = "hunter2hunter2"',
        '[web]\napi_key = "hunter2hunter2"',
        '[alerts]\nemail_to = ["smtp://user:hunter2hunter2@mail.example"]',
        '[anything.deeper]\npassword = "hunter2hunter2"',
    ],
)
def test_a_secret_is_refused_and_never_repeated(line: str) -> None:
    problems = problems_of(f'[room]\nname = "S"\n{line}\n')
    assert any("holds a secret" in each.what for each in problems)
    assert all("hunter2" not in str(each) for each in problems)


def test_the_name_of_an_environment_variable_is_no_secret() -> None:
    text = '[room]\nname = "S"\n[alerts]\nwebhook_url_env = "HOOK_WITH_TOKEN"\n'
    assert parsed(text).alerts.webhook_url_env == "HOOK_WITH_TOKEN"


def test_the_environment_overrules_the_file() -> None:
    environment = {
        "VIGIE_WEB_PORT": "9000",
        "VIGIE_ROOM_LANGUAGES": "fr, en",
        "VIGIE_ROOM_DEADLINE": "06:30",
        "PATH": "/bin",
    }
    settings = parsed('[room]\nname = "S"\n[web]\nport = 8080\n', environment)
    assert settings.web.port == 9000
    assert settings.room.languages == (Language.FRENCH, Language.ENGLISH)
    assert settings.room.deadline == time(6, 30)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("VIGIE_WEB_PRT", "1", 'environment: VIGIE_WEB_PRT sets nothing. Nearest: "VIGIE_WEB_PORT'),
        ("VIGIE_WEB_PORT", "many", "environment: VIGIE_WEB_PORT is text, not a whole number"),
        ("VIGIE_WEB_ADDRESS", "0.0.0.0", "VIGIE_WEB_ADDRESS would open the pages"),
        ("VIGIE_ROOM_FORMAT", "1", "VIGIE_ROOM_FORMAT sets nothing"),
    ],
)
def test_a_mistake_in_the_environment_is_named(name: str, value: str, message: str) -> None:
    (problem,) = problems_of('[room]\nname = "S"\n', {name: value})
    assert message in str(problem)


def test_a_variable_that_holds_a_secret_is_not_taken_for_a_setting() -> None:
    text = '[room]\nname = "S"\n[alerts]\nsmtp_url_env = "VIGIE_ALERTS_SMTP"\n'
    environment = {"VIGIE_ALERTS_SMTP": "smtp://user:word@mail.example"}
    assert parsed(text, environment).alerts.smtp_url_env == "VIGIE_ALERTS_SMTP"


def test_an_unknown_measure_is_named_with_the_nearest() -> None:
    _, problems = parse_settings(
        WHOLE, {}, measures={"beds_occupied", "beds_staffed", "admissions"}
    )
    messages = [str(each) for each in problems]
    assert len(messages) == 7
    assert (
        'vigie.toml, line 34: [[shortage]] number 1 open is "beds_open", not a measure of '
        'reference/measures.csv. Nearest: "beds_occupied", "beds_staffed"'
    ) in messages

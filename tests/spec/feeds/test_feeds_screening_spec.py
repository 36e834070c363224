"""Which columns count as direct identifiers of persons, and which do not.

Each row: header of the column, its cells, the rule that refuses it ("" when it is let through).
The feed maps "hospital" to the place, "ward" to the category and "occupied" to a value.
"""

from __future__ import annotations

import pytest

from vigie.feeds import MeasureInfo, Vocabulary, read_feed
from vigie.feeds.screening import Finding, screen

FEED = """
[feed]
owner = "Bed registry"
legal_basis = "Public health code"
purpose = "crisis-management"
[columns]
place = { from = "hospital" }
reference_date = { from = "date" }
category = { from = "ward" }
[[measures]]
measure = "calls"
from = "appels_telephone"
unit = "calls"
"""
WORDS = Vocabulary(
    {"calls": MeasureInfo("calls", dimension="ward_kind")},
    frozenset({"north"}),
    {"ward_kind": frozenset({"icu"})},
    frozenset(),
    {},
)

REFUSED = [
    # by the words of the header, whatever the cells
    ("nom_patient", ["x"], "name"),
    ("Prénom", ["x"], "name"),
    ("NomPatient", ["x"], "name"),
    ("last name", ["x"], "name"),
    ("Nachname", ["x"], "name"),
    ("nom de naissance", ["x"], "name"),
    ("date_naissance", ["x"], "birth-date"),
    ("DDN", ["x"], "birth-date"),
    ("DateOfBirth", ["x"], "birth-date"),
    ("Geburtsdatum", ["x"], "birth-date"),
    ("NIR", ["x"], "national-number"),
    ("n° de sécurité sociale", ["x"], "national-number"),
    ("NHS number", ["x"], "national-number"),
    ("Versichertennummer", ["x"], "national-number"),
    ("IPP", ["x"], "patient-number"),
    ("patient_id", ["x"], "patient-number"),
    ("Fallnummer", ["x"], "patient-number"),
    ("téléphone", ["x"], "phone"),
    ("mobile", ["x"], "phone"),
    ("Telefonnummer", ["x"], "phone"),
    ("e-mail", ["x"], "e-mail"),
    ("courriel", ["x"], "e-mail"),
    ("adresse", ["x"], "address"),
    ("home_address", ["x"], "address"),
    ("Straße", ["x"], "address"),
    # by the form of the cells, whatever the header
    ("ref", ["184127645108946"], "national-number"),
    ("ref", ["1 84 12 76 451 089 46"], "national-number"),
    ("ref", ["2 55 08 2A 004 123 69", "free text"], "national-number"),
    ("ref", ["943 476 5919"] * 5, "national-number"),
    ("ref", ["A123456780"] * 3, "national-number"),
    ("remark", ["call me", "see jean.dupont@example.org", "-----"], "e-mail"),
    ("remark", ["06 12 34 56 78", "07 12 34 56 78"], "phone"),
    ("remark", ["+49 151 23456789"], "phone"),
    ("remark", ["020 7946 0958"], "phone"),
    ("remark", ["12 rue de la Paix", "3 bis avenue Foch"], "address"),
    ("remark", ["Hauptstraße 5, 10115 Berlin"], "address"),
    ("remark", ["221B Baker Street"], "address"),
    ("remark", ["Jean Dupont", "Marie Martin"], "name"),
    ("remark", ["Mme Durand", "M. Petit"], "name"),
    ("remark", ["Müller, Hans", "Schmidt, Petra"], "name"),
    (
        "remark",
        ["1931-02-03", "1950-07-01", "1962-01-30", "1988-11-11", "2001-05-06"],
        "birth-date",
    ),
    # a number of a person is refused even where things are named
    ("hospital", ["184127645108946"], "national-number"),
    ("ward", ["jean.dupont@example.org"], "e-mail"),
]

LET_THROUGH = [
    ("hospital", ["Hôpital Jean Minjoz", "Marie Curie"], ""),
    ("hospital", ["12 rue de la Paix"], ""),
    ("ward", ["Robert Debré", "Charles Nicolle"], ""),
    ("appels_telephone", ["12", "14"], ""),
    ("nom_etablissement", ["CHU de Nantes", "Clinique Saint-Jean"], ""),
    ("hospital_name", ["Queen Elizabeth Hospital", "Royal Infirmary"], ""),
    ("bundesland_name", ["Baden-Württemberg", "Sachsen-Anhalt"], ""),
    ("vmp_product_name", ["Tocilizumab 200mg/10ml solution for infusion vials"], ""),
    ("vmp_snomed_code", ["16101911000001101"], ""),
    ("cip13", ["3400930000001", "3400930000018"], ""),
    ("finess", ["750712184", "010000024"], ""),
    ("uf", ["0612", "0613"], ""),
    ("order_no", ["4500012345", "4500012346", "4500012347", "4500012348", "4500012349"], ""),
    ("phone_calls", ["12"], ""),
    ("mobile_icu_beds", ["3"], ""),
    ("nombre_de_naissances", ["3"], ""),
    ("ip_address", ["10.0.0.1"], ""),
    ("name", ["North", "South"], ""),
    ("nom", ["Réanimation", "Chirurgie"], ""),
    ("patients", ["12", "14"], ""),
    ("age_band", ["0-17", "18-64", "65+"], ""),
    ("updated", ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04", "2021-03-05"], ""),
    ("remark", ["none", "ventilator out of order since Monday", ""], ""),
    ("season", ["Spring 2020", "Autumn 2020"], ""),
    ("empty", ["", "", ""], ""),
]


@pytest.mark.parametrize(("header", "cells", "rule"), [*REFUSED, *LET_THROUGH])
def test_columns_that_look_like_identifiers_are_found(
    header: str, cells: list[str], rule: str
) -> None:
    feed, problems = read_feed("feeds/calls.toml", FEED, WORDS)
    assert feed is not None, problems
    expected = (Finding(header, rule),) if rule else ()
    assert screen(feed, [header], {header: cells}) == expected


@pytest.mark.parametrize("act", ["drop", "pseudonymise"])
def test_a_declared_identifier_is_let_through(act: str) -> None:
    text = FEED + f'[identifiers]\nnom_patient = "{act}"\n'
    feed, problems = read_feed("feeds/calls.toml", text, WORDS)
    assert feed is not None, problems
    assert screen(feed, ["nom_patient"], {"nom_patient": ["Jean Dupont"]}) == ()

"""Finds columns that look like direct identifiers of persons and are not declared as such.

By the words of the header (French, English, German) and by the form of sampled cells. Columns
that the declaration maps to a place, a category, a product or a supplier may hold names of
things; a number of a person or an e-mail address is refused even there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.errors import BadData
from vigie.feeds.declaration import Feed
from vigie.feeds.identifiers import VALUE_RULES, are_birth_dates, plain_words
from vigie.feeds.rules import cell_text

__all__ = ["ArrivalRefused", "Finding", "IdentifierFound", "header_rule", "screen"]

_THING_TARGETS = (
    "place",
    "category",
    "product",
    "supplier",
    "measure",
    "order",
    "status",
    "outcome",
)


class ArrivalRefused(BadData):
    """A file that is not stored. This record is all that is kept of it.

    Attributes:
        sha256: of the received bytes.
        size: of the received file, in bytes.
        column: as the header names it, "" when the whole file is meant.
        rule: which rule refused it.
    """

    def __init__(self, message: str, *, sha256: str, size: int, column: str, rule: str) -> None:
        super().__init__(message)
        self.sha256 = sha256
        self.size = size
        self.column = column
        self.rule = rule


class IdentifierFound(ArrivalRefused):
    """A column looks like a direct identifier and is not declared."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A column that looks like a direct identifier, and the rule that says so."""

    column: str
    rule: str


# A header names an identifier when all words of one entry stand in it; entries end with ";".
_HEADERS: tuple[tuple[str, str], ...] = (
    (
        "name",
        "prenom; prenoms; firstname; forename; surname; lastname; givenname; familyname; vorname;"
        "nachname; familienname; geburtsname; patronyme; nom naissance; nom usage; nom famille;"
        "nom jeune fille; nom usuel; first name; last name; given name; family name; middle name;"
        "maiden name; nom patient; nom malade; nom assure; nom agent; nom medecin; nom soignant;"
        "patient name; patientenname; person name; employee name; doctor name; nurse name;"
        "physician name; fullname; full name; nom complet; arzt name; identite patient",
    ),
    (
        "birth-date",
        "ddn; dob; birthdate; birthday; dateofbirth; geburtsdatum; geburtstag; geburtsjahr;"
        "naissance; birth date; date birth; geb datum; gebdat; year birth",
    ),
    (
        "national-number",
        "nir; nss; insee patient; numero secu; securite sociale; num secu; nosecu; nhs number;"
        "nhs no; nhsnumber; nhsno; kvnr; versichertennummer; krankenversichertennummer;"
        "social security; ssn; passport; passeport; national insurance; personalausweis;"
        "carte vitale; ins patient; matricule ins; chi number; steuer id",
    ),
    (
        "patient-number",
        "ipp; nip; mrn; patientid; patient id; numero patient; patient number; patient no;"
        "patientennummer; patienten id; fallnummer; medical record number; numero dossier;"
        "dossier patient; stay id; numero sejour; patient key; case number; aufnahmenummer;"
        "iep; nda",
    ),
    (
        "phone",
        "phone; telephone; telefon; portable; mobile; handy; handynummer; telefonnummer;"
        "rufnummer; tel; phonenumber; gsm; fax",
    ),
    ("e-mail", "email; mail; courriel; mel; e mail; emailadresse"),
    (
        "address",
        "adresse; address; street; strasse; rue; anschrift; domicile; wohnort patient;"
        "postanschrift; hausnummer",
    ),
)
_CONTACT_RULES = ("phone", "address", "e-mail")
_ENTRIES = tuple(
    (rule, {"".join(entry.split()): frozenset(entry.split()) for entry in text.split(";")})
    for rule, text in _HEADERS
)
_COUNTED_TEXT = (
    "calls call appels appel anrufe count counts nombre total share rate volume url ip mac web "
    "bed beds lit lits bett betten unit units unite unites equipe equipes team teams ventilator "
    "ventilators icu"
)
_COUNTED_THINGS = frozenset(_COUNTED_TEXT.split())
_SHORT = 4


def header_rule(header: str) -> str:
    """The rule by which a header names a direct identifier, or "".

    "tel" or "address" beside words of counting ("calls", "nombre") name no person's number.
    """
    words = plain_words(header)
    found = set(words)
    is_counted = not found.isdisjoint(_COUNTED_THINGS)
    for rule, entries in _ENTRIES:
        if rule in _CONTACT_RULES and is_counted:
            continue
        if "".join(words) in entries or any(map(found.issuperset, entries.values())):
            return rule
    return ""


def screen(
    feed: Feed, header: Sequence[str], sample: Mapping[str, Sequence[object]]
) -> tuple[Finding, ...]:
    """The columns that look like direct identifiers and are not declared in [identifiers].

    Args:
        feed: its declaration.
        header: all columns of the file.
        sample: some cells of each column.

    Returns:
        Findings in the order of the header; empty when the file may be stored.
    """
    declared = feed.protected()
    things, figures, dates = _mapped(feed)
    findings = []
    for column in dict.fromkeys(header):
        if not column or column in declared or column in figures:
            continue
        rule = "" if column in things else header_rule(column)
        if not rule or (column in dates and rule != "birth-date"):
            rule = _value_rule(
                sample.get(column, ()), only_certain=column in things, is_date=column in dates
            )
        if rule:
            findings.append(Finding(column, rule))
    return tuple(findings)


def _mapped(feed: Feed) -> tuple[set[str], set[str], set[str]]:
    things = {rule.source for target, rule in feed.columns.items() if target in _THING_TARGETS}
    things |= {each.source for each in feed.filters} | {each.source for each in feed.checks}
    figures = {each.source for each in feed.measures}
    figures |= {feed.columns[name].source for name in ("value", "quantity") if name in feed.columns}
    dates = {
        rule.source for target, rule in feed.columns.items() if target.endswith(("_date", "_at"))
    }
    dates.add(feed.known_at.source)
    return things, figures, dates


def _value_rule(cells: Sequence[object], *, only_certain: bool, is_date: bool) -> str:
    if is_date:
        return ""
    texts = [text for text in map(cell_text, cells) if len(text) > _SHORT]
    if not texts:
        return ""
    counts = Counter(texts)
    if not only_certain and are_birth_dates(texts):
        return "birth-date"
    for rule in VALUE_RULES:
        if only_certain and not rule.is_certain:
            continue
        count = sum(times for text, times in counts.items() if rule.matches(text))
        if count >= max(rule.least_count, rule.least_share * len(texts)):
            return rule.name
    return ""

"""Recognises direct identifiers of persons by their form and check digits. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = [
    "VALUE_RULES",
    "ValueRule",
    "are_birth_dates",
    "is_email",
    "is_german_insurance_number",
    "is_nhs_number",
    "is_nir",
    "is_person_name",
    "is_phone",
    "is_street_address",
    "plain_words",
]

_SPACE = re.compile(r"[\s.\-\u00a0\u202f]+")
_NIR = re.compile(r"([1-478])(\d{2})(\d{2})(\d{2}|2A|2B)(\d{3})(\d{3})(\d{2})")
_KVNR = re.compile(r"([A-Z])(\d{8})(\d)\d*")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?:(?:\+|00)(?:33|44|49|32|41|352|39|34|1)[\s.\-/]?(?:\(0\))?[\s.\-/]?[1-9](?:[\s.\-/]?\d){7,11}"
    r"|0[1-9](?:[ .\-]\d{2}){4}"
    r"|0\d{2,5}[ /\-]\d{3,8}(?:[ \-]\d{3,6})?"
    r"|0[67]\d{8})"
)
_STREET = re.compile(
    r"(?:\b\d{1,4}\s?(?:bis|ter|quater)?,?\s+(?:rue|avenue|av\.?|boulevard|bd\.?|place|chemin|"
    r"impasse|allee|allees|route|quai|cours|square|passage)\s+\S"
    r"|\b\d{1,4}[a-z]?,?\s+(?:[a-z'.]+\s+){1,3}(?:street|st|road|rd|lane|ln|drive|dr|close|"
    r"crescent|terrace|gardens|way|court)\b\.?"
    r"|\b[a-z]+(?:strasse|str\.|weg|platz|allee|gasse|ring|damm)\s+\d{1,3}\s?[a-z]?\b)"
)
_TITLE = re.compile(
    r"^(?:m|mr|mme|mlle|mrs|ms|miss|herr|frau|monsieur|madame|dr|pr|prof)\.? "
    r"[a-z'\- ]{2,}$"
)
_DATE = re.compile(
    r"((?:19|20)\d{2})[-/.]?\d{2}[-/.]?\d{2}(?:[T ].*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]((?:19|20)\d{2})"
)
_LIFE_YEARS = 30


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_THINGS = _listed("""
    hopital hopitaux hospital hospitals clinique clinic klinik klinikum krankenhaus chu chr ch
    chru ghu gh centre center zentrum trust nhs maison institut institute fondation foundation
    stiftung polyclinique universite university universitats saint st sankt ward unit unite
    service department station region departement state infirmary general royal ehpad pharmacie
    pharmacy laboratoire laboratory gmbh ag sa sas sarl ltd plc inc bv""")
_FIRST_NAMES = _listed("""
    jean pierre michel andre philippe alain jacques bernard marie nathalie isabelle sylvie
    catherine martine christine francoise valerie sandrine nicolas julien thomas camille lea
    manon chloe emma lucas hugo louis jules gabriel raphael arthur alice jeanne anne sophie
    claire helene julie laura sarah mohamed fatima karim nadia ahmed john james robert michael
    william david richard joseph charles christopher daniel matthew anthony mark donald steven
    paul andrew joshua kenneth kevin brian george edward mary patricia jennifer linda elizabeth
    barbara susan jessica karen nancy lisa margaret betty sandra ashley emily donna michelle
    peter hans wolfgang klaus jurgen dieter manfred uwe werner stefan andreas christian thorsten
    sabine petra monika ursula renate helga karin brigitte ingrid erika gisela anna katharina
    johanna lukas felix maximilian leon jonas oliver harry jack amelia olivia grace""")


def plain_words(text: str) -> list[str]:
    """Words of a text or a header, without accents and capitals: "NomPatient" -> nom, patient."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    folded = unicodedata.normalize("NFKD", parted.replace("ß", "ss")).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.findall(r"[a-z]+|\d+", plain)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).strip()


def is_nir(text: str) -> bool:
    """A French social security number with its key.

    Source: INSEE, numero d'inscription au repertoire; key = 97 - (number mod 97), with Corsica's
    2A read as 19 and 2B as 18.
    """
    found = _NIR.fullmatch(_SPACE.sub("", text).upper())
    if not found:
        return False
    month = int(found.group(3))
    if not (1 <= month <= 12 or 20 <= month <= 42 or 50 <= month <= 99):
        return False
    department = {"2A": "19", "2B": "18"}.get(found.group(4), found.group(4))
    number = int("".join([*found.group(1, 2, 3), department, *found.group(5, 6)]))
    return 97 - number % 97 == int(found.group(7))


def is_nhs_number(text: str) -> bool:
    """A number of the English health service, by its check digit.

    Source: NHS Data Dictionary, NHS number; modulus 11, weights 10 to 2.
    """
    digits = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"\d{10}", digits, re.ASCII) or len(set(digits)) == 1:
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)
    )
    return (11 - total % 11) % 11 == int(digits[9])


def is_german_insurance_number(text: str) -> bool:
    """A German health insurance number (KVNR), by its check digit.

    Source: SGB V paragraph 290; the letter counts as two digits, weights 1 and 2 alternate,
    products are summed digit by digit, modulus 10.
    """
    found = _KVNR.fullmatch(_SPACE.sub("", text).upper())
    if not found:
        return False
    digits = f"{ord(found.group(1)) - ord('A') + 1:02d}{found.group(2)}"
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (1 + place % 2)
        total += product // 10 + product % 10
    return total % 10 == int(found.group(3))


def is_email(text: str) -> bool:
    """An e-mail address, also inside a longer text."""
    return bool(_EMAIL.search(text))


def is_phone(text: str) -> bool:
    """A telephone number as French, German and English speakers write it."""
    return bool(_PHONE.fullmatch(text.strip())) and 9 < sum(map(str.isdigit, text)) < 16


def is_street_address(text: str) -> bool:
    """A street with a house number, in French, German or English."""
    return bool(_STREET.search(_folded(text)))


def is_person_name(text: str) -> bool:
    """A title and a name, or two to four words of which one is a common first name.

    Names of hospitals are told apart by their words ("Hopital", "Trust", "Saint").
    """
    folded = _folded(text)
    words = plain_words(text)
    if not words or any(word in _THINGS for word in words) or any(map(str.isdigit, words)):
        return False
    if _TITLE.match(folded):
        return True
    return 2 <= len(words) <= 4 and any(word in _FIRST_NAMES for word in words)


def are_birth_dates(texts: Sequence[str]) -> bool:
    """Dates that spread over a human life: five or more, more than 30 years apart."""
    years = {text: _year(text) for text in set(texts)}
    found = [year for year in years.values() if year]
    return (
        len(found) >= 5 and len(found) >= 0.8 * len(years) and max(found) - min(found) > _LIFE_YEARS
    )


def _year(text: str) -> int:
    found = _DATE.fullmatch(text.strip())
    return int(found.group(1) or found.group(2)) if found else 0


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A rule on the cells of a column.

    Attributes:
        name: of the rule, as records of refusals keep it.
        matches: whether one cell has the form.
        least_share: share of the cells of the sample that must match.
        least_count: number of cells that must match; more where the form alone is common.
        is_certain: also applied to columns that the declaration maps to places and products.
    """

    name: str
    matches: Callable[[str], bool]
    least_share: float
    least_count: int
    is_certain: bool = False


VALUE_RULES = (
    ValueRule("national-number", is_nir, 0.05, 1, is_certain=True),
    ValueRule("national-number", is_nhs_number, 0.8, 5, is_certain=True),
    ValueRule("national-number", is_german_insurance_number, 0.5, 3, is_certain=True),
    ValueRule("e-mail", is_email, 0.0, 1, is_certain=True),
    ValueRule("phone", is_phone, 0.3, 1),
    ValueRule("address", is_street_address, 0.2, 1),
    ValueRule("name", is_person_name, 0.3, 2),
)

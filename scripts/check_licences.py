"""Compares the licences of all pinned dependencies with those that Apache-2.0 can live with.

``python scripts/check_licences.py`` fails, naming each package, when an installed package has a
licence outside ``ACCEPTED`` or when ``docs/licences.md`` is out of date; ``--write`` makes the
page anew. Packages that are pinned but not installed here (another system, another Python) are
left to the machines that install them.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"

ACCEPTED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",  # Apache-2.0 with a further permission
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Unlicense",
    "Zlib",
}

# Trove classifiers and older licence texts name no SPDX identifier.
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}

HEAD = """\
# Licences of what Vigie stands on

Made by `make docs` from the metadata of the installed packages; `make check` compares. Vigie is
Apache-2.0. Accepted beside it: {accepted}. MPL-2.0 asks to share changes of its own files only,
and we change none. GPL, AGPL and SSPL are refused. Tools of developers (requirements-dev.txt)
are not shipped and not listed.

| package | versions | licence |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Licence:
    """A pinned package that is installed here.

    Attributes:
        package: name as pinned.
        versions: versions pinned; several when they differ by version of Python.
        expression: SPDX expression, or the raw words when none is known.
    """

    package: str
    versions: str
    expression: str

    @property
    def row(self) -> str:
        """Row of the page."""
        return f"| {self.package} | {self.versions} | {self.expression} |"


def pinned(requirements: str) -> dict[str, str]:
    """Names pinned in a requirements file with their versions, in order."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", requirements, re.MULTILINE):
        found.setdefault(name, []).append(version)
    return {name: ", ".join(versions) for name, versions in found.items()}


def licence_of(package: str) -> str:
    """The licence that a package's metadata declares.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed here.
    """
    about = metadata.metadata(package)
    declared = _first(about, "License-Expression")
    classified = [
        CLASSIFIERS.get(each.rpartition(" :: ")[2], each.rpartition(" :: ")[2])
        for each in about.get_all("Classifier") or []
        if each.startswith("License :: ") and each != "License :: OSI Approved"
    ]
    words = _first(about, "License").strip().partition("\n")[0]
    if words.removesuffix(" License") in ACCEPTED:
        declared = declared or words.removesuffix(" License")
    return declared or " OR ".join(classified) or words


def _first(about: metadata.PackageMetadata, name: str) -> str:
    return next(iter(about.get_all(name) or []), "")


def is_accepted(expression: str) -> bool:
    """Whether an SPDX expression leaves us a licence of ``ACCEPTED``: all of AND, one of OR."""
    return any(
        all(part.strip(" ()") in ACCEPTED for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def installed(names: dict[str, str]) -> list[Licence]:
    """The licences of those packages that are installed here."""
    found = []
    for name, versions in names.items():
        try:
            found.append(Licence(name, versions, licence_of(name)))
        except metadata.PackageNotFoundError:
            continue
    return found


def page(licences: list[Licence]) -> str:
    """The page for these packages."""
    rows = "\n".join(each.row for each in licences)
    return HEAD.format(accepted=", ".join(sorted(ACCEPTED))) + rows + "\n"


def mistakes(licences: list[Licence], names: dict[str, str], text: str) -> list[str]:
    """What is wrong with the licences or with the page that lists them."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    listed = [line.split(" | ")[0].removeprefix("| ") for line in rows[1:]]
    found = [
        f'{each.package}: licence "{each.expression}" is not accepted. '
        "Replace the package, or accept the licence in scripts/check_licences.py with a reason."
        for each in licences
        if not is_accepted(each.expression)
    ]
    found += [
        f"docs/licences.md does not say: {each.row}. Run make docs."
        for each in licences
        if each.row not in rows
    ]
    found += [
        f"docs/licences.md lists {name}, which is no longer pinned. Run make docs."
        for name in listed
        if name not in names
    ]
    return found


def main(arguments: list[str]) -> int:
    """Write the page, or check licences and page."""
    names = pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    licences = installed(names)
    if "--write" in arguments:
        PAGE.write_text(page(licences), encoding="utf-8")
        return 0
    found = mistakes(licences, names, PAGE.read_text(encoding="utf-8"))
    for each in found:
        print(each, file=sys.stderr)
    if not found:
        print(f"Licences: {len(licences)} packages, all accepted")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

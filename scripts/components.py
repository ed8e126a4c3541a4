"""What the product is made of besides its own code: each package with its version, digests and licence.

From the pinned requirements, the lock file of the pages' packages, and what the installed packages say of themselves.
Runs in the virtual environment.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)((?:\s*\\\n\s+--hash=sha256:[0-9a-f]{64})*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "Zlib"),
    *("PSF-2.0", "OFL-1.1", "MPL-2.0", "LGPL-2.1-or-later", "LGPL-3.0-only"),
}
"""Licences that the product may be made of. The last three ask that changes to the packages themselves stay open; we
change none, and use them as they come."""

WORDS = {
    "apache": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "bsd": "BSD",
    "bsd license": "BSD",
    "new bsd": "BSD-3-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "mit": "MIT",
    "mit license": "MIT",
    "mpl-2.0": "MPL-2.0",
    "psfl": "PSF-2.0",
    "bsd 3-clause or apache-2.0": "BSD-3-Clause OR Apache-2.0",
}
"""What packages call a licence, and its name by SPDX; “BSD” where they do not say which."""

# Read in the package itself, where its metadata leave it open.
KNOWN = {
    "pyasn1": "BSD-2-Clause",
    "pypdfium2": "Apache-2.0 OR BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "python-stdnum": "LGPL-2.1-or-later",
}


class Unclear(LookupError):
    """A package does not say under which licence it is; the text names it."""


@dataclass(frozen=True, slots=True)
class Component:
    """A package. ``digests``: by algorithm, of each of its files that may be installed."""

    kind: str
    name: str
    version: str
    licence: str
    digests: tuple[tuple[str, str], ...]

    @property
    def purl(self) -> str:
        """Its address by the package-url specification."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def components() -> list[Component]:
    """Everything that an installed system runs with, by kind and name.

    Raises:
        Unclear: a package's licence is not told.
    """
    return sorted([*_python(), *_pages()], key=lambda one: (one.kind, one.name))


def forbidden(licence: str) -> set[str]:
    """The parts of a licence expression that the product may not be under; of a choice, one allowed part will do."""
    amiss = set()
    for part in licence.replace("(", " ").replace(")", " ").split(" AND "):
        choice = [one.strip() for one in part.split(" OR ")]
        if ALLOWED.isdisjoint(choice):
            amiss.update(choice)
    return amiss


def pins(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 digests of each package that a requirement file pins."""
    for found in PIN.finditer(text):
        yield found[1], found[2], HASH.findall(found[3])


def _python() -> Iterator[Component]:
    for name, version, hashes in pins((ROOT / "requirements.txt").read_text()):
        digests = tuple(("SHA-256", one) for one in hashes)
        yield Component("pypi", name, version, licence_of(name), digests)


def _pages() -> Iterator[Component]:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    for place, told in lock["packages"].items():
        if not place or told.get("dev"):
            continue
        name = place.rpartition("node_modules/")[2]
        algorithm, _, digest = told["integrity"].partition("-")
        hexadecimal = base64.b64decode(digest).hex()
        if "license" not in told:
            raise Unclear(f"{name} does not say under which licence it is.")
        named = f"SHA-{algorithm.removeprefix('sha')}"
        yield Component("npm", name, told["version"], told["license"], ((named, hexadecimal),))


def licence_of(name: str) -> str:
    """The licence of an installed package, by SPDX.

    Raises:
        Unclear: it does not say, or in words that nobody has looked up.
    """
    if name in KNOWN:
        return KNOWN[name]
    told = metadata(name)
    if expressions := told.get_all("License-Expression"):
        return str(expressions[0])
    classifiers = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License")
    ]
    for words in (*(told.get_all("License") or []), *classifiers):
        if found := WORDS.get(str(words).strip().casefold()):
            return found
    raise Unclear(f"{name} does not say clearly under which licence it is: look, and add it in scripts/components.py.")

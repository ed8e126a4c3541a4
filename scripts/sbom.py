"""Write what the product is made of as a CycloneDX 1.6 document to var/sbom.json.

Of the pinned files, with the digests that set-up accepts; the licences are those that the installed packages tell.
"""

from __future__ import annotations

import json
import sys
import tomllib
from typing import Any

from components import ROOT, Component, Unclear, components

SBOM = ROOT / "var" / "sbom.json"
FORMAT = "https://cyclonedx.org/schema/bom-1.6.schema.json"


def described(one: Component) -> dict[str, Any]:
    """A package as the document tells of it."""
    spdx = one.licence != "BSD"
    licence = {"expression": one.licence} if spdx else {"license": {"name": one.licence}}
    return {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        "licenses": [licence],
        # One digest for each file that may be installed: which one it is depends on the machine.
        "externalReferences": [
            {
                "type": "distribution",
                "url": one.purl,
                "hashes": [{"alg": algorithm, "content": digest} for algorithm, digest in one.digests],
            }
        ],
    }


def document(found: list[Component]) -> dict[str, Any]:
    """The whole document. Without a moment or a number of its own: the same pins make the same bytes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    own = {"type": "application", "bom-ref": project["name"], "name": project["name"], "version": project["version"]}
    return {
        "$schema": FORMAT,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [described(one) for one in found],
        "dependencies": [{"ref": own["bom-ref"], "dependsOn": [one.purl for one in found]}],
    }


def main() -> int:
    try:
        told = document(components())
    except Unclear as error:
        print(error)
        return 1
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(told['components'])} packages in {SBOM.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

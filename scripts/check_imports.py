"""What the product imports must be asked for in requirements.in by name.

An import that only works because the tests' packages, or some other package, happen to bring it breaks on the machine
where they do not.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = {"backend", "talent", "programs", "tests", "celery_worker", "components", "licences", "sbom"}
# Type hints alone; removed before anything runs.
TYPES = {"django_stubs_ext", "mypy_extensions"}


def plain(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(*files: str) -> set[str]:
    """The distributions that requirement files name."""
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    return {plain(found[0]) for line in lines if (found := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line))}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and top-level name of every absolute import, those for the type checker alone left out."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.partition(".")[0]


def problems(folders: list[str], files: list[str]) -> Iterator[str]:
    """A message for each import in `folders` that no line of the requirement `files` answers for."""
    asked, brought_by = asked_for(*files), packages_distributions()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line, name in imports(path):
                if name in sys.stdlib_module_names or name in OURS | TYPES:
                    continue
                if asked.isdisjoint(plain(owner) for owner in brought_by.get(name, [name])):
                    yield f"{path.relative_to(ROOT)}:{line}: {name} is not asked for in {' or '.join(files)}"


def main() -> int:
    found = [
        *problems(["backend", "talent", "programs"], ["requirements.in"]),
        *problems(["tests"], ["requirements.in", "requirements-dev.in"]),
    ]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the other checkers do not look at: links inside the documents, and the size of files.

Only what Git knows or would take is looked at. Addresses on the network are not tried: a check that needs the network
fails for reasons that are not in the change.
"""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400
CODE = {".py", ".sql", ".html", ".js", ".css", ".sh", ".toml"}
LINK = re.compile(r"!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s+<?(\S+?)>?\s*$")
HTML = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]+)\"")
OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def files() -> list[Path]:
    """The files that Git tracks or would add, without those deleted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(path for name in set(listed.stdout.split("\0")) if name and (path := ROOT / name).is_file())


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a Markdown text that are not code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            yield number, line


def anchors(path: Path) -> set[str]:
    """The names of a Markdown file's headings, formed as the usual hosts form them, and of its own marks."""
    names: set[str] = set()
    text = path.read_text("utf-8")
    for _, line in prose(text):
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading:
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "").lower()
            slug = "".join(
                letter for letter in plain if letter in "-_ " or unicodedata.category(letter)[0] in "LNM"
            ).replace(" ", "-")
            count = 0
            while (name := slug if not count else f"{slug}-{count}") in names:
                count += 1
            names.add(name)
    return names | set(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", text))


def dead_links(path: Path) -> Iterator[str]:
    """A message for each link of a Markdown file that leads nowhere."""
    for number, written in prose(path.read_text("utf-8")):
        line = re.sub(r"`[^`]*`", lambda code: "x" * len(code[0]), written)
        definition = DEFINITION.match(line)
        targets = LINK.findall(line) + HTML.findall(line) + ([definition[1]] if definition else [])
        for target in targets:
            if OUTSIDE.match(target) or target.startswith("//"):
                continue
            place, _, anchor = unquote(target).partition("#")
            goal = (path.parent / place).resolve() if place else path
            where = f"{path.relative_to(ROOT)}:{number}"
            if place.startswith("/") or not goal.is_relative_to(ROOT):
                yield f"{where}: {target} leads out of the project"
            elif not goal.exists():
                yield f"{where}: {target} does not exist"
            elif anchor and goal.suffix == ".md" and anchor not in anchors(goal):
                yield f"{where}: {target} names no heading of {goal.relative_to(ROOT)}"


def too_long(path: Path) -> Iterator[str]:
    """A message if the file has more lines than a reader should have to hold in mind."""
    if path.suffix in CODE and "migrations" not in path.parts:
        with path.open("rb") as file:
            lines = sum(1 for _ in file)
        if lines > MOST_LINES:
            yield f"{path.relative_to(ROOT)}: {lines} lines, more than {MOST_LINES}; divide it"


def main() -> int:
    problems: list[str] = []
    for path in files():
        problems += too_long(path)
        if path.suffix == ".md":
            problems += dead_links(path)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""On which line of a TOML text each table and each of its entries stands: TOML's own reader does not say."""

import re

_HEADER = re.compile(r"^\s*\[(?P<array>\[)?\s*(?P<name>[\w.\-\"' ]+?)\s*\]")
_ENTRY = re.compile(r"^\s*(?P<name>[\w\-]+|\"[^\"]*\"|'[^']*')\s*=")
_STRINGS = re.compile(r'"""|\'\'\'')


def lines_of(text: str) -> dict[str, int]:
    """By path (``tiers[1].qualifying[2].codes``), the line from 1; what is written in one line has its table's."""
    found: dict[str, int] = {"": 1}
    counts: dict[str, int] = {}
    here, inside = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        header = _HEADER.match(line)
        if header:
            here = _place(header["name"], bool(header["array"]), counts)
            found.setdefault(here, number)
        elif entry := _ENTRY.match(line):
            name = entry["name"].strip("\"'")
            found.setdefault(f"{here}.{name}" if here else name, number)
        quotes = _STRINGS.findall(line)
        if len(quotes) % 2:
            inside = quotes[-1]
    return found


def line_of(found: dict[str, int], path: str) -> int:
    """The line of ``path``, or of the nearest table that holds it."""
    while path and path not in found:
        path = path.rpartition("[")[0] if path.endswith("]") else path.rpartition(".")[0]
    return found.get(path, 1)


def _place(name: str, array: bool, counts: dict[str, int]) -> str:
    """The path of a header's table; of several of one name, the parts above it are the last that were opened."""
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    path = ""
    for part in parts[:-1]:
        path = f"{path}.{part}" if path else part
        if path in counts:
            path = f"{path}[{counts[path]}]"
    last = f"{path}.{parts[-1]}" if path else parts[-1]
    if not array:
        return last
    counts[last] = counts.get(last, 0) + 1
    for other in [one for one in counts if one.startswith(f"{last}[{counts[last]}]")]:
        del counts[other]
    return f"{last}[{counts[last]}]"

"""What comes of files, each told in a line: ``F01 damaged``, ``2 rows``, ``1 of 2 rows: 2 E01 name``."""

import re
from collections.abc import Mapping
from typing import Any

from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits
from programs.intake.readers.refusals import WORDS
from programs.intake.rules import RULES, render
from tests.hostile.house.clerk import Clerk

ADVICE = {"zh-hans": re.compile("请"), "en": re.compile(r"\b(upload|send|fill in)\b", re.IGNORECASE)}
UNSAID = re.compile(r"[{}]|\?|None|null")


def as_read(data: bytes) -> str:
    """What the reader alone makes of a file, told likewise."""
    sheet = read_file(data, Limits())
    if not sheet.fatal:
        return f"{sheet.frame.height} rows"
    [refusal] = sheet.fatal
    return refusal_told(refusal["rule"], *(render(refusal["rule"], refusal["params"], one) for one in ADVICE))


def rows_alone(told: str) -> str:
    """What is told without what only the checks find."""
    return told.partition(":")[0].removeprefix("0 of ").removeprefix("1 of ")


def refusal_told(rule: str, chinese: str, english: str) -> str:
    """A refusal by its rule and reason; it says in both languages what to do."""
    for message, advice in zip((chinese, english), ADVICE.values(), strict=True):
        assert advice.search(message), message
        assert not UNSAID.search(message), message
    return " ".join([rule, *(reason for reason, words in WORDS.items() if words[1] in english)])


def fates(clerk: Clerk, files: Mapping[str, bytes], name: str = "名单.csv") -> dict[str, str]:
    """Send all files at once, and tell what came of each, by its name here; an upload that is refused, by its status.

    The work on each was begun once, so no worker died of it.
    """
    answers = {case: clerk.upload(data, name) for case, data in files.items()}
    told = {}
    for case, answer in answers.items():
        if answer.status_code != 202:
            told[case] = f"{answer.status_code} {answer.json()['type'].rpartition('/')[2]}"
            continue
        shown = clerk.settled(answer.json()["id"])
        assert clerk.tries(shown["id"]) == 1, f"{case}: {clerk.log}"
        told[case] = fate(clerk, shown)
    return told


def fate(clerk: Clerk, shown: dict[str, Any]) -> str:
    """What came of one submission; a refusal takes nothing."""
    found, counts = clerk.findings(shown["id"]), shown["counts"]
    if shown["status"] == "rejected":
        assert counts["rows"] == counts["accepted"] == 0
        [only] = found
        assert (only["row"], only["column"], only["severity"]) == (None, None, RULES[only["rule"]].severity)
        [chinese] = clerk.findings(shown["id"], "zh-hans")
        return refusal_told(only["rule"], chinese["message"], only["message"])
    if shown["status"] != "checked":
        return f"{shown['status']}: {shown['error']}"
    rows, taken = counts["rows"], counts["accepted"]
    assert rows == taken + counts["rejected"]
    told = f"{rows} rows" if taken == rows else f"{taken} of {rows} rows"
    lines = [" ".join(str(one[part]) for part in ("row", "rule", "column") if one[part] is not None) for one in found]
    return f"{told}: {', '.join(lines)}" if lines else told

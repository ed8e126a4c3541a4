"""The bureau's own texts: plain, with named placeholders in braces that are checked when they are saved."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from backend.problems import FieldError
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.models import LadderStage

FIELDS = ("subject_zh", "text_zh", "subject_en", "text_en")
LONGEST = {"subject_zh": 200, "subject_en": 200, "text_zh": 4000, "text_en": 4000}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def errors_in(kind: str, field: str, text: str) -> list[FieldError]:
    """What is wrong with a text of a kind: a name that it has no value for, a brace that stands alone, its length."""
    known = KINDS[kind].placeholders
    found = []
    for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if name not in known:
            told = {"name": name[:40], "known": ", ".join(f"{{{one}}}" for one in known)}
            found.append(FieldError(field, "unknown_placeholder", _("There is no {%(name)s}. Use %(known)s.") % told))
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        found.append(FieldError(field, "stray_brace", _("A brace stands alone. Write placeholders as {name}.")))
    if len(text) > LONGEST[field]:
        most = _("Say it in %(most)d characters at most.") % {"most": LONGEST[field]}
        found.append(FieldError(field, "max_length", most))
    return found


def filled_in(text: str, names: Mapping[str, str]) -> str:
    """A text with each placeholder's value put in once: a value that looks like a placeholder is not looked at again.

    Nothing is evaluated. A name without a value, which saving would have refused, stays as it is written.
    """
    return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), text)


def own_words(stage: LadderStage | None, language: str) -> tuple[str, str]:
    """The subject and the text that the bureau has given a stage in a language; empty where it is the shipped one."""
    if stage is None:
        return "", ""
    if language == "en":
        return stage.subject_en.strip(), stage.text_en.strip()
    return stage.subject_zh.strip(), stage.text_zh.strip()

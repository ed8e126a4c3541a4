"""What is written down of an answer: no secrets, and our own reasons as codes that each reader is told in words."""

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from backend.messages.channels import Answer
from backend.messages.models import Fate
from backend.vault.masking import scrub

LONGEST = 500
LEAST = 6
"""Shorter than this, it is a word that says nothing: blotting it out would only spoil the sentence."""
REASONS: dict[str, str | Promise] = {
    "unreadable": lazy("The address cannot be read."),
    "not_https": lazy("The address does not begin with https."),
    "port": lazy("The address names a port that nothing is sent to."),
    "not_public": lazy("The address leads to a network that nothing is sent to."),
    "redirect": lazy("The server sent us elsewhere, where we do not go. Write the address where it ends."),
    "too_large": lazy("The message is too large."),
    "switched_off": lazy("The endpoint is switched off or gone."),
    "gone": lazy("The server says that the address is gone for good; the endpoint was switched off."),
    "not_theirs": lazy("There is no such user who may read it."),
    "too_many": lazy("The robot has had as many messages as it takes in a minute; it is sent when there is room."),
    "waits": lazy("The server did not answer a moment ago; it is tried again shortly."),
    "given_up": lazy("The server has not answered for three days."),
    "kept": lazy("It lies in the inbox."),
}
_CODED = re.compile(r"\[(\w+)\]\s?(.*)", re.DOTALL)


def coded(fate: Fate, code: str, detail: str = "", *, after: float | None = None) -> Answer:
    """An answer of our own, by a code of ``REASONS``."""
    return Answer(fate, f"[{code}] {detail}".strip()[:LONGEST], after=after)


def told(answer: str) -> str:
    """What is written on a delivery, in the reader's language where it is our own."""
    found = _CODED.fullmatch(answer)
    if found is None or found[1] not in REASONS:
        return answer
    return " ".join(part for part in (str(REASONS[found[1]]), found[2]) if part)


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """A server's words as they may be kept: what we hold secret, and numbers of people, are blotted out."""
    for secret in sorted({one for one in secrets if len(one) >= LEAST}, key=len, reverse=True):
        text = text.replace(secret, "…")
    return scrub(text)[:LONGEST]

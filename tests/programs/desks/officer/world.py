"""Somebody who opens the officer's pages, and what stands on them."""

import datetime as dt
import html
import re
from typing import Any

from django.test import Client

from backend import clock
from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.periods.models import Obligation
from programs.records.models import Record
from tests.factories import CohortFactory, OrganisationFactory, PeriodFactory, RecordFactory, SubmissionFactory

REASON = "The certificate does not match."


class Reader(Client):
    """A browser without scripts, signed in; ``part=True`` asks as htmx does."""

    def __init__(self, user: User) -> None:
        super().__init__(headers={"accept-language": user.language})
        self.user = user
        self.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def generic(self, *args: Any, part: bool = False, **options: Any) -> Any:
        if part:
            options.setdefault("HTTP_HX_REQUEST", "true")
        return super().generic(*args, **options)

    def read(self, path: str, **options: Any) -> str:
        """What a page says."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, (answer.status_code, path)
        return text(answer)


def text(answer: Any) -> str:
    """An answer's words, without its tags, spaces folded."""
    content = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def links(answer: Any, pattern: str) -> list[str]:
    """The addresses in an answer that a pattern finds, each once, in order."""
    found = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', answer.content.decode())]
    return list(dict.fromkeys(one for one in found if re.search(pattern, one)))


def saved(answer: Any) -> bytes:
    """The file that an answer is."""
    return b"".join(answer.streaming_content)


def number_of(person: Any) -> str:
    """A person's number in the clear, as the factory keeps it."""
    return str(person.number)


def reported(count: int, **values: Any) -> list[Record]:
    """Records of one submission that await review."""
    organisation = values.pop("organisation", None) or OrganisationFactory()
    submission = SubmissionFactory(organisation=organisation)
    cohort = CohortFactory(organisation=organisation)
    return RecordFactory.create_batch(count, submission=submission, organisation=organisation, cohort=cohort, **values)


def fresh(record: Record) -> Record:
    """The record as it is now."""
    with scope.everything():
        return Record.objects.get(pk=record.pk)


def states(records: list[Record]) -> list[str]:
    return [fresh(one).state for one in records]


def owed(organisation: Organisation, days: int, **values: Any) -> Obligation:
    """A report that falls due in so many days; negative ones are past."""
    due_on = clock.today() + dt.timedelta(days=days)
    period = PeriodFactory(
        code=values.pop("code", f"P{due_on:%Y%m%d}"),
        starts_on=due_on - dt.timedelta(days=45),
        ends_on=due_on - dt.timedelta(days=15),
        due_on=due_on,
    )
    with scope.everything():
        return Obligation.objects.create(organisation=organisation, period=period, due_on=due_on, **values)

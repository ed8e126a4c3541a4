"""A first hour: by role a few first steps, each ticked off by what its reader has really done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.saved_views import selectors as views
from programs.alerts import selectors as alerts
from programs.contacting import selectors as contacting
from programs.feeds import selectors as feeds
from programs.review import selectors as review
from programs.review import settings
from programs.snapshots import selectors as snapshots
from programs.submissions import selectors as submissions
from talent.people import selectors as people


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, what for and how, where, and whether its reader has done it."""

    label: str
    text: str
    url: str
    done: bool


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The steps of whoever asks, as the desk shows them."""

    steps: Sequence[Step]

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(one.done for one in self.steps)


def first_steps(actor: User) -> FirstSteps | None:
    """The first steps of ``actor``; none once they were put away."""
    if not actor.first_steps:
        return None
    return FirstSteps(_STEPS[User.Role(actor.role)](actor))


def _partner(actor: User) -> list[Step]:
    sent = submissions.submissions(actor).filter(submitted_by=actor)
    tried = submissions.with_practice(actor).filter(submitted_by=actor)
    writing = [
        Step(
            _("Practise first"),
            _("A file made for it goes the whole way to its receipt, and nothing of it counts."),
            reverse("web:practice"),
            tried.exists() or sent.exists(),
        ),
        Step(
            _("Send a first file"),
            _("Take the template, which knows your programmes, fill it in and drop it: every cell is checked at once."),
            reverse("web:submission-new"),
            sent.exists(),
        ),
        Step(
            _("Have the good rows taken"),
            _("What is wrong says how to mend it: in place, or leave it out. Then confirm: the period is reported."),
            reverse("web:submissions"),
            sent.filter(committed_at__isnull=False).exists(),
        ),
    ]
    calendar = Step(
        _("Put the due days into your calendar"),
        _("An address that your calendar reads by itself, and that follows when a day is moved."),
        reverse("web:calendar-feed"),
        feeds.live_feed(actor) is not None,
    )
    return [*([] if actor.read_only else writing), calendar, _view(actor, "web:records")]


def _officer(actor: User) -> list[Step]:
    return [
        Step(
            _("Decide on a first record"),
            _("By keys: j and k go through the queue, o opens, v verifies, r returns, c claims; ? shows them all."),
            reverse("web:records") + "?state=submitted&sort=waiting",
            review.runs(actor).filter(decided_by=actor).exists(),
        ),
        Step(
            _("Answer whether a pair is one person"),
            _("Both sides stand side by side with what differs marked; nobody is merged unless somebody says so."),
            reverse("web:matches"),
            people.matches(actor).filter(decided_by_id=actor.pk).exists(),
        ),
        Step(
            _("Note a call with a late partner"),
            _("What came of it and what was promised stands on the chase board, and a broken promise comes first."),
            reverse("web:obligations") + "?overdue=true",
            contacting.call_notes(actor).filter(noted_by=actor).exists(),
        ),
        _view(actor, "web:records"),
    ]


def _manager(actor: User) -> list[Step]:
    return [
        Step(
            _("Say what is done about an alert"),
            _("Targets off pace, sudden drops and silent partners are looked for every night and told once."),
            reverse("web:alerts"),
            alerts.alerts(actor).filter(acknowledged_by=actor).exists(),
        ),
        Step(
            _("Publish figures"),
            _("What is published is frozen, and stands beside what is known of the same day later on."),
            reverse("web:snapshot-new"),
            snapshots.snapshots(actor).filter(publisher_id=actor.pk).exists(),
        ),
        _view(actor, "web:league"),
    ]


def _admin(actor: User) -> list[Step]:
    return [
        Step(
            _("Create an organisation"),
            _("A partner reports for itself alone and sees nothing of any other."),
            reverse("web:organisation-new"),
            accounts.organisations(actor).filter(created_at__gt=actor.created_at).exists(),
        ),
        Step(
            _("Create a user"),
            _("A role says what somebody may do; partners belong to their organisation."),
            reverse("web:user-new"),
            accounts.users(actor).filter(created_at__gt=actor.created_at).exists(),
        ),
        Step(
            _("Look at how records are reviewed"),
            _("A second officer, credentials that are looked at, how long a claim lasts: set once, and with thought."),
            reverse("web:review-settings"),
            settings.current().changed_at is not None,
        ),
    ]


def _view(actor: User, page: str) -> Step:
    return Step(
        _("Keep a list as you need it"),
        _("Choose filters and columns, then keep them under a name: for yourself, for colleagues, or to open with."),
        reverse(page),
        views.views(actor).filter(owner=actor).exists(),
    )


_STEPS: dict[User.Role, Callable[[User], list[Step]]] = {
    User.Role.PARTNER: _partner,
    User.Role.OFFICER: _officer,
    User.Role.MANAGER: _manager,
    User.Role.ADMIN: _admin,
}

"""Laying out the demonstration through the same services that officers and administrators use."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from backend import clock, locks
from backend.accounts.models import Organisation, User
from backend.accounts.services import create_organisation, create_user, update_user
from backend.problems import Conflict
from programs.catalogue.budget import add_line
from programs.catalogue.models import Cohort, Programme
from programs.catalogue.services import create_cohort, create_programme
from programs.demo.data import (
    COHORTS,
    COMPANY,
    EXCUSE,
    LOGINS,
    ORGANISATIONS,
    OWED_PERIOD,
    PERIODS,
    PROGRAMMES,
    current_periods,
)
from programs.demo.recruiting import load_recruitment
from programs.demo.training import BUDGETS, CONTACTS, LAID_DOWN
from programs.periods.models import Obligation, Period
from programs.periods.obligations import excuse
from programs.periods.services import generate_periods

# Two loads at once would create the same codes; the second waits for the first. Any number that nothing else takes.
LOAD = "demo.load"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was laid out: the names of rows that were not there before, and of logins whose password was set anew."""

    organisations: Sequence[str]
    users: Sequence[str]
    passwords: Sequence[str]
    programmes: Sequence[str]
    cohorts: Sequence[str]
    periods: Sequence[str]
    positions: Sequence[str]


@transaction.atomic
def load_demo() -> Loaded:
    """Creates what is missing of the demonstration and leaves the rest as its users have changed it.

    Where ``DEMO_PASSWORD`` is another one than last time, every demo login gets it.

    Raises:
        Problem: a value is refused, a ``DEMO_PASSWORD`` that is too weak among them.
    """
    locks.hold(LOAD)
    organisations = _missing(Organisation, ORGANISATIONS)
    for values in organisations:
        create_organisation(actor=None, **values)
    by_code = {one.code: one for one in Organisation.objects.filter(code__in=[one["code"] for one in ORGANISATIONS])}
    users, passwords = _logins(by_code)
    programmes = _missing(Programme, PROGRAMMES)
    for values in programmes:
        members = [by_code[code] for code in values["organisations"]]
        laid_down = LAID_DOWN.get(values["code"], {})
        create_programme(actor=None, **{**values, **laid_down, "organisations": members})
    cohorts = _missing(Cohort, COHORTS)
    for values in cohorts:
        programme = Programme.objects.get(code=values["programme"])
        organisation = by_code[values["organisation"]]
        contacts = CONTACTS.get(values["code"], ())
        create_cohort(actor=None, **{**values, "programme": programme, "organisation": organisation}, contacts=contacts)
    _budget({one["code"] for one in programmes})
    past = generate_periods(actor=None, **PERIODS)
    _excuse(past.created)
    current = _open_current()
    return Loaded(
        organisations=[one["code"] for one in organisations],
        users=users,
        passwords=passwords,
        programmes=[one["code"] for one in programmes],
        cohorts=[one["code"] for one in cohorts],
        periods=[period.code for period in (*past.created, *current)],
        positions=load_recruitment(by_code[COMPANY]),
    )


def _budget(created: Collection[str]) -> None:
    """Enters the budgets of programmes that were just opened; those of others are as their officers have them."""
    for code, lines in BUDGETS.items():
        if code not in created:
            continue
        programme = Programme.objects.get(code=code)
        for values in lines:
            cohort = Cohort.objects.get(code=values["cohort"]) if values["cohort"] else None
            add_line(actor=None, programme=programme, **{**values, "cohort": cohort})


def _open_current() -> Sequence[Period]:
    """Opens the periods of these months, unless an officer has opened others that claim some of their days."""
    try:
        with transaction.atomic():
            return generate_periods(actor=None, **current_periods(clock.today())).created
    except Conflict:
        return ()


def _excuse(periods: Sequence[Period]) -> None:
    """Nothing is owed for the plan's quarters, which are long over, but what the partner files report."""
    owed = Obligation.objects.filter(period__in=periods, state=Obligation.State.MISSING)
    for one in owed.exclude(period__code=OWED_PERIOD):
        excuse(actor=None, obligation=one, reason=EXCUSE)


def _missing(model: type[Organisation | Programme | Cohort], wanted: Sequence[dict]) -> list[dict]:
    there = set(model.objects.filter(code__in=[one["code"] for one in wanted]).values_list("code", flat=True))
    return [one for one in wanted if one["code"] not in there]


def _logins(organisations: dict[str, Organisation]) -> tuple[list[str], list[str]]:
    there = {user.username: user for user in User.objects.filter(username__in=[login.username for login in LOGINS])}
    created = []
    for login in LOGINS:
        if login.username not in there:
            create_user(
                actor=None,
                username=login.username,
                password=settings.DEMO_PASSWORD,
                role=login.role,
                organisation=organisations[login.organisation],
                email=f"{login.username}@example.com",
                language=login.language,
                demo=True,
            )
            created.append(login.username)
    # Those that an earlier release made are the demonstration's too.
    User.objects.filter(pk__in=[user.pk for user in there.values()], demo=False).update(demo=True)
    known = [there[login.username] for login in LOGINS if login.username in there]
    # Checking a password is made to be slow, and all were set together: one tells for all.
    renewed = known if known and not known[0].check_password(settings.DEMO_PASSWORD) else []
    for user in renewed:
        update_user(actor=None, user=user, password=settings.DEMO_PASSWORD)
    return created, [user.username for user in renewed]

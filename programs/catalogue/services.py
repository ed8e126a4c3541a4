"""Opening and changing programmes and cohorts."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from backend.accounts import rules
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import AlreadyExists, FieldError, Invalid, unique
from programs.catalogue import budget, details, places
from programs.catalogue.models import Cohort, Path, Programme

Named = TypeVar("Named", bound=models.Model)

CHANGED = "programme.changed"
MENTIONED = 5
"""How many of many things a message names."""


@transaction.atomic
def create_programme(
    *,
    actor: User | None,
    code: str,
    name_zh: str,
    path: str,
    organisations: Collection[Organisation],
    starts_on: dt.date,
    ends_on: dt.date,
    name_en: str = "",
    capacity: int | None = None,
    segment: str = "",
    funding_source: str = "",
    areas: details.Given = (),
    requirements: details.Given = (),
) -> Programme:
    """Opens a programme to the organisations given.

    Args:
        areas: what it teaches, each ``{code, name_zh, name_en, hours}``.
        requirements: what it asks of whoever enters, each ``{education, title, years, text_zh, text_en}``; it is
            enough to meet one.

    Raises:
        AlreadyExists: a programme has this code, be it in other letters' case.
        Invalid: it ends before it starts, the bureau itself is to take part, or an area, a requirement or the source
            of its money is none.
    """
    _refuse_taken(Programme, code)
    programme = Programme(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        path=path,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        segment=segment,
        funding_source=funding_source,
    )
    errors = [*_span_errors(programme), *_bureau_errors(organisations), *budget.funding_errors(funding_source)]
    _refuse([*errors, *details.area_errors(areas), *details.requirement_errors(requirements)])
    _insert(programme)
    programme.organisations.set(organisations)
    details.put_areas(programme, areas)
    details.put_requirements(programme, requirements)
    enter_audit(
        action="programme.create",
        subject=programme,
        detail={"code": code, "path": path, "organisations": _codes(organisations)},
        actor=actor,
    )
    state(topic=CHANGED, subject_id=programme.pk)
    return programme


@transaction.atomic
def change_programme(
    *,
    actor: User | None,
    programme: Programme,
    organisations: Collection[Organisation] | None = None,
    areas: details.Given | None = None,
    requirements: details.Given | None = None,
    **values: Any,
) -> Programme:
    """Changes a programme's values, and where they are given, whole, who takes part, what it teaches and what it asks.

    What is equal stays as it is.

    Raises:
        Invalid: the code or a path in use would change; its span would leave out one of its cohorts, or its capacity
            fall below theirs; an organisation that has cohorts or records in it would leave; an area, a requirement or
            the source of its money is none.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    capacity = programme.capacity
    changes = _apply(programme, values)
    errors = [
        *_code_errors(changes),
        *_span_errors(programme),
        *places.programme_errors(programme, capacity),
        *(budget.funding_errors(programme.funding_source) if "funding_source" in changes else ()),
        *details.area_errors(areas or ()),
        *details.requirement_errors(requirements or ()),
    ]
    if "path" in changes and (programme.cohorts.exists() or programme.records.exists()):
        message = _("Programme %(code)s has cohorts or records; its path stays.") % {"code": programme.code}
        errors.append(FieldError("path", "in_use", message))
    outside = programme.cohorts.exclude(starts_on__gte=programme.starts_on, ends_on__lte=programme.ends_on)
    if left_out := _codes(outside):
        field = "starts_on" if "starts_on" in changes else "ends_on"
        message = _("These cohorts would lie outside the programme: %(codes)s. Move them first.")
        errors.append(FieldError(field, "outside", message % {"codes": _mention(left_out)}))
    if organisations is not None:
        before = set(programme.organisations.all())
        errors += [*_bureau_errors(organisations), *_leaving_errors(programme, before - set(organisations))]
        if before != set(organisations):
            changes["organisations"] = [_codes(before), _codes(organisations)]
    _refuse(errors)
    for name, put, given in (
        ("areas", details.put_areas, areas),
        ("requirements", details.put_requirements, requirements),
    ):
        if given is not None and (change := put(programme, given)):
            changes[name] = change
    if changes:
        programme.save()
        if organisations is not None:
            programme.organisations.set(organisations)
        enter_audit(action="programme.change", subject=programme, detail=changes, actor=actor)
        state(topic=CHANGED, subject_id=programme.pk)
    return programme


@transaction.atomic
def create_cohort(
    *,
    actor: User | None,
    code: str,
    programme: Programme,
    organisation: Organisation,
    starts_on: dt.date,
    ends_on: dt.date,
    capacity: int | None = None,
    contacts: Iterable[Mapping[str, str]] = (),
) -> Cohort:
    """Opens a cohort of a training programme at an organisation that takes part in it.

    Raises:
        AlreadyExists: a cohort has this code, be it in other letters' case.
        Invalid: see ``_cohort_errors``.
    """
    _refuse_taken(Cohort, code)
    cohort = Cohort(
        code=code,
        programme=_held(programme),
        organisation=organisation,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        contacts=[rules.contact(one) for one in contacts],
    )
    _refuse(
        [
            *_cohort_errors(cohort),
            *_closed_errors(cohort),
            *places.cohort_errors(cohort, ("capacity",)),
            *rules.contact_errors(cohort.contacts),
        ]
    )
    _insert(cohort)
    enter_audit(
        action="cohort.create",
        subject=cohort,
        detail={"code": code, "programme": programme.code, "organisation": organisation.code},
        actor=actor,
    )
    return cohort


@transaction.atomic
def change_cohort(*, actor: User | None, cohort: Cohort, **values: Any) -> Cohort:
    """Changes a cohort's values; what is equal stays as it is. Its budget lines go along to another programme.

    Raises:
        Invalid: the code would change, the programme or organisation of a cohort with records would, its days would
            leave out what was reported of people in it, it would have fewer places than people or more than its
            programme has, or the cohort would break one of the rules of ``_cohort_errors``.
    """
    if "contacts" in values:
        values["contacts"] = [rules.contact(one) for one in values["contacts"]]
    cohort = (
        Cohort.objects.select_for_update(of=("self",)).select_related("programme", "organisation").get(pk=cohort.pk)
    )
    changes = _apply(cohort, values)
    cohort.programme = _held(cohort.programme)
    errors = [
        *_code_errors(changes),
        *_cohort_errors(cohort),
        *places.cohort_errors(cohort, changes),
        *places.day_errors(cohort, changes),
        *rules.contact_errors(cohort.contacts),
    ]
    if {"organisation", "starts_on"} & changes.keys():
        errors += _closed_errors(cohort)
    for field in {"programme", "organisation"} & changes.keys():
        if cohort.records.exists():
            message = _("Cohort %(code)s has records; its programme and organisation stay.") % {"code": cohort.code}
            errors.append(FieldError(field, "in_use", message))
    _refuse(errors)
    if changes:
        cohort.save()
        if "programme" in changes:
            cohort.budget_lines.update(programme=cohort.programme)
        if "contacts" in changes:
            changes["contacts"] = []  # people's names and addresses stay off the trail
        enter_audit(action="cohort.change", subject=cohort, detail=changes, actor=actor)
    return cohort


def refuse_misfit(cohort: Cohort) -> None:
    """Refuses a cohort that is to be asked for and could not be opened as it is.

    Raises:
        Invalid: see ``_cohort_errors``.
    """
    _refuse([*_cohort_errors(cohort), *_closed_errors(cohort)])


def _held(programme: Programme) -> Programme:
    """The programme as it stands, held until the transaction ends, so that its span and members stay."""
    return Programme.objects.select_for_update().get(pk=programme.pk)


def _taken(code: str) -> str:
    return _("%(code)s exists already. Choose another code, or change the one that is there.") % {"code": code}


def _refuse_taken(model: type[models.Model], code: str) -> None:
    # Codes in files are told apart without regard to case, so two may not differ by it alone.
    if model._default_manager.filter(code__iexact=code).exists():
        raise AlreadyExists(_taken(code))


def _insert(row: Programme | Cohort) -> None:
    with unique({"code": _taken(row.code)}):
        row.save(force_insert=True)


def _apply(row: models.Model, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Sets what differs, and answers it for the audit: ``{field: [before, after]}``."""
    changes = {}
    for field, after in values.items():
        before = getattr(row, field)
        if before != after:
            setattr(row, field, after)
            changes[field] = [str(one) if isinstance(one, models.Model) else one for one in (before, after)]
    return changes


def _refuse(errors: Iterable[FieldError]) -> None:
    found = list(errors)
    if found:
        raise Invalid(found)


def _code_errors(changes: dict[str, Any]) -> list[FieldError]:
    if "code" not in changes:
        return []
    return [FieldError("code", "fixed", _("A code names its row everywhere and cannot be changed."))]


def _span_errors(row: Programme | Cohort) -> list[FieldError]:
    if row.ends_on >= row.starts_on:
        return []
    return [FieldError("ends_on", "before_start", _("The end lies before the start. Mend one of the two dates."))]


def _bureau_errors(organisations: Iterable[Organisation]) -> list[FieldError]:
    bureau = [one for one in organisations if one.kind == Organisation.Kind.BUREAU]
    if not bureau:
        return []
    message = _("%(codes)s is a bureau: it verifies what others report and takes part in no programme.")
    return [FieldError("organisations", "bureau", message % {"codes": _mention(_codes(bureau))})]


def _leaving_errors(programme: Programme, leaving: set[Organisation]) -> list[FieldError]:
    staying = [
        one
        for one in leaving
        if programme.cohorts.filter(organisation=one).exists() or programme.records.filter(organisation=one).exists()
    ]
    if not staying:
        return []
    message = _("These organisations have cohorts or records in the programme and must stay: %(codes)s.")
    return [FieldError("organisations", "in_use", message % {"codes": _mention(_codes(staying))})]


def _cohort_errors(cohort: Cohort) -> list[FieldError]:
    """What forbids a cohort: an introduction campaign, a stranger to the programme, a span that is not inside it."""
    errors = _span_errors(cohort)
    programme = cohort.programme
    if programme.path != Path.TRAINED:
        message = _("Programme %(code)s introduces people and needs no cohort; only trained ones have cohorts.")
        errors.append(FieldError("programme", "path", message % {"code": programme.code}))
    if not programme.organisations.filter(pk=cohort.organisation_id).exists():
        message = _("%(organisation)s does not take part in programme %(programme)s. Add it to the programme first.")
        named = {"organisation": cohort.organisation.code, "programme": programme.code}
        errors.append(FieldError("organisation", "not_taking_part", message % named))
    span = {"code": programme.code, "from": programme.starts_on, "to": programme.ends_on}
    for field in ("starts_on", "ends_on"):
        if not programme.starts_on <= getattr(cohort, field) <= programme.ends_on:
            message = _("This day lies outside programme %(code)s, which runs from %(from)s to %(to)s.")
            errors.append(FieldError(field, "outside", message % span))
    return errors


def _closed_errors(cohort: Cohort) -> list[FieldError]:
    """That its organisation is no more by the day on which a cohort would begin."""
    closed_on = cohort.organisation.closed_on
    if closed_on is None or closed_on > cohort.starts_on:
        return []
    message = _("%(organisation)s is no more from %(day)s on. Choose the organisation that trains people then.")
    named = {"organisation": cohort.organisation.code, "day": closed_on}
    return [FieldError("organisation", "organisation_closed", message % named)]


def _codes(rows: Iterable[Any]) -> list[str]:
    return sorted(row.code for row in rows)


def _mention(codes: list[str]) -> str:
    return ", ".join(codes[:MENTIONED]) + (" …" if len(codes) > MENTIONED else "")

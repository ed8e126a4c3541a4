"""Campaigns: what stands beside an introduction's programme."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid, unique
from backend.vault.masking import scrub
from programs.catalogue.models import Path, Programme
from programs.recruitment.models import Campaign


@transaction.atomic
def describe_campaign(*, actor: User | None, programme: Programme, **values: Any) -> Campaign:
    """Puts the details of a campaign beside its programme.

    Args:
        actor: an officer.
        programme: one by which people are introduced.
        values: ``kind``, ``place``, ``starts_on``, ``ends_on``, ``notes``.

    Raises:
        AlreadyExists: the programme is described already.
        Invalid: it trains people, or the days lie outside of it or in the wrong order.
    """
    campaign = Campaign(programme=programme, created_by=actor, **_clean(values))
    _refuse(campaign)
    told = _("Programme %(code)s is described as a campaign already. Change that instead.") % {"code": programme.code}
    with unique({"campaign_programme": told}):
        campaign.save(force_insert=True)
    detail = {"code": programme.code, "kind": campaign.kind, "from": campaign.starts_on, "to": campaign.ends_on}
    enter_audit(action="campaign.describe", subject=campaign, detail=detail, actor=actor)
    return campaign


@transaction.atomic
def change_campaign(*, actor: User, campaign: Campaign, **values: Any) -> Campaign:
    """Changes a campaign's details; what is equal stays as it is.

    Raises:
        Invalid: its days lie outside of its programme, or in the wrong order.
    """
    row = Campaign.objects.select_for_update(of=("self",)).select_related("programme").get(pk=campaign.pk)
    changes = {}
    for name, after in _clean(values).items():
        before = getattr(row, name)
        if before != after:
            setattr(row, name, after)
            changes[name] = [before, after]
    _refuse(row)
    if changes:
        row.save()
        enter_audit(action="campaign.change", subject=row, detail=changes, actor=actor)
    return row


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    return {name: scrub(value.strip()) if name in ("place", "notes") else value for name, value in values.items()}


def _refuse(campaign: Campaign) -> None:
    errors = list(_errors(campaign))
    if errors:
        raise Invalid(errors)


def _errors(campaign: Campaign) -> Iterable[FieldError]:
    programme = campaign.programme
    if programme.path != Path.INTRODUCED:
        text = _("Programme %(code)s trains people; a campaign introduces them.") % {"code": programme.code}
        yield FieldError("programme", "path", text)
    if campaign.ends_on < campaign.starts_on:
        yield FieldError("ends_on", "before_start", _("The end lies before the start. Mend one of the two dates."))
    span = {"code": programme.code, "from": programme.starts_on, "to": programme.ends_on}
    for name in ("starts_on", "ends_on"):
        if not programme.starts_on <= getattr(campaign, name) <= programme.ends_on:
            text = _("This day lies outside programme %(code)s, which runs from %(from)s to %(to)s.") % span
            yield FieldError(name, "outside", text)

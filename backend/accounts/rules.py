"""What an organisation or a user must be to be written: every way of writing them passes here."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import uscc as uscc_number

from backend.accounts.models import Organisation, User
from backend.problems import FieldError, Forbidden, Invalid, of_django
from backend.reference.selectors import labels

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
DISTRICT = "district"
USERNAME = re.compile(r"[\w][\w.@+-]{0,59}")
CONTACT_FIELDS = ("name", "role", "email", "phone")
SCHOOL_CODE = re.compile(r"[0-9]{5}")


def may_manage(actor: User | None, kind: str) -> None:
    """Refuse whoever may not write an organisation of this kind; ``None`` is the system.

    Raises:
        Forbidden: partners and managers manage none, officers not the bureau's own.
    """
    if actor is None or actor.role == User.Role.ADMIN:
        return
    if actor.role != User.Role.OFFICER:
        raise Forbidden
    if kind == Organisation.Kind.BUREAU:
        raise Forbidden(_("Officers manage partner organisations; the bureau's own is for an administrator."))


def manages(actor: User | None, kind: str) -> bool:
    """Whether ``actor`` may write organisations of this kind."""
    try:
        may_manage(actor, kind)
    except Forbidden:
        return False
    return True


def check_organisation(organisation: Organisation) -> None:
    """Check an organisation as it is to be written.

    Raises:
        Invalid: every field that is at fault.
    """
    errors: list[FieldError] = []
    if not CODE.fullmatch(organisation.code):
        text = _(
            "A code is up to 40 letters, digits, dots, hyphens and underscores, and begins with a letter or digit."
        )
        errors.append(FieldError("code", "invalid", text))
    if not organisation.name_zh.strip():
        errors.append(FieldError("name_zh", "blank", _("Give the organisation's Chinese name.")))
    if organisation.kind not in Organisation.Kind.values:
        errors.append(FieldError("kind", "invalid_choice", _("No such kind of organisation.")))
    if organisation.school_code and not SCHOOL_CODE.fullmatch(organisation.school_code):
        errors.append(FieldError("school_code", "invalid", _("A school code is five digits.")))
    if organisation.uscc and not uscc_number.is_valid(organisation.uscc):
        text = _("The unified social credit code fails its check character: look at it again, character by character.")
        errors.append(FieldError("uscc", "invalid", text))
    errors += contact_errors(organisation.contacts)
    if _loops(organisation):
        text = _("An organisation cannot stand above itself.")
        errors.append(FieldError("parent", "invalid", text))
    if errors:
        raise Invalid(errors)


def contact(given: Mapping[str, str]) -> dict[str, str]:
    """Somebody to speak to, as it is kept: every field, without spaces around it."""
    return {name: given.get(name, "").strip() for name in CONTACT_FIELDS}


def contact_errors(contacts: Iterable[Mapping[str, str]]) -> list[FieldError]:
    """What is wrong with contacts: one without a name."""
    return [
        FieldError(f"contacts.{position}.name", "required", _("A contact needs a name."))
        for position, one in enumerate(contacts)
        if not one["name"]
    ]


def check_user(user: User, password: str | None) -> None:
    """Check a user as they are to be written; ``password`` in the clear where it is to be set.

    Raises:
        Invalid: every field that is at fault.
    """
    errors: list[FieldError] = []
    if not USERNAME.fullmatch(user.username) or user.username.isdigit():
        text = _("A user name is up to 60 letters, digits and .@+-_, and not digits alone.")
        errors.append(FieldError("username", "invalid", text))
    if user.role not in User.Role.values:
        errors.append(FieldError("role", "invalid_choice", _("No such role.")))
    if user.language not in User.Language.values:
        errors.append(FieldError("language", "invalid_choice", _("No such language.")))
    at_bureau = user.organisation.kind == Organisation.Kind.BUREAU
    if user.role == User.Role.PARTNER and at_bureau:
        text = _("A partner belongs to a partner organisation, not to the bureau.")
        errors.append(FieldError("organisation", "invalid", text))
    if user.role != User.Role.PARTNER and not at_bureau:
        text = _("Officers, managers and administrators belong to the bureau.")
        errors.append(FieldError("organisation", "invalid", text))
    if user.read_only and user.role != User.Role.PARTNER:
        errors.append(FieldError("read_only", "invalid", _("Only a partner's login can be read-only.")))
    if user.signatory and (user.role != User.Role.PARTNER or user.read_only):
        text = _("A signatory is a partner's login that may also write.")
        errors.append(FieldError("signatory", "invalid", text))
    if user.districts and user.role != User.Role.OFFICER:
        errors.append(FieldError("districts", "invalid", _("Only an officer's login is bound to districts.")))
    if unknown := sorted(set(user.districts) - set(labels(DISTRICT))):
        text = _("There is no district with the code %(codes)s.") % {"codes": ", ".join(unknown)[:200]}
        errors.append(FieldError("districts", "unknown", text))
    if password is not None:
        errors += _password_errors(user, password)
    if errors:
        raise Invalid(errors)


def _password_errors(user: User, password: str) -> list[FieldError]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return of_django(error, "password")
    return []


def _loops(organisation: Organisation) -> bool:
    seen: set[int] = set()
    above: Any = organisation.parent
    while above is not None and above.pk not in seen:
        if organisation.pk is not None and above.pk == organisation.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False

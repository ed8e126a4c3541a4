"""Writing organisations and users."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from backend import problems
from backend.accounts import proof, rules, selectors
from backend.accounts.history import services as history
from backend.accounts.models import Organisation, User
from backend.accounts.sessions.services import end_everywhere
from backend.audit.services import enter_audit

ORGANISATION_FIELDS = ("name_zh", "name_en", "kind", "parent", "school_code", "uscc", "sign_off", "contacts")
USER_FIELDS = ("email", "role", "read_only", "signatory", "districts", "organisation", "language", "is_active")
OWN = {"language": User.Language, "theme": User.Theme, "numbers": User.Numbers}
# Their values are people's names, addresses and numbers; the trail notes that they changed, not to what.
PRIVATE = frozenset({"contacts", "email"})


@transaction.atomic
def create_organisation(
    *,
    actor: User | None,
    code: str,
    name_zh: str,
    kind: str,
    name_en: str = "",
    parent: Organisation | None = None,
    school_code: str = "",
    uscc: str = "",
    sign_off: bool = False,
    contacts: Iterable[Mapping[str, str]] = (),
) -> Organisation:
    """Create an organisation; ``actor`` ``None`` is the system.

    Raises:
        AlreadyExists: the code is taken.
        Invalid: fields at fault.
        Forbidden: the actor may not create this kind.
    """
    rules.may_manage(actor, kind)
    organisation = Organisation(
        code=code.strip(),
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        kind=kind,
        parent=parent,
        school_code=school_code.strip(),
        uscc=uscc.strip().upper(),
        sign_off=sign_off,
        contacts=[rules.contact(contact) for contact in contacts],
    )
    rules.check_organisation(organisation)
    taken = _("There is an organisation with the code “%(code)s” already.") % {"code": organisation.code}
    with problems.unique({"organisation_code": taken}):
        organisation.save(force_insert=True)
    history.begin(organisation, actor)
    enter_audit(
        action="organisation.create",
        subject=organisation,
        detail={"code": organisation.code, "kind": kind},
        actor=actor,
    )
    return organisation


@transaction.atomic
def update_organisation(*, actor: User | None, organisation: Organisation, **changes: Any) -> Organisation:
    """Change an organisation; its code stays, since it is what the outside knows it by.

    Other names and another parent are taken for corrections of what is said since a day; what became otherwise on a
    day is for ``history.services``.

    Raises:
        Invalid: fields at fault.
        Forbidden: the actor may not change this organisation, or not into this kind.
    """
    history.take_turn()
    current = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    before = copy.copy(current)
    rules.may_manage(actor, current.kind)
    rules.may_manage(actor, changes.get("kind", current.kind))
    _refuse_other_code(current, changes)
    if "uscc" in changes:
        changes["uscc"] = changes["uscc"].strip().upper()
    if "contacts" in changes:
        changes["contacts"] = [rules.contact(contact) for contact in changes["contacts"]]
    noted = _change(current, changes, ORGANISATION_FIELDS)
    if not noted:
        return current
    rules.check_organisation(current)
    if "kind" in noted and current.users.exists():
        bureau = Organisation.Kind.BUREAU
        if (noted["kind"][0] == bureau) != (current.kind == bureau):
            text = _(
                "It has users of its own; an organisation with users neither becomes the bureau nor ceases to be it."
            )
            raise problems.Invalid([("kind", "invalid", text)])
    current.save(update_fields=list(noted))
    history.correct(actor=actor, organisation=current, before=before, changed=set(noted))
    enter_audit(action="organisation.update", subject=current, detail={"changed": noted}, actor=actor)
    return current


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    username: str,
    password: str,
    role: str,
    organisation: Organisation | None = None,
    email: str = "",
    read_only: bool = False,
    signatory: bool = False,
    districts: Iterable[str] = (),
    language: str = User.Language.ZH,
    is_active: bool = True,
    demo: bool = False,
) -> User:
    """Create somebody who signs in; staff belong to the bureau unless an organisation is given.

    ``demo``: a login of the demonstration, which nobody but the system makes.

    Raises:
        AlreadyExists: the user name is taken.
        Invalid: fields at fault, a weak password among them.
        Forbidden: the actor is no administrator.
    """
    _administrators_only(actor)
    if demo and actor is not None:
        raise problems.Forbidden
    if organisation is None and role != User.Role.PARTNER:
        organisation = selectors.bureau()
    if organisation is None:
        raise problems.Invalid([("organisation", "required", _("Name the organisation that this user belongs to."))])
    user = User(
        username=username.strip(),
        email=User.objects.normalize_email(email),
        role=role,
        read_only=read_only,
        signatory=signatory,
        districts=sorted(set(districts)),
        organisation=organisation,
        language=language,
        is_active=is_active,
        demo=demo,
    )
    rules.check_user(user, password)
    if user.sees_everything:
        proof.require(actor, "user.create_staff")
    user.set_password(password)
    taken = _("There is a user called “%(name)s” already.") % {"name": user.username}
    with problems.unique({"user_account_username": taken}):
        user.save(force_insert=True)
    detail: dict[str, Any] = {"username": user.username, "role": role, "organisation": organisation.code}
    if user.districts:
        detail["districts"] = user.districts
    enter_audit(action="user.create", subject=user, detail=detail, actor=actor)
    return user


@transaction.atomic
def update_user(
    *, actor: User | None, user: User, password: str | None = None, keeping: str | None = None, **changes: Any
) -> User:
    """Change a user; a new password, another role, or being deactivated, signs them out everywhere.

    Args:
        keeping: the key of the session that goes on, where somebody changes their own password.

    Raises:
        Invalid: fields at fault.
        Conflict: administrators neither deactivate nor demote themselves, so that one always remains.
        Forbidden: the actor is no administrator.
    """
    _administrators_only(actor)
    current = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=user.pk)
    if "districts" in changes:
        changes["districts"] = sorted(set(changes["districts"]))
    noted = _change(current, changes, USER_FIELDS)
    if actor is not None and actor.pk == current.pk and noted.keys() & {"is_active", "role"}:
        raise problems.Conflict(_("Ask another administrator to deactivate you or to change your role."))
    if not noted and password is None:
        return current
    rules.check_user(current, password)
    if "role" in noted:
        proof.require(actor, "user.role")
    fields = list(noted)
    if password is not None:
        proof.require(actor, "user.password")
        current.set_password(password)
        fields.append("password")
    current.save(update_fields=fields)
    if password is not None or not current.is_active or "role" in noted:
        # With another role go other duties: one who has become staff signs in with a second factor.
        end_everywhere(user=current, keeping=keeping)
    detail = {"username": current.username, "changed": noted, "password_changed": password is not None}
    enter_audit(action="user.update", subject=current, detail=detail, actor=actor)
    return current


@transaction.atomic
def change_own(
    *,
    actor: User,
    language: str | None = None,
    theme: str | None = None,
    numbers: str | None = None,
    password: str | None = None,
    current: str | None = None,
    keeping: str | None = None,
) -> User:
    """Change what is one's own to change: the language and the looks, and the password for whoever knows the present
    one.

    A new password ends every token and every session but the one it was changed in, whose key is ``keeping``.

    Raises:
        Invalid: the present password is not right, the new one too weak, or there is no such language or look.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=actor.pk)
    changed = []
    for name, value in (("language", language), ("theme", theme), ("numbers", numbers)):
        if value is None or value == getattr(user, name):
            continue
        if value not in OWN[name].values:
            raise problems.Invalid([(name, "invalid", _("There is no such choice here."))])
        setattr(user, name, value)
        changed.append(name)
    if password is not None:
        if not user.check_password(current or ""):
            raise problems.Invalid([("current", "invalid", _("This is not your present password."))])
        rules.check_user(user, password)
        user.set_password(password)
        changed.append("password")
    if not changed:
        return user
    user.save(update_fields=changed)
    if password is not None:
        end_everywhere(user=user, keeping=keeping)
    enter_audit(action="user.change_own", subject=user, detail={"changed": changed}, actor=user)
    return user


@transaction.atomic
def note_own(*, actor: User, first_steps: bool | None = None, read_changes: int | None = None) -> None:
    """Note what somebody has put away on their own pages: the first steps, and the changes they have read.

    Reading leaves no trace on the trail; putting the first steps away, or taking them out again, does.
    """
    if read_changes is not None:
        User.objects.filter(pk=actor.pk, read_changes__lt=read_changes).update(read_changes=read_changes)
    if first_steps is not None and User.objects.filter(pk=actor.pk).exclude(first_steps=first_steps).update(
        first_steps=first_steps
    ):
        enter_audit(action="user.change_own", subject=actor, detail={"changed": ["first_steps"]}, actor=actor)


def _administrators_only(actor: User | None) -> None:
    if actor is not None and actor.role != User.Role.ADMIN:
        raise problems.Forbidden


def _refuse_other_code(current: Organisation, changes: dict[str, Any]) -> None:
    code = changes.pop("code", current.code)
    if code != current.code:
        text = _("A code stays as it is; create another organisation instead.")
        raise problems.Invalid([("code", "immutable", text)])


def _change(row: models.Model, changes: dict[str, Any], known: Iterable[str]) -> dict[str, list[Any]]:
    """Set what differs on ``row``; by field, what it was and what it is, as the trail may note it."""
    unknown = changes.keys() - set(known)
    if unknown:
        raise TypeError(f"no such field: {', '.join(sorted(unknown))}")
    noted: dict[str, list[Any]] = {}
    for name, value in changes.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            noted[name] = [] if name in PRIVATE else [_plain(before), _plain(value)]
    return noted


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value

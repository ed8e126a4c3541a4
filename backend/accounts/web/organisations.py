"""The pages of organisations: who reports, who stands above whom, whom to speak to."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import rules, selectors, services
from backend.accounts.filters import OrganisationFilter
from backend.accounts.history.closed import is_closed
from backend.accounts.models import Organisation, User
from backend.accounts.web import history
from backend.accounts.web.contacts import ROLES, ContactRows
from backend.problems import Problem
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import Form, OneField
from backend.web.lists import ListPage


class OrganisationForm(Form):
    """An organisation and its contacts, as they shall be."""

    code = forms.CharField(
        label=lazy("Code"), max_length=40, help_text=lazy("Named so in files and everywhere; it cannot be changed.")
    )
    name_zh = forms.CharField(label=lazy("Chinese name"), max_length=200)
    name_en = forms.CharField(label=lazy("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=lazy("Kind"), choices=Organisation.Kind)
    parent = OneField(
        label=lazy("Part of"), required=False, empty_label=lazy("None"), help_text=lazy("The organisation above it.")
    )
    school_code = forms.CharField(
        label=lazy("School code"), max_length=5, required=False, help_text=lazy("Five digits, for universities.")
    )
    uscc = forms.CharField(label=lazy("Unified social credit code"), max_length=18, required=False)
    sign_off = forms.BooleanField(
        label=lazy("Sign-off"),
        required=False,
        help_text=lazy("What its clerks fill in is taken only once one of its signatories has confirmed it."),
    )

    def __init__(self, *args: Any, actor: User, organisation: Organisation | None = None, **options: Any) -> None:
        contacts = organisation.contacts if organisation else []
        self.contacts = ContactRows(*args, prefix="contacts", known=contacts)
        if organisation:
            fields = (name for name in services.ORGANISATION_FIELDS if name != "contacts")
            options["initial"] = {name: getattr(organisation, name) for name in fields}
        super().__init__(*args, **options)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            choice for choice in Organisation.Kind.choices if rules.manages(actor, choice[0])
        ]
        above = selectors.organisations(actor).order_by("code")
        if organisation:
            del self.fields["code"]
            # What became otherwise on a day is no slip, and figures of earlier days keep it.
            self.fields["name_zh"].help_text = _(
                "For a slip alone. If it is called otherwise from a day on, rename it."
            )
            self.fields["parent"].help_text = _("For a slip alone. If it is so from a day on, place it under another.")
            above = above.exclude(pk=organisation.pk)
        self.fields["parent"].queryset = above  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.contacts.is_valid()])

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {**self.cleaned_data, "contacts": self.contacts.given()}

    def take(self, problem: Problem) -> None:
        rest = [error for error in problem.errors if not self.contacts.take(error)]
        if rest or not problem.errors:
            super().take(Problem(problem.status, problem.code, problem.detail, rest))


class Organisations(ListPage):
    """Organisations, by code."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "web/accounts/organisations.html"
    part = "web/accounts/organisations_rows.html"
    name = "organisations"
    leads = ("web:organisation", "code")
    filterset_class = OrganisationFilter
    ordering = ("code",)
    choosing = {
        "search": lazy("Code or name"),
        "kind": lazy("Kind"),
        "closed": lazy("Closed"),
        "without_users": lazy("Users"),
        "without_contact": lazy("Contact address"),
    }
    headings = {
        "code": lazy("Code"),
        "name_zh": lazy("Chinese name"),
        "name_en": lazy("English name"),
        "kind": lazy("Kind"),
        "parent": lazy("Part of"),
        "school_code": lazy("School code"),
        "uscc": lazy("Unified social credit code"),
        "users": lazy("Active users"),
        "contacts": lazy("Contacts"),
        "closed_on": lazy("Closed on"),
        "merged_into": lazy("Went into"),
    }

    def rows(self) -> QuerySet[Organisation]:
        active = Count("users", filter=Q(users__is_active=True))
        return selectors.organisations(self.actor).annotate(active_users=active)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {
            "without_users": [("true", _("nobody may sign in")), ("false", _("somebody may sign in"))],
            "without_contact": [("true", _("none")), ("false", _("given"))],
            "closed": [("false", _("no")), ("true", _("yes"))],
        }

    def present(self, rows: Sequence[Organisation]) -> Sequence[Organisation]:
        for row in rows:
            row.addresses = [one["email"] for one in row.contacts if one.get("email")]  # type: ignore[attr-defined]
            row.more = len(row.addresses) - 1  # type: ignore[attr-defined]
        return rows

    def cells(self, row: Any) -> Mapping[str, Any]:
        contacts = [" ".join(filter(None, map(str, contact.values()))) for contact in row.contacts]
        own = {name: getattr(row, name) for name in ("code", "name_zh", "name_en", "school_code", "uscc")}
        parent = row.parent.code if row.parent else ""
        return {
            **own,
            "kind": row.get_kind_display(),
            "parent": parent,
            "users": row.active_users,
            "contacts": contacts,
            "closed_on": row.closed_on,
            "merged_into": row.merged_into.code if row.merged_into else "",
        }

    def more(self) -> Mapping[str, Any]:
        return {"may_create": NewOrganisation.admits(self.actor)}


class NewOrganisation(Page):
    """A new organisation."""

    roles = {"GET": "officer admin", "POST": "officer admin"}
    template = "web/accounts/organisation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = OrganisationForm(actor=self.actor, initial={"kind": Organisation.Kind.UNIVERSITY})
        return self.show(form=form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrganisationForm(request.POST, actor=self.actor)
        if form.do(lambda _values: services.create_organisation(actor=self.actor, **form.values())):
            code = form.cleaned_data["code"]
            messages.success(request, _("Organisation %(code)s is created.") % {"code": code})
            return SeeOther(reverse("web:organisation", args=[code]))
        return self.show(form=form, status=400)


class OneOrganisation(Page):
    """One organisation: to be changed by whoever may, to be read by the others."""

    roles = {"GET": EVERYONE, "POST": "officer admin"}
    from_above = True
    template = "web/accounts/organisation.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        organisation = self._organisation(code)
        form = None
        if rules.manages(self.actor, organisation.kind):
            form = OrganisationForm(actor=self.actor, organisation=organisation)
        return self._shown(organisation, form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        organisation = self._organisation(code)
        rules.may_manage(self.actor, organisation.kind)
        form = OrganisationForm(request.POST, actor=self.actor, organisation=organisation)
        change = services.update_organisation
        if form.do(lambda _values: change(actor=self.actor, organisation=organisation, **form.values())):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(request.path)
        return self._shown(organisation, form, status=400)

    def _organisation(self, code: str) -> Organisation:
        return self.one(selectors.organisations(self.actor), code=code)

    def _shown(self, organisation: Organisation, form: OrganisationForm | None, status: int = 200) -> HttpResponse:
        # For administrators alone: the selector gives nobody's users to anybody else.
        users = selectors.users(self.actor).filter(organisation=organisation).order_by("-is_active", "username")
        roles = dict(ROLES)
        contacts = [{**one, "role": roles.get(one.get("role", ""), one.get("role"))} for one in organisation.contacts]
        return self.show(
            organisation=organisation,
            contacts=contacts,
            form=form,
            users=users,
            timeline=history.timeline(self.actor, organisation),
            acts=history.offered(self.actor, organisation),
            closed=is_closed(organisation),
            status=status,
        )

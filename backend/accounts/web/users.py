"""The pages of users: who may sign in, as whom, for whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import rules, selectors, services
from backend.accounts.factors.selectors import factor_of
from backend.accounts.filters import UserFilter
from backend.accounts.models import User
from backend.problems import Conflict, Problem
from backend.reference.selectors import label, labels
from backend.web.base import Page, SeeOther
from backend.web.forms import Checks, Form, OneField
from backend.web.lists import ListPage, choices_of

PASSWORD_HELP = lazy("Ten characters or more, none that is often used. They can change it themselves once signed in.")


class UserForm(Form):
    """What may be changed of a user."""

    role = forms.ChoiceField(label=lazy("Role"), choices=User.Role)
    organisation = OneField(
        label=lazy("Organisation"),
        help_text=lazy("Partners belong to a partner organisation, everybody else to the bureau."),
    )
    email = forms.EmailField(label=lazy("E-mail"), required=False, help_text=lazy("Reminders are sent there."))
    language = forms.ChoiceField(label=lazy("Language"), choices=User.Language)
    read_only = forms.BooleanField(
        label=lazy("May read only"), required=False, help_text=lazy("For a partner's login that submits nothing.")
    )
    signatory = forms.BooleanField(
        label=lazy("Signatory"),
        required=False,
        help_text=lazy("Answers for what the organisation reports, where it signs off."),
    )
    districts = forms.MultipleChoiceField(
        label=lazy("Districts"),
        required=False,
        widget=Checks,
        help_text=lazy("An officer sees and decides the records of these alone; none ticked: all."),
    )
    is_active = forms.BooleanField(
        label=lazy("May sign in"),
        required=False,
        initial=True,
        help_text=lazy("Whoever may not is signed out everywhere at once."),
    )
    password = forms.CharField(
        label=lazy("New password"), required=False, strip=False, max_length=128, widget=forms.PasswordInput
    )
    password.widget.attrs.update(autocomplete="new-password")

    def __init__(self, *args: Any, actor: User, user: User | None = None, **options: Any) -> None:
        self.user = user
        if user is not None:
            options["initial"] = {name: getattr(user, name) for name in services.USER_FIELDS}
        super().__init__(*args, **options)
        self.fields["districts"].choices = list(labels(rules.DISTRICT).items())  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = selectors.organisations(actor).order_by("code")  # type: ignore[attr-defined]
        self.fields["password"].help_text = lazy("Empty: it stays. A new one ends their sessions and tokens.")

    def take(self, problem: Problem) -> None:
        # That one always remains is said where it was tried to be otherwise.
        if isinstance(problem, Conflict) and self.user is not None and not problem.errors:
            for name in ("role", "is_active"):
                if self.cleaned_data.get(name) != getattr(self.user, name):
                    self.add_error(name, str(problem.detail))
            return
        super().take(problem)


class NewUserForm(UserForm):
    """A user to be."""

    username = forms.CharField(
        label=lazy("User name"), max_length=60, help_text=lazy("Letters, digits and .@+-_; it cannot be changed.")
    )
    username.widget.attrs.update(autocomplete="off", autocapitalize="none")
    field_order = (
        "username",
        "role",
        "organisation",
        "email",
        "language",
        "password",
        "read_only",
        "signatory",
        "districts",
        "is_active",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        password = self.fields["password"]
        password.required, password.label, password.help_text = True, lazy("Password"), PASSWORD_HELP
        organisation: Any = self.fields["organisation"]
        # Staff belong to the bureau where nothing is said.
        organisation.required, organisation.empty_label = False, lazy("The bureau, for its staff")


class Users(ListPage):
    """Everybody who may sign in, by name."""

    roles = {"GET": "admin"}
    template = "web/accounts/users.html"
    part = "web/accounts/users_rows.html"
    name = "users"
    leads = ("web:user", "username")
    filterset_class = UserFilter
    ordering = ("username",)
    choosing = {
        "search": lazy("User name or e-mail"),
        "role": lazy("Role"),
        "organisation": lazy("Organisation"),
        "is_active": lazy("May sign in"),
        "idle": lazy("Signed in lately"),
    }
    headings = {
        "username": lazy("User name"),
        "role": lazy("Role"),
        "read_only": lazy("May read only"),
        "signatory": lazy("Signatory"),
        "districts": lazy("Districts"),
        "organisation": lazy("Organisation"),
        "email": lazy("E-mail"),
        "language": lazy("Language"),
        "is_active": lazy("May sign in"),
        "last_login": lazy("Last signed in"),
        "created_at": lazy("Created"),
    }

    def rows(self) -> QuerySet[User]:
        return selectors.users(self.actor)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        yes, no = ("true", _("yes")), ("false", _("no"))
        return {
            "organisation": choices_of(selectors.organisations(self.actor).order_by("code")),
            "is_active": [yes, no],
            "idle": [("false", _("yes")), ("true", _("no"))],
        }

    def cells(self, row: User) -> Mapping[str, Any]:
        return {
            **{name: getattr(row, name) for name in self.headings},
            "role": row.get_role_display(),
            "organisation": row.organisation.code,
            "districts": [label(rules.DISTRICT, code) for code in row.districts],
        }


class NewUser(Page):
    """A new user; ``?organisation=`` says for whom."""

    roles = {"GET": "admin", "POST": "admin"}
    template = "web/accounts/user.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {"role": User.Role.PARTNER, "organisation": request.GET.get("organisation", "")}
        return self.show(form=NewUserForm(actor=self.actor, initial=given))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewUserForm(request.POST, actor=self.actor)
        if form.do(lambda values: services.create_user(actor=self.actor, **values)):
            name = form.cleaned_data["username"]
            messages.success(request, _("User %(name)s is created. Tell them their password.") % {"name": name})
            return SeeOther(reverse("web:user", args=[name]))
        return self.show(form=form, status=400)


class OneUser(Page):
    """One user."""

    roles = {"GET": "admin", "POST": "admin"}
    template = "web/accounts/user.html"

    def get(self, request: HttpRequest, username: str) -> HttpResponse:
        user = self._user(username)
        return self.show(account=user, factor=factor_of(user), form=UserForm(actor=self.actor, user=user))

    def post(self, request: HttpRequest, username: str) -> HttpResponse:
        user = self._user(username)
        form = UserForm(request.POST, actor=self.actor, user=user)
        if form.do(lambda values: self._change(user, values)):
            messages.success(request, self._said(user, form))
            return SeeOther(request.path)
        return self.show(account=user, factor=factor_of(user), form=form, status=400)

    def _change(self, user: User, values: dict[str, Any]) -> None:
        password = values["password"] or None
        changes = {name: values[name] for name in services.USER_FIELDS}
        keeping = self.request.session.session_key if user.pk == self.actor.pk else None
        changed = services.update_user(actor=self.actor, user=user, password=password, keeping=keeping, **changes)
        if changed.pk == self.actor.pk and password:
            update_session_auth_hash(self.request, changed)

    def _said(self, user: User, form: UserForm) -> str:
        name = {"name": user.username}
        if user.is_active and not form.cleaned_data["is_active"]:
            return _("User %(name)s may not sign in any more, and is signed out everywhere.") % name
        return _("The changes of %(name)s are saved.") % name

    def _user(self, username: str) -> User:
        return self.one(selectors.users(self.actor), username=username)

"""The pages of endpoints: administrators set up all, partners their own webhooks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.accounts.selectors import organisations
from backend.messages.deliveries import selectors as deliveries
from backend.messages.deliveries.web import shown
from backend.messages.endpoints import selectors, services
from backend.messages.endpoints.events import offered
from backend.messages.endpoints.filters import EndpointFilter
from backend.messages.endpoints.models import Endpoint
from backend.web.base import Act, Page, SeeOther
from backend.web.forms import Checks, Form, OneField
from backend.web.lists import ListPage, choices_of
from backend.web.navigation import SETUP, register

KEEPERS = "partner admin"
LATEST = 10
HOURS = [(24, lazy("a day")), (72, lazy("three days")), (168, lazy("a week")), (0, lazy("not at all: it is known"))]
register(83, lazy("Endpoints"), "web:endpoints", "signal", KEEPERS, SETUP)


class EndpointForm(Form):
    """What may be changed of an endpoint."""

    name = forms.CharField(label=lazy("Endpoint name"), max_length=100)
    address = forms.CharField(
        label=lazy("Web address"),
        max_length=500,
        help_text=lazy("Begins with https:// and leads to a public address. It is kept sealed."),
    )
    secret = forms.CharField(
        label=lazy("The robot’s secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput,
        help_text=lazy("From the robot’s settings, where signing is switched on; WeCom’s robots have none."),
    )
    events = forms.MultipleChoiceField(label=lazy("Events that it is told of"), required=False, widget=Checks)
    active = forms.BooleanField(label=lazy("Switched on"), required=False, initial=True)

    def __init__(self, *args: Any, endpoint: Endpoint | None = None, **options: Any) -> None:
        if endpoint is not None:
            options["initial"] = {"name": endpoint.name, "events": endpoint.events, "active": endpoint.active}
        super().__init__(*args, **options)
        self.fields["events"].choices = offered()  # type: ignore[attr-defined]
        self.fields["secret"].widget.attrs.update(autocomplete="new-password")
        self.fields["address"].widget.attrs.update(autocomplete="off", spellcheck="false")
        if endpoint is None:
            return
        self.fields["address"].required = False
        self.fields["address"].help_text = lazy("Empty: it stays.")
        self.fields["secret"].help_text = lazy("Empty: it stays.")
        del self.fields["secret" if endpoint.kind == Endpoint.Kind.WEBHOOK else "events"]


class NewEndpointForm(EndpointForm):
    """An endpoint to be; partners have no choice of kind and owner."""

    kind = forms.ChoiceField(label=lazy("Kind"), choices=Endpoint.Kind)
    organisation = OneField(label=lazy("Owner"), required=False, empty_label=lazy("The bureau"))
    field_order = ("kind", "organisation", "name", "address", "secret", "events", "active")

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        if actor.role == User.Role.PARTNER:
            for name in ("kind", "organisation", "secret"):
                del self.fields[name]
        else:
            self.fields["organisation"].queryset = organisations(actor).order_by("code")  # type: ignore[attr-defined]
            self.fields["events"].help_text = lazy("For webhooks alone.")


class Endpoints(ListPage):
    """Endpoints, by number."""

    roles = {"GET": KEEPERS}
    template = "web/mail/endpoints.html"
    part = "web/mail/endpoints_rows.html"
    name = "endpoints"
    leads = ("web:endpoint", "pk")
    filterset_class = EndpointFilter
    ordering = ("id",)
    headings = {
        "name": lazy("Endpoint name"),
        "kind": lazy("Kind"),
        "organisation": lazy("Owner"),
        "shown": lazy("Web address"),
        "events": lazy("Events that it is told of"),
        "active": lazy("Switched on"),
        "created_at": lazy("Created"),
    }

    def rows(self) -> QuerySet[Endpoint]:
        return selectors.endpoints(self.actor)

    @property
    def choosing(self) -> Mapping[str, Any]:  # type: ignore[override]
        """A partner has neither kinds nor owners to choose from."""
        own = {"search": lazy("Endpoint name"), "active": lazy("Switched on")}
        staff = {"kind": lazy("Kind"), "organisation": lazy("Owner")}
        return {**own, **(staff if self.actor.sees_everything else {})}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        found: dict[str, Sequence[tuple[str, Any]]] = {"active": [("true", _("yes")), ("false", _("no"))]}
        if self.actor.sees_everything:
            found["organisation"] = choices_of(organisations(self.actor).order_by("code"))
        return found

    def more(self) -> Mapping[str, Any]:
        return {"may_write": NewEndpoint.admits(self.actor)}

    def cells(self, row: Endpoint) -> Mapping[str, Any]:
        return {
            **{name: getattr(row, name) for name in self.headings},
            "kind": row.get_kind_display(),
            "organisation": row.organisation.code,
            "events": ", ".join(row.events),
        }


class NewEndpoint(Page):
    """A new endpoint; a webhook's secret is shown on the page that follows, and nowhere after."""

    roles = {"GET": KEEPERS, "POST": KEEPERS}
    template = "web/mail/endpoint_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.admits(self.actor):
            return SeeOther(reverse("web:endpoints"))
        return self.show(form=NewEndpointForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, made = NewEndpointForm(request.POST, actor=self.actor), []

        def create(values: dict[str, Any]) -> None:
            given = {"kind": Endpoint.Kind.WEBHOOK, **values}
            made.append(services.create_endpoint(actor=self.actor, **given))

        if not form.do(create):
            return self.show(form=form, status=400)
        [(endpoint, secret)] = made
        if secret:
            return self.show("web/mail/endpoint_secret.html", endpoint=endpoint, secret=secret)
        messages.success(request, _("%(name)s is set up.") % {"name": endpoint.name})
        return SeeOther(reverse("web:endpoint", args=[endpoint.pk]))


class OneEndpoint(Page):
    """One endpoint, with what was sent there lately."""

    roles = {"GET": KEEPERS, "POST": KEEPERS}
    template = "web/mail/endpoint.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        endpoint = self.one(selectors.endpoints(self.actor), pk=id)
        return self._shown(endpoint, EndpointForm(endpoint=endpoint))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        endpoint = self.one(selectors.endpoints(self.actor), pk=id)
        form = EndpointForm(request.POST, endpoint=endpoint)
        if form.do(lambda values: services.update_endpoint(actor=self.actor, endpoint=endpoint, **values)):
            messages.success(request, _("The changes of %(name)s are saved.") % {"name": form.cleaned_data["name"]})
            return SeeOther(request.path)
        return self._shown(endpoint, form, 400)

    def _shown(self, endpoint: Endpoint, form: EndpointForm, status: int = 200) -> HttpResponse:
        mine = deliveries.deliveries(self.actor).filter(channel=endpoint.kind, recipient=str(endpoint.pk))
        latest = shown(list(mine.defer("text", "html").order_by("-pk")[:LATEST]))
        may_write = self.admits(self.actor)
        return self.show(status=status, endpoint=endpoint, form=form, latest=latest, may_write=may_write, hours=HOURS)


class Rotate(Page):
    """A new secret, shown on the page that answers and nowhere after."""

    roles = {"POST": KEEPERS}
    template = "web/mail/endpoint_secret.html"

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        endpoint = self.one(selectors.endpoints(self.actor), pk=id)
        given = request.POST.get("hours", "")
        hours = int(given) if given.isdecimal() else services.ROTATION_HOURS
        secret = services.rotate_secret(actor=self.actor, endpoint=endpoint, hours=hours)
        endpoint.refresh_from_db()
        return self.show(endpoint=endpoint, secret=secret)


class Test(Act):
    """Sends a test message."""

    roles = {"POST": KEEPERS}

    def act(self, id: int) -> str:
        services.send_test(actor=self.actor, endpoint=self.one(selectors.endpoints(self.actor), pk=id))
        return _("A test message is on its way; what comes of it is seen below.")

    def leads_to(self, id: int) -> str:
        return reverse("web:endpoint", args=[id])


urlpatterns = [
    path("endpoints/", Endpoints.as_view(), name="endpoints"),
    path("endpoints/new/", NewEndpoint.as_view(), name="endpoint-new"),
    path("endpoints/<int:id>/", OneEndpoint.as_view(), name="endpoint"),
    path("endpoints/<int:id>/rotate/", Rotate.as_view(), name="endpoint-rotate"),
    path("endpoints/<int:id>/test/", Test.as_view(), name="endpoint-test"),
]

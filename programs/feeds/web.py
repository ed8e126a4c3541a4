"""The calendar at its secret address, and the pages where the address is made, copied once, and revoked."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views import View

from backend import throttles
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit import context
from backend.problems import NotFound, Problem
from backend.web.base import Act, Page, bare_page
from backend.web.forms import Form, OneField
from backend.web.lists import ListPage
from backend.web.navigation import SETUP, register
from programs.feeds import selectors, services
from programs.feeds.calendars import calendar_of
from programs.feeds.filters import FeedFilter
from programs.feeds.models import CalendarFeed

register(60, lazy("Calendar address"), "web:calendar-feed", "calendar", "partner", SETUP)
register(84, lazy("Calendar addresses"), "web:calendar-feeds", "calendar", "admin", SETUP)


def address_limit() -> throttles.Limit:
    """How many calendars may be asked for from one address, whether there are any or not."""
    return throttles.Limit("calendar-feed", settings.FEEDS_PER_ADDRESS, settings.FEED_SECONDS)


class Calendar(View):
    """An organisation's due days for whoever knows the address; no login is needed, and none is looked at."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        try:
            throttles.take((address_limit(), context.current().address or ""))
            feed = selectors.by_secret(secret)
            if feed is None:
                raise NotFound
        except Problem as problem:
            return bare_page(problem, request)
        with scope.within(feed.organisation_id):
            services.publish_days(organisation_id=feed.organisation_id)
        # As the system: a period that its organisation is covered by no more still has to be told as cancelled.
        with scope.everything():
            written = calendar_of(feed.organisation, feed.language)
        etag = f'"{hashlib.sha256(written).hexdigest()}"'
        response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="shugu.ics"'
        response["ETag"] = etag
        # Kept by whoever reads it and asked about every time, so that a revoked address is at its end at once.
        response["Cache-Control"] = "private, no-cache"
        response["Referrer-Policy"] = "no-referrer"
        return get_conditional_response(request, etag=etag, response=response)  # type: ignore[return-value]


class LanguageForm(Form):
    """In which language the calendar is written."""

    language = forms.ChoiceField(label=lazy("Language"), choices=User.Language.choices)


class OwnFeed(Page):
    """A partner's own calendar: makes its address and shows it this once."""

    roles = {"GET": "partner", "POST": "partner"}
    template = "feeds/feed.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(LanguageForm(initial={"language": self.actor.language}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, made = LanguageForm(request.POST), []
        organisation = self.one(selectors.partners(self.actor), pk=self.actor.organisation_id)
        if not form.do(
            lambda values: made.append(services.make_feed(actor=self.actor, organisation=organisation, **values))
        ):
            return self._shown(form, status=400)
        return self._shown(LanguageForm(initial=form.cleaned_data), address=made[0].address)

    def _shown(self, form: LanguageForm, *, address: str = "", status: int = 200) -> HttpResponse:
        live = selectors.live_feed(self.actor)
        earlier = selectors.feeds(self.actor).exclude(revoked_at=None).order_by("-pk")[:5]
        may = self.admits(self.actor)
        return self.show(form=form, live=live, earlier=earlier, address=address, may_write=may, status=status)


class AnyFeedForm(LanguageForm):
    """For whom an address is made, and in which language."""

    organisation = OneField(label=lazy("Organisation"))
    field_order = ("organisation", "language")

    def __init__(self, actor: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = selectors.partners(actor).order_by("code")  # type: ignore[attr-defined]


class Feeds(ListPage):
    """Every partner's address, for an administrator who makes a new one or revokes it; the latest first."""

    roles = {"GET": "admin", "POST": "admin"}
    template = "feeds/feeds.html"
    part = "feeds/feeds_rows.html"
    name = "calendar-feeds"
    filterset_class = FeedFilter
    ordering = ("-id",)
    choosing = {"organisation": lazy("Organisation"), "live": lazy("State")}
    headings = {
        "organisation": lazy("Organisation"),
        "language": lazy("Language"),
        "made_at": lazy("Made at"),
        "revoked_at": lazy("Revoked at"),
    }
    _form: AnyFeedForm | None = None
    _address = ""

    def rows(self) -> QuerySet[CalendarFeed]:
        return selectors.feeds(self.actor)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"live": [("true", _("in force")), ("false", _("revoked"))]}

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: getattr(row, name) for name in self.headings} | {"organisation": row.organisation.code}

    def more(self) -> Mapping[str, Any]:
        return {"form": self._form or AnyFeedForm(self.actor), "address": self._address}

    def post(self, request: HttpRequest) -> HttpResponse:
        form, made = AnyFeedForm(self.actor, request.POST), []
        if form.do(lambda values: made.append(services.make_feed(actor=self.actor, **values))):
            self._address = made[0].address
        else:
            self._form = form
        response = self.get(request)
        response.status_code = 200 if made else 400
        return response


class Revoke(Act):
    """Lets an address open nothing any more."""

    roles = {"POST": "partner admin"}

    def act(self, id: int) -> str:
        services.revoke_feed(actor=self.actor, feed=self.one(selectors.feeds(self.actor), pk=id))
        return _("The address is revoked: it opens nothing any more.")

    def leads_to(self, id: int) -> str:
        return reverse("web:calendar-feeds" if self.actor.role == User.Role.ADMIN else "web:calendar-feed")


urlpatterns = [
    path("calendar/<str:secret>.ics", Calendar.as_view(), name="calendar"),
    path("calendar-feed/", OwnFeed.as_view(), name="calendar-feed"),
    path("calendar-feeds/", Feeds.as_view(), name="calendar-feeds"),
    path("calendar-feeds/<int:id>/revoke/", Revoke.as_view(), name="calendar-feed-revoke"),
]

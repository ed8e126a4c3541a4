"""The pages of campaigns: the list, and one with its funnel."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.lists import ListPage
from programs.catalogue import selectors as catalogue
from programs.desks.recruitment import drawing, words
from programs.desks.recruitment.forms import CampaignForm
from programs.recruitment import campaigns, figures, selectors
from programs.recruitment.budgets import spent
from programs.recruitment.filters import CampaignFilter
from programs.recruitment.labels import labels_of
from programs.recruitment.models import Campaign


class Campaigns(ListPage):
    """Campaigns, the latest first; partners see those that they take part in."""

    roles = {"GET": EVERYONE}
    template = "desks/recruitment/campaigns.html"
    part = "desks/recruitment/campaigns_rows.html"
    name = "campaigns"
    leads = ("web:campaign", "programme.code")
    filterset_class = CampaignFilter
    choosing = {"q": lazy("Code, name or venue"), "kind": lazy("Kind"), "on": lazy("Held on")}
    ordering = ("-starts_on", "-id")
    headings = {
        "code": lazy("Code"),
        "name_zh": lazy("Chinese name"),
        "name_en": lazy("English name"),
        "kind": lazy("Kind"),
        "place": lazy("Venue"),
        "starts_on": lazy("Held from"),
        "ends_on": lazy("Held until"),
        "partners": lazy("Organisations that take part"),
        "sourced": lazy("Candidates"),
        "arrived": lazy("Arrived"),
        "verified": lazy("Verified"),
    }

    def rows(self) -> QuerySet[Campaign]:
        return selectors.campaigns(self.actor)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        codes = [row.programme.code for row in rows]
        own = selectors.candidates(self.actor).filter(campaign__code__in=codes)
        found = {one.key: one for one in figures.funnel(own, clock.today(), "campaign")}
        for row in rows:
            row.members = list(row.programme.organisations.all())
            row.funnel = found.get(row.programme.code)
        return rows

    def cells(self, row: Any) -> Mapping[str, Any]:
        programme = row.programme
        return {
            **{name: getattr(row, name) for name in ("place", "starts_on", "ends_on")},
            **{name: getattr(programme, name) for name in ("code", "name_zh", "name_en")},
            "kind": row.get_kind_display(),
            "partners": [one.code for one in row.members],
            **{name: getattr(row.funnel, name) if row.funnel else 0 for name in ("sourced", "arrived", "verified")},
        }

    def more(self) -> Mapping[str, Any]:
        return {"tabs": words.tabs(self.actor, "web:campaigns"), "may_create": NewCampaign.admits(self.actor)}


class NewCampaign(Page):
    """A campaign to be described."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "desks/recruitment/campaign.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=CampaignForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CampaignForm(request.POST, actor=self.actor)
        made: list[Campaign] = []
        if form.do(lambda values: made.append(campaigns.describe_campaign(actor=self.actor, **values))):
            code = made[0].programme.code
            messages.success(request, _("Campaign %(code)s is described.") % {"code": code})
            return SeeOther(reverse("web:campaign", args=[code]))
        return self.show(form=form, status=400)


class OneCampaign(Page):
    """One campaign: what it is, who takes part, how far its candidates came, and what an arrival has cost."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    template = "desks/recruitment/campaign.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        campaign = self._campaign(code)
        form = CampaignForm(actor=self.actor, campaign=campaign) if self.admits(self.actor) else None
        return self._shown(campaign, form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        campaign = self._campaign(code)
        form = CampaignForm(request.POST, actor=self.actor, campaign=campaign)
        change = campaigns.change_campaign
        if form.do(lambda values: change(actor=self.actor, campaign=campaign, **values)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(request.path)
        return self._shown(self._campaign(code), form, status=400)

    def _campaign(self, code: str) -> Campaign:
        found: Campaign = self.one(selectors.campaigns(self.actor), programme__code=code)
        return found

    def _shown(self, campaign: Campaign, form: CampaignForm | None, status: int = 200) -> HttpResponse:
        own, day = selectors.candidates(self.actor).filter(campaign=campaign.programme), clock.today()
        whole = next(iter(figures.funnel(own, day)), None)
        costs = next(iter(figures.yields(own, day, "campaign", spent(self.actor))), None)
        parts = figures.funnel(own, day, "source")
        names = labels_of("source", [one.key for one in parts])
        return self.show(
            campaign=campaign,
            programme=campaign.programme,
            form=form,
            funnel=drawing.steps(whole) if whole else [],
            whole=whole,
            spent=words.yuan(costs.spent) if costs and costs.spent is not None else "",
            cost=words.yuan(costs.cost_per_arrival) if costs else "",
            sources=[{"label": names[one.key], "of": one} for one in parts],
            budget=[
                {"line": line, "planned": words.yuan(line.planned_fen), "spent": words.yuan(line.spent_fen)}
                for line in catalogue.budget_lines(self.actor).filter(programme=campaign.programme).order_by("pk")
            ],
            works=self.actor.role in words.USERS,
            status=status,
        )

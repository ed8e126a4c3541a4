"""Pages on which a list is handed in, and read with what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import Page, SeeOther, is_partial
from backend.web.forms import Form
from backend.web.lists import ListPage
from programs.checklists import selectors, services
from programs.checklists.filters import CheckListFilter, narrowed
from programs.checklists.models import CheckList
from programs.checklists.reasons import WORDS
from programs.checklists.showing import HEADINGS, flat, refusal, told
from programs.desks.manager import naming
from programs.roster.selectors import target_names

ASKERS = "partner officer"
CASES = (("true", lazy("Counts")), ("false", lazy("Does not count")))


class HandInForm(Form):
    """A file with a name and a number in each row."""

    file = forms.FileField(label=lazy("File"), allow_empty_file=True)


class CheckLists(ListPage):
    """Lists that were handed in, and the form for another."""

    roles = {"GET": ASKERS, "POST": ASKERS}
    reading = True
    template = "desks/people/check_lists.html"
    name = "check-lists"
    leads = ("web:check-list", "pk")
    ordering = ("-id",)
    headings = {
        "id": lazy("No."),
        "file_name": lazy("List"),
        "asked_at": lazy("Handed in at"),
        "asked_by": lazy("Handed in by"),
        "rows": lazy("Rows"),
        "counted": lazy("Count"),
        "not_counted": lazy("Do not count"),
        "done_at": lazy("Done at"),
    }
    form: HandInForm | None = None

    def rows(self) -> QuerySet[CheckList]:
        return selectors.check_lists(self.actor)

    def cells(self, row: CheckList) -> Mapping[str, Any]:
        own = {"id": row.pk, "asked_by": row.asked_by.username}
        return {name: own[name] if name in own else getattr(row, name) for name in self.headings}

    def more(self) -> Mapping[str, Any]:
        return {
            "form": self.form or HandInForm(),
            "most_rows": settings.CHECK_LIST_ROWS,
            "megabytes": settings.UPLOAD_BYTES // services.MEGABYTE,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = HandInForm(request.POST, request.FILES)
        made: list[CheckList] = []
        if self.form.do(lambda values: made.append(services.hand_in(actor=self.actor, file=values["file"]))):
            return SeeOther(reverse("web:check-list", args=[made[0].pk]))
        response = self.get(request)
        response.status_code = 400
        return response


class OneCheckList(Page):
    """One list: how far it is, then how many of its people count."""

    roles = {"GET": ASKERS}
    template = "desks/people/check_list.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        check_list = self.one(selectors.check_lists(self.actor), pk=id)
        if check_list.result_id is not None and not is_partial(request):
            return SeeOther(reverse("web:check-list-result", args=[check_list.pk]))
        response = self.show(
            "desks/people/check_list_part.html" if is_partial(request) else "",
            check_list=check_list,
            refusal=refusal(check_list),
            failed=check_list.job is not None and check_list.job.state == "failed",
        )
        if check_list.result_id is not None:
            response["HX-Redirect"] = reverse("web:check-list-result", args=[check_list.pk])
        return response


class Result(ListPage):
    """What came of each line."""

    roles = {"GET": ASKERS}
    template = "desks/people/check_list_result.html"
    part = "desks/people/check_list_rows.html"
    name = "check-list"
    leads = ("", "url")
    filterset_class = CheckListFilter
    choosing = {"counted": lazy("Counts"), "why": lazy("Why not")}
    headings = HEADINGS

    def rows(self) -> list[dict[str, Any]]:
        self.check_list = self.one(selectors.check_lists(self.actor), pk=self.kwargs["id"])
        return services.result(self.check_list)

    def narrowed(self, rows: Any) -> Any:
        return narrowed(super().narrowed(rows), self.request.GET)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        called = target_names()
        organisations: Mapping[str, str] = {}
        if self.actor.sees_everything:
            codes = {one["organisation"] for row in rows for one in row["targets"] if one["organisation"]}
            organisations = naming.organisations(self.actor, codes)
        found = list(told(rows, self.actor))
        for row in found:
            row["url"] = reverse("web:person", args=[row["person"]]) if row["person"] else ""
            submission, _slash, at = row["where"].partition("/")
            row["where_url"] = reverse("web:submission", args=[submission]) if submission else ""
            row["where_row"] = at
            # Where every target says the same, it is said once.
            row["alike"] = not row["counted"] and len({tuple(one["why"]) for one in row["targets"]}) <= 1
            for one in row["targets"]:
                one["label"] = called.get(one["target"], one["target"])
                one["credited"] = organisations.get(one["organisation"], "") if self.actor.sees_everything else ""
        return found

    def cells(self, row: Any) -> Mapping[str, Any]:
        return flat(row)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"counted": CASES, "why": [(str(code), label) for code, label in WORDS.items()]}

    def more(self) -> Mapping[str, Any]:
        return {"check_list": self.check_list}

"""Splitting a person again who had been merged: what it says of the merges, and the button for officers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import Page, SeeOther
from backend.web.forms import Form
from talent.people import merging, selectors


class SplitForm(Form):
    """Why two are two after all."""

    reason = forms.CharField(
        label=lazy("Why are they two people?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=lazy("Kept with the merge and on the audit trail. Both are counted by themselves again."),
    )
    merge = forms.IntegerField(widget=forms.HiddenInput)


def told(merges: Sequence[Mapping[str, Any]], *, splitting: bool) -> list[dict[str, Any]]:
    """A person's merges for their page, each that stands with the form by which it is split, where that is offered."""
    return [
        {
            **one,
            "pair_url": reverse("web:match", args=[one["match"]]) if splitting else "",
            "form": SplitForm(initial={"merge": one["id"]}, auto_id=f"split_{one['id']}_%s")
            if splitting and one["split_at"] is None
            else None,
        }
        for one in merges
    ]


class Split(Page):
    """Takes a merge back, with a reason; leads to the pair, which waits for another answer."""

    roles = {"GET": "officer", "POST": "officer"}

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return SeeOther(reverse("web:person", args=[id]))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        self.one(selectors.rows(self.actor), pk=id)
        form = SplitForm(request.POST)
        taken_back: list[Any] = []

        def split(values: dict[str, Any]) -> None:
            taken_back.append(
                merging.split_person(person_id=id, reason=values["reason"], actor=self.actor, merge_id=values["merge"])
            )

        with transaction.atomic():
            done = form.do(split)
        if not done:
            for wrong in form.errors.values():
                messages.error(request, " ".join(map(str, wrong)))
            return SeeOther(reverse("web:person", args=[id]))
        messages.success(request, _("They are two people again. The pair waits for another answer."))
        return SeeOther(reverse("web:match", args=[taken_back[0].case_id]))

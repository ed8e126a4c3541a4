"""What a checked submission would change of what stands: a list of amendments, each column old and new."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.scope import refuse_bound
from backend.reference import selectors as reference
from backend.web.lists import Label, ListPage
from programs.intake.answers import language
from programs.intake.columns import layout_of
from programs.intake.layout import CODE
from programs.records.models import Outcome
from programs.submissions import selectors
from programs.submissions.models import Submission

CODED = ("education", "degree", "title", "district", "occupation", "segment")


class Changes(ListPage):
    """The amendments among the rows of a checked submission, in the file's order."""

    roles = {"GET": "partner officer"}
    template = "desks/partner/changes.html"
    part = "desks/partner/changes_rows.html"
    name = "changes"
    page_size = 30
    headings: ClassVar[Mapping[str, Label]] = {
        "row": lazy("Row"),
        "partner_ref": lazy("Partner reference"),
        "record": lazy("Record"),
        "changes": lazy("Changes"),
    }
    submission: Submission

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        self.submission = self.one(selectors.with_practice(self.actor), pk=id)
        refuse_bound(self.actor)
        return super().get(request)

    def rows(self) -> Any:
        # The engine is heavy: a web process that never compares does not load it.
        from programs.intake.changes import amending

        return amending(self.submission)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        from programs.intake.changes import presented
        from programs.intake.templates.lists import listed

        chinese = not language().startswith("en")
        columns = layout_of(self.submission.template).columns
        names = {column.code: column.label(chinese) for column in columns}
        labels: dict[str, Mapping[str, str]] = {code: reference.labels(code) for code in CODED}
        labels |= {column.code: dict(listed(column)) for column in columns if column.kind == CODE}
        labels["outcome"] = {value: str(label) for value, label in Outcome.choices}

        def told(column: str, value: Any) -> str:
            return "" if value is None else labels.get(column, {}).get(str(value), str(value))

        return [
            one
            | {
                "changes": [
                    change
                    | {
                        "label": names[change["column"]],
                        "old": told(change["column"], change["old"]),
                        "new": told(change["column"], change["new"]),
                    }
                    for change in one["changes"]
                ]
            }
            for one in presented(rows)
        ]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        said = [f"{one['label']}: {one['old']} → {one['new']}" for one in row["changes"]]
        return {**row, "changes": "\n".join(said)}

    def more(self) -> Mapping[str, Any]:
        return {"submission": self.submission}

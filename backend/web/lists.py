"""Pages that are lists: filtered by the address, in keyset pages, and downloadable whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import Promise

from backend.lists import keyset, tables
from backend.lists.filters import StrictFilterSet, filtered, refuse_unknown
from backend.problems import Invalid
from backend.web.base import Page, is_partial
from backend.web.templatetags.web import named

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
BATCH = 2000
Label = str | Promise


@dataclass(frozen=True, slots=True)
class Choosing:
    """One filter as the page shows it: a select where there are ``choices``, else a field of ``kind``."""

    name: str
    label: Label
    kind: str
    values: Sequence[str]
    choices: Sequence[tuple[str, Label]] = field(default=())

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


class ListPage(Page):
    """A list.

    ``choosing`` names the filters of ``filterset_class`` that the page offers, with their labels; the address may use
    the others as well. ``part`` is the template of the table alone, which htmx puts in place when a filter changes.
    ``mark`` is what its cursors bear where they are another page's too.
    ``headings`` are the columns of a download, whose rows ``cells`` gives; a list without them is not downloaded.
    """

    roles: ClassVar[Mapping[str, str]] = {}
    part: ClassVar[str] = ""
    name: ClassVar[str] = "list"
    mark: ClassVar[str] = ""
    filterset_class: ClassVar[type[StrictFilterSet] | None] = None
    choosing: ClassVar[Mapping[str, Label]] = {}
    parameters: ClassVar[Sequence[str]] = ()
    ordering: ClassVar[Sequence[str]] = ()
    headings: ClassVar[Mapping[str, Label]] = {}
    page_size: ClassVar[int] = keyset.DEFAULT_LIMIT

    def rows(self) -> Any:
        """The rows that the actor may see: a queryset, or a computed list."""
        raise NotImplementedError

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        """A batch of rows as the template and ``cells`` take them: what only a batch can get cheaply is added here."""
        return rows

    def cells(self, row: Any) -> Mapping[str, Any]:
        """One presented row of a download, by the names of ``headings``."""
        raise NotImplementedError

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        """By filter, what may be chosen, where the filter itself does not say."""
        return {}

    def more(self) -> Mapping[str, Any]:
        """What the template needs besides the list."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = self.narrowed(self.rows())
        form = request.GET.get("format", "")
        if form:
            return self.download(rows, form)
        page = keyset.page(
            rows,
            name=self.mark or type(self).__name__,
            ordering=self.ordering,
            limit=keyset.limit_of(request.GET["limit"]) if "limit" in request.GET else self.page_size,
            cursor=request.GET.get("cursor", ""),
        )
        partial = bool(self.part) and is_partial(request)
        # Whoever filters needs the downloads to follow; whoever only wants the table again may have none beside it.
        filters = partial and request.headers.get("HX-Trigger") == "filters"
        return self.show(
            "web/components/part.html" if filters else self.part if partial else self.template,
            partial=partial,
            rows=self.present(page.rows),
            page=page,
            choosing=self.offered(),
            chosen=self.chosen(),
            downloads=self.downloadable(),
            part=self.part,
            **self.more(),
        )

    def downloadable(self) -> bool:
        """Whether the list may be downloaded from the address that is shown."""
        return bool(self.headings)

    def narrowed(self, rows: Any) -> Any:
        """``rows`` by the filters of the address. Raises Problem for an unknown name or an unreadable value."""
        known = [*self.parameters, *(self.filterset_class.names() if self.filterset_class else ())]
        refuse_unknown(self.request.GET, known)
        if self.filterset_class is None or not isinstance(rows, QuerySet):
            return rows
        # A field that was left empty chooses nothing, also where several may be chosen.
        given = QueryDict(mutable=True)
        for name, values in self.chosen().items():
            given.setlist(name, values)
        return filtered(self.filterset_class, given, rows, self.request)

    def chosen(self) -> dict[str, list[str]]:
        """What the address chooses, without the page's own names."""
        given = {name: [one for one in self.request.GET.getlist(name) if one] for name in self.request.GET}
        return {name: values for name, values in given.items() if values and name not in keyset.PARAMETERS}

    def offered(self) -> list[Choosing]:
        """The filters as the page shows them."""
        given, own = self.chosen(), self.choices()
        fields = self.filterset_class.base_filters if self.filterset_class else {}
        found = []
        for name, label in self.choosing.items():
            choices = own.get(name)
            known = fields.get(name)
            if choices is None and known is not None and known.extra.get("choices"):
                choices = [(str(value), text) for value, text in known.extra["choices"]]
            kind = {"DateFilter": "date", "NumberFilter": "number"}.get(type(known).__name__, "text")
            found.append(Choosing(name, label, kind, given.get(name, []), choices or ()))
        return found

    def download(self, rows: Any, form: str) -> HttpResponse:
        """The whole filtered list as a file, complete before the answer begins: the scope ends with the transaction."""
        if form not in TYPES or not self.headings:
            raise Invalid([("format", "invalid", "format: csv, xlsx")])
        keys = list(self.headings)
        names = [str(self.headings[key]) for key in keys]
        if isinstance(rows, QuerySet):
            rows = rows.order_by(*keyset.total_ordering(rows, self.ordering))
        batches = (
            [dict(zip(names, (row[key] for key in keys), strict=True)) for row in map(self.cells, self.present(batch))]
            for batch in _batches(rows)
        )
        file = tables.write(form, names, batches)
        stamp = f"{self.name}-{timezone.localdate():%Y%m%d}.{form}"
        return FileResponse(file, as_attachment=True, filename=stamp, content_type=TYPES[form])  # type: ignore[return-value]


def choices_of(rows: Iterable[Any]) -> list[tuple[str, Label]]:
    """Rows that have a code and names, as a filter offers them."""
    return [(row.code, named(row)) for row in rows]


def _batches(rows: Any) -> Iterable[list[Any]]:
    source = iter(rows.iterator(chunk_size=BATCH) if isinstance(rows, QuerySet) else rows)
    while batch := [row for row, _place in zip(source, range(BATCH), strict=False)]:
        yield batch

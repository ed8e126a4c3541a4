"""Pages that are lists: filtered by the address, in keyset pages, and downloadable whole."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from backend.lists import columns, keyset, tables
from backend.lists.filters import StrictFilterSet, filtered, refuse_unknown, refuse_unreadable
from backend.problems import Invalid, Problem
from backend.web.base import Page, SeeOther, is_partial
from backend.web.templatetags.web import day, moment, named

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
    ``mark`` is what its cursors bear where they are another page's too, ``kept_as`` the address by whose name its views
    are kept, where that is not its own.
    ``headings`` are the columns of a download, whose rows ``cells`` gives; a list without them is not downloaded.

    Where the address names ``columns``, these stand in the download and, in a plain table, on the page: ``leads`` says
    where such a row's first cell leads, as a page's name and where the row has its argument (``obligation.pk``), or
    the address itself, where there is no name. ``ticks`` is the template of a cell before it. Where the part holds more
    than the list, ``plain`` is off, and the part shows that table by itself.
    Filters and columns may be kept under a name (``backend.saved_views``).
    """

    roles: ClassVar[Mapping[str, str]] = {}
    part: ClassVar[str] = ""
    name: ClassVar[str] = "list"
    mark: ClassVar[str] = ""
    kept_as: ClassVar[str] = ""
    filterset_class: ClassVar[type[StrictFilterSet] | None] = None
    choosing: ClassVar[Mapping[str, Label]] = {}
    parameters: ClassVar[Sequence[str]] = ()
    ordering: ClassVar[Sequence[str]] = ()
    headings: ClassVar[Mapping[str, Label]] = {}
    leads: ClassVar[tuple[str, str] | None] = None
    ticks: ClassVar[str] = ""
    plain: ClassVar[bool] = True
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
        if not request.GET and request.method != "POST" and not is_partial(request):
            default = self._default()
            if default:
                return SeeOther(f"{request.path}?{default}")
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
        part = "web/components/plain.html" if self.chosen_columns and self.part and self.plain else self.part
        shown = self.present(page.rows)
        return self.show(
            "web/components/part.html" if filters else part if partial else self.template,
            partial=partial,
            rows=shown,
            page=page,
            choosing=self.offered(),
            chosen=self.chosen(),
            downloads=self.downloadable(),
            part=part,
            chosen_columns=[self.headings[name] for name in self.chosen_columns],
            plain_rows=[self.plain_row(row) for row in shown] if self.chosen_columns else [],
            offers_columns=[(name, label, name in self.chosen_columns) for name, label in self.headings.items()],
            ticks=self.ticks,
            keeping=self.keeping,
            **self.more(),
        )

    def downloadable(self) -> bool:
        """Whether the list may be downloaded from the address that is shown."""
        return bool(self.headings)

    def narrowed(self, rows: Any) -> Any:
        """``rows`` by the filters of the address. Raises Problem for an unknown name or an unreadable value."""
        self._refuse_unknown()
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

    @cached_property
    def chosen_columns(self) -> list[str]:
        """The columns that the address names, in its order; none: as the list has them. Raises Invalid."""
        return columns.chosen(self.request.GET.getlist("columns"), list(self.headings))

    def plain_row(self, row: Any) -> dict[str, Any]:
        """A presented row as the plain table of chosen columns shows it."""
        cells = self.cells(row)
        return {
            "row": row,
            "url": self._led(row),
            "cells": [
                {"label": self.headings[name], "text": plain_text(cells[name]), "figure": _is_figure(cells[name])}
                for name in self.chosen_columns
            ],
        }

    def _led(self, row: Any) -> str:
        name, path = self.leads or ("", "")
        found = _at(row, path) if path else ""
        return reverse(name, args=[found]) if name and found not in (None, "") else str(found or "")

    def address(self) -> str:
        """What the address chooses, filters and columns, as a saved view keeps it.

        Raises:
            Problem: 400 for a name that the list does not know, or a value that it cannot read.
        """
        self._refuse_unknown()
        kept = self._kept()
        if self.filterset_class is not None:
            refuse_unreadable(self.filterset_class, kept, self.request)
        return kept.urlencode()

    @cached_property
    def views(self) -> list[Any]:
        """The saved views of this list that the actor may use (``backend.saved_views.selectors.Shown``)."""
        return list(import_string(settings.SAVED_VIEWS)(self.actor, self.list_name)) if self.list_name else []

    @property
    def list_name(self) -> str:
        """By which name saved views belong to this list: its page's among the addresses."""
        match = getattr(self.request, "resolver_match", None)
        return self.kept_as or (match.url_name if match and match.url_name else "")

    @classmethod
    def readable(cls, actor: Any, query: str) -> str:
        """An address's ``query`` as ``actor`` would have this list keep it.

        Raises:
            Problem: 400 for a name that the list does not know, or a value that it cannot read.
        """
        request = HttpRequest()
        request.method, request.user, request.GET = "GET", actor, QueryDict(query.removeprefix("?"))
        page = cls()
        Page.setup(page, request)
        return page.address()

    def _default(self) -> str:
        """What the list opens with for the actor; nothing without such a view, or where it cannot be read any more."""
        query = next((one.query for one in self.views if one.is_default and one.mine), "")
        try:
            return self.readable(self.actor, query) if query else ""
        except Problem:
            return ""

    def keeping(self) -> dict[str, Any]:
        """What the bar of saved views needs: the views, the address they are compared with, and the list's name."""
        query = self._kept().urlencode()
        default = any(one.is_default and one.mine for one in self.views)
        return {
            "list": self.list_name,
            "query": query,
            "views": [{"view": one, "here": one.query == query} for one in self.views],
            # Bare, the address would lead to what the list opens with.
            "cleared": f"{self.request.path}?columns=" if default else self.request.path,
        }

    def _kept(self) -> QueryDict:
        """What the address chooses, blanks and what is of the moment left out."""
        kept = QueryDict(mutable=True)
        for name, values in self.request.GET.lists():
            given = [value for value in values if value]
            if given and name not in keyset.PARAMETERS:
                kept.setlist(name, given)
        if self.chosen_columns:
            kept["columns"] = ",".join(self.chosen_columns)
        return kept

    def _refuse_unknown(self) -> None:
        known = [*self.parameters, *(self.filterset_class.names() if self.filterset_class else ())]
        refuse_unknown(self.request.GET, known)

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
        keys = self.chosen_columns or list(self.headings)
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


def page_of(name: str) -> type[ListPage] | None:
    """The list whose page has this name among the addresses (``records``); none where no list is called so."""
    return every_list().get(name)


@cache
def every_list() -> dict[str, type[ListPage]]:
    """The lists by their pages' names among the addresses."""
    return {
        one.name: one.callback.view_class  # type: ignore[attr-defined]  # what as_view() gives bears its class
        for one in _each(get_resolver().url_patterns)
        if one.name and issubclass(getattr(one.callback, "view_class", object), ListPage)
    }


def _each(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _each(one.url_patterns)
        else:
            yield one


def plain_text(value: Any) -> str:
    """A cell of a download as a page says it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return str(value)


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _at(row: Any, path: str) -> Any:
    """What a row, a mapping or a model, has at ``path``."""
    for part in path.split("."):
        row = row[part] if isinstance(row, Mapping) else getattr(row, part)
    return row


def choices_of(rows: Iterable[Any]) -> list[tuple[str, Label]]:
    """Rows that have a code and names, as a filter offers them."""
    return [(row.code, named(row)) for row in rows]


def _batches(rows: Any) -> Iterable[list[Any]]:
    source = iter(rows.iterator(chunk_size=BATCH) if isinstance(rows, QuerySet) else rows)
    while batch := [row for row, _place in zip(source, range(BATCH), strict=False)]:
        yield batch

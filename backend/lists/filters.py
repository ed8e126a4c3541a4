"""Filters that are never ignored: an unknown name or an unreadable value is a 400 that names it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework.request import Request

from backend.lists.keyset import PARAMETERS
from backend.problems import FieldError, Invalid, Problem


class StrictFilterSet(filters.FilterSet):
    """The one FilterSet of a list, for its API, its downloads and its pages alike."""

    base_filters: dict[str, filters.Filter]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None:
            # Only those that are used are made: a set of twenty filters takes longer to copy than a page to read.
            used = {
                name: one
                for name, one in type(self).base_filters.items()
                if any(n in data for n in _read_by(name, one))
            }
            self.base_filters = used
        super().__init__(data, *args, **kwargs)

    @classmethod
    def names(cls) -> list[str]:
        """Every query name that this set reads; a range reads two."""
        return [read for name, one in cls.base_filters.items() for read in _read_by(name, one)]


def _read_by(name: str, one: filters.Filter) -> list[str]:
    suffixes = getattr(one.field.widget, "suffixes", None)
    return [f"{name}_{suffix}" if suffix else name for suffix in suffixes] if suffixes else [name]


def refuse_unknown(given: Iterable[str], known: Iterable[str], everywhere: Iterable[str] = PARAMETERS) -> None:
    """Refuse names that are not known.

    Raises:
        Problem: 400 ``unknown_parameter``, which names the unknown and lists the known.
    """
    known = list(known)
    unknown = sorted(set(given) - set(known) - set(everywhere))
    if not unknown:
        return
    listed = ", ".join(known) or _("none")
    errors = [
        FieldError(name, "unknown_parameter", _("This list has no filter “%(name)s”.") % {"name": name[:80]})
        for name in unknown
    ]
    detail = _("Filters of this list: %(known)s. Every list takes limit, cursor, count, format and columns.")
    raise Problem(400, "unknown_parameter", detail % {"known": listed}, errors, known=known)


def narrow(
    filterset_class: type[StrictFilterSet],
    values: Mapping[str, Any],
    queryset: QuerySet,
    *,
    request: Request | HttpRequest | None = None,
) -> QuerySet:
    """``queryset`` narrowed by filters that come from a body (``records/decide/``) instead of an address.

    Raises:
        Problem: 400 for a name that the set does not know, or a value that it cannot read.
    """
    if not isinstance(values, Mapping):
        raise Invalid([("filter", "invalid", _("The filter is an object of names and values."))])
    refuse_unknown(values, filterset_class.names(), ())
    data = QueryDict(mutable=True)
    for name, value in values.items():
        if isinstance(value, Mapping):
            raise Invalid([(name, "invalid", _("A filter's value is a plain value."))])
        plain = value if isinstance(value, list) else [value]
        data.setlist(name, [("true" if one else "false") if isinstance(one, bool) else str(one) for one in plain])
    return filtered(filterset_class, data, queryset, request)


def filtered(
    filterset_class: type[StrictFilterSet], data: QueryDict, queryset: QuerySet, request: Request | HttpRequest | None
) -> QuerySet:
    """``queryset`` narrowed by the filters of an address, whose names are known.

    Raises:
        Invalid: a value that the set cannot read.
    """
    filterset = filterset_class(data, queryset=queryset, request=request)
    if not filterset.filters:
        return queryset
    _refuse_unreadable(filterset, data)
    return filterset.qs


def refuse_unreadable(
    filterset_class: type[StrictFilterSet], data: QueryDict, request: Request | HttpRequest | None
) -> None:
    """Refuse values that the filters of an address, whose names are known, cannot read; no row is looked for.

    Raises:
        Invalid: a value that the set cannot read.
    """
    rows = filterset_class._meta.model._default_manager.none()
    _refuse_unreadable(filterset_class(data, queryset=rows, request=request), data)


def _refuse_unreadable(filterset: StrictFilterSet, data: QueryDict) -> None:
    if not filterset.is_valid():
        raise Invalid(
            FieldError(name, error.code or "invalid", " ".join(str(message) for message in error.messages))
            for name, errors in filterset.errors.as_data().items()
            for error in errors
        )
    unread = [
        FieldError(name, "invalid", _("Give true or false."))
        for name, one in filterset.filters.items()
        # Django's own widget takes what is neither for nothing at all, which would pass the filter over.
        if isinstance(one, filters.BooleanFilter)
        and data.get(name, "").strip()
        and filterset.form.cleaned_data[name] is None
    ]
    if unread:
        raise Invalid(unread)

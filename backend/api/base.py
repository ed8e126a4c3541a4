"""The base of every endpoint: who asks, what they may see, in which language, and that a call sent twice acts once.

How to write a list with creation, and a detail (``programmes/``, ``programmes/{code}/``)::

    from backend.api import base
    from backend.api.permissions import EVERYONE, roles
    from backend.api.schema import documented

    class Programmes(base.ListView):
        '''Programmes, by code. Partners see those they take part in.'''
        permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
        name = "programmes"                            # of the downloaded file
        serializer_class = ProgrammeAnswer             # one row: documents it; renders it where there are no columns
        filterset_class = ProgrammeFilter              # a StrictFilterSet
        ordering = ("code",)                           # keyset order; pk is added where it is needed; nulls are handled
        columns = {"code": "code", "parent": "parent__code"}   # optional, fast: name in the answer -> path of the ORM

        def get_queryset(self) -> QuerySet[Programme]:
            return selectors.programmes(self.actor)    # scoped; never Model.objects

        @documented(request=ProgrammeBody, responses={201: ProgrammeAnswer})
        def post(self, request: Request) -> Response:
            programme = services.create_programme(actor=self.actor, **self.read(ProgrammeBody))
            return Response(ProgrammeAnswer(programme).data, status=201)

    class OneProgramme(base.View):
        '''One programme.'''
        permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer"})]

        @documented(responses=ProgrammeAnswer)
        def get(self, request: Request, code: str) -> Response:
            return Response(ProgrammeAnswer(self.one(selectors.programmes(self.actor), code=code)).data)

``columns`` rows need no serializer work; override ``present(rows)`` to add to a batch of rows what only a batch can
get cheaply (unsealed names). ``get_queryset`` may return a ``list`` of dicts for computed lists. In a body, name other
things by code with ``CodeField(selectors.programmes)``. Refuse with ``raise Problem(…)`` from anywhere; wrap inserts in
``problems.unique({"programme_code": _("…")})``. Parameters that are no filter of the queryset: ``parameters = ("by",)``
on a list (read them with ``self.params(ByParameters)``).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api import idempotency, language
from backend.api.exports import download
from backend.api.filters import StrictFilterBackend
from backend.api.models import IdempotencyKey
from backend.api.pagination import KeysetPagination
from backend.api.parsers import JSONParser, MultiPartParser
from backend.api.permissions import roles
from backend.api.renderers import CSVRenderer, JSONRenderer, Negotiation, XLSXRenderer
from backend.api.schema import Schema
from backend.lists.columns import chosen
from backend.lists.filters import StrictFilterSet, refuse_unknown
from backend.lists.keyset import total_ordering
from backend.naming import in_language
from backend.problems import Invalid, NotFound, Sought

SAFE = frozenset({"GET", "HEAD"})
NUL = "\x00"


class View(APIView):
    """One address. Runs in the request's transaction (``ATOMIC_REQUESTS``), inside the caller's scope.

    ``permission_classes`` must name the roles; without it nobody may do anything. ``fixed_type`` is for addresses that
    give one type of file whatever ``Accept`` says; ``reading`` marks a POST that writes nothing but audit.
    ``from_above``: a GET also reads what the parts of a partner's organisation report; with ``acts_from_above`` every
    method does, whose service then sees to it that nothing of theirs is written.
    """

    permission_classes = [roles({})]
    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser, MultiPartParser, FormParser]
    content_negotiation_class = Negotiation
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    schema = Schema()
    fixed_type: ClassVar[bool] = False
    reading: ClassVar[bool] = False
    from_above: ClassVar[bool] = False
    acts_from_above: ClassVar[bool] = False
    claimed: IdempotencyKey | None = None

    @property
    def actor(self) -> Any:
        """The user who asks."""
        return self.request.user

    def perform_authentication(self, request: Request) -> None:
        if request.user is not None and request.user.is_authenticated:
            import_string(settings.ADMIT_TOKEN)(request.auth, str(request.method), request.path_info)
            import_string(settings.ENTER_SCOPE)(request.user, self.reads_from_above)
        language.settle(request)
        if request.method not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))

    @property
    def reads_from_above(self) -> bool:
        """Whether this request sees what the parts of a partner's organisation report."""
        return self.acts_from_above or (self.from_above and self.request.method in SAFE)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user is not None:
            self.claimed = idempotency.claim(request)

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, idempotency.Replay):
            return exc.response
        return super().handle_exception(exc)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if self.claimed is not None and 200 <= response.status_code < 300:
            # Rendered here and not after the view, while the transaction that made the effect is still open.
            if isinstance(response, Response):
                response.render()
            idempotency.keep(self.claimed, response)
        return response

    def read(self, serializer_class: type[serializers.Serializer], **options: Any) -> dict[str, Any]:
        """The body's validated values (``partial=True`` for a PATCH).

        Raises:
            ValidationError: 400 ``invalid``, with every field at fault.
        """
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context(), **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def params(self, serializer_class: type[serializers.Serializer], known: Sequence[str] = ()) -> dict[str, Any]:
        """The address's validated parameters; one that neither the serializer nor ``known`` names is a 400.

        Raises:
            Problem: 400 ``unknown_parameter`` or ``invalid``.
        """
        serializer = serializer_class(data=self.request.query_params, context=self.get_serializer_context())
        refuse_unknown(self.request.query_params, [*serializer.fields, *known])
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def one(self, queryset: QuerySet, *, named: Mapping[str, Any] | None = None, **lookup: Any) -> Any:
        """The one row of ``queryset`` by an address's ``code`` or ``id``.

        Args:
            named: what the address names, where ``queryset`` is narrowed to it already.

        Raises:
            NotFound: it is not there, or the caller may not see it.
        """
        if any(isinstance(value, str) and NUL in value for value in lookup.values()):
            raise NotFound
        row = queryset.filter(**lookup).first()
        if row is None:
            sought = named or lookup
            raise NotFound(sought=Sought(queryset.model, sought) if sought else None)
        if self.from_above or self.acts_from_above:
            self.actor.turns_to(row)
        return row

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self}


class ListView(View, GenericAPIView):
    """A list: filtered, in keyset pages, and downloadable whole as CSV or XLSX."""

    renderer_classes = [JSONRenderer, CSVRenderer, XLSXRenderer]
    filter_backends = [StrictFilterBackend]
    pagination_class = KeysetPagination
    filterset_class: ClassVar[type[StrictFilterSet] | None] = None
    parameters: ClassVar[Sequence[str]] = ()
    ordering: ClassVar[Sequence[str]] = ()
    columns: ClassVar[Mapping[str, str] | None] = None
    name: ClassVar[str] = "list"

    def get_queryset(self) -> Any:
        """The rows that the actor may see: a queryset, or a list of dicts for a computed list."""
        return super().get_queryset()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = self.ordered(self.filter_queryset(self.get_queryset()))
        if request.accepted_renderer.format != JSONRenderer.format:
            return download(self, rows, request.accepted_renderer)
        if "columns" in request.query_params:
            message = _("columns belongs to a download: add format=csv or format=xlsx.")
            raise Invalid([("columns", "invalid", message)])
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.present(page or []))

    def ordered(self, rows: Any) -> Any:
        """The rows in the list's order, read as plain dicts where the list declares ``columns``."""
        if isinstance(rows, list):
            return rows
        ordering = total_ordering(rows, self.ordering)
        rows = rows.order_by(*ordering)
        if self.columns is not None:
            paths = [*self.columns.values(), *(term.lstrip("-") for term in ordering)]
            rows = rows.values(*dict.fromkeys(paths))
        return rows

    def present(self, rows: Sequence[Any]) -> list[Any]:
        """A batch of rows as they are answered: a page, or some rows of a download."""
        if self.columns is not None:
            return [{name: row[path] for name, path in self.columns.items()} for row in rows]
        if rows and isinstance(rows[0], Mapping):
            return list(rows)
        return list(self.get_serializer(rows, many=True).data)

    def header(self) -> list[str]:
        """The columns of a download."""
        if self.columns is not None:
            return list(self.columns)
        serializer: Any = self.get_serializer()
        return list(serializer.fields)

    def chosen_header(self) -> list[str]:
        """The columns of a download that the address chooses, in its order. Raises Invalid."""
        header = self.header()
        return chosen(self.request.query_params.getlist("columns"), header) or header


class NameField(serializers.CharField):
    """In an answer, what something named by its code is called in the reader's language: ``NameField("organisation")``.

    Args:
        of: the attribute that leads to it; empty where it leads to nothing.
    """

    def __init__(self, of: str = "", **options: Any) -> None:
        options.setdefault("help_text", "In the reader's language.")
        super().__init__(source=of, read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        return in_language(value.name_zh, value.name_en)


@extend_schema_field(OpenApiTypes.STR)
class CodeField(serializers.SlugRelatedField):
    """Something named by its code in a body and an answer; what the caller may not see does not exist for them.

    Args:
        selector: takes the actor and returns the rows they may name; without one the field is for answers alone.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "does_not_exist": lazy("There is no “{value}” that you may name."),
        "invalid": lazy("Name it by its code, a text."),
    }

    def __init__(self, selector: Callable[[Any], QuerySet] | None = None, **options: Any) -> None:
        self.selector = selector
        options.setdefault("slug_field", "code")
        if selector is None:
            options["read_only"] = True
        super().__init__(**options)

    def get_queryset(self) -> Any:
        return self.selector(self.context["view"].actor) if self.selector else None

    def to_internal_value(self, data: Any) -> models.Model:
        if not isinstance(data, str) or NUL in data:
            self.fail("invalid")
        return super().to_internal_value(data)

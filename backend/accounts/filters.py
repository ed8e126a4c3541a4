"""Filters of organisations and users."""

import datetime as dt

from django.conf import settings
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django_filters import rest_framework as filters

from backend import clock
from backend.accounts.history.models import OrganisationChange
from backend.accounts.models import AccessToken, Organisation, User
from backend.lists.filters import StrictFilterSet

# Whether one of the contacts has an address.
REACHABLE = Func(
    F("contacts"),
    Value('$[*].email ? (@ != "")'),
    function="jsonb_path_exists",
    template="%(function)s(%(expressions)s::jsonpath)",
    output_field=BooleanField(),
)


class OrganisationFilter(StrictFilterSet):
    """Organisations by code, kind, parent, or a part of their names; those of partners by what they lack."""

    code = filters.CharFilter()
    kind = filters.ChoiceFilter(choices=Organisation.Kind.choices)
    parent = filters.CharFilter(field_name="parent__code")
    school_code = filters.CharFilter()
    uscc = filters.CharFilter()
    search = filters.CharFilter(method="by_name", label="Part of the code or of a name, old ones too")
    closed = filters.BooleanFilter(method="by_end", label="No more today")
    merged_into = filters.CharFilter(field_name="merged_into__code")
    without_users = filters.BooleanFilter(method="lack_users", label="Partners for whom nobody may sign in")
    without_contact = filters.BooleanFilter(method="lack_contact", label="Partners whose contacts have no address")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def lack_users(self, queryset: QuerySet[Organisation], name: str, wanted: bool) -> QuerySet[Organisation]:
        there = Exists(User.objects.filter(organisation=OuterRef("pk"), is_active=True))
        return _partners(queryset).filter(~there if wanted else there)

    def lack_contact(self, queryset: QuerySet[Organisation], name: str, wanted: bool) -> QuerySet[Organisation]:
        return _partners(queryset).alias(reachable=REACHABLE).filter(reachable=not wanted)

    def by_name(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        edition = Q(name_zh__icontains=value) | Q(name_en__icontains=value)
        once = OrganisationChange.objects.filter(edition, organisation=OuterRef("pk"), withdrawn_at=None)
        return queryset.filter(Q(code__icontains=value) | edition | Q(Exists(once)))

    def by_end(self, queryset: QuerySet[Organisation], name: str, wanted: bool) -> QuerySet[Organisation]:
        ended = Q(closed_on__isnull=False, closed_on__lte=clock.today())
        return queryset.filter(ended) if wanted else queryset.exclude(ended)


class UserFilter(StrictFilterSet):
    """Users by name, role, organisation, whether they may still sign in, and whether they have done so lately."""

    username = filters.CharFilter()
    search = filters.CharFilter(method="by_name", label="Part of the user name or of the address")
    role = filters.ChoiceFilter(choices=User.Role.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    read_only = filters.BooleanFilter()
    district = filters.CharFilter(method="bound_to", label="Officers bound to this district")
    is_active = filters.BooleanFilter()
    idle = filters.BooleanFilter(method="is_idle", label="May sign in, and has not for as long as a token lasts")

    class Meta:
        model = User
        fields: list[str] = []

    def by_name(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(Q(username__icontains=value) | Q(email__icontains=value))

    def bound_to(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(districts__contains=[value])

    def is_idle(self, queryset: QuerySet[User], name: str, wanted: bool) -> QuerySet[User]:
        long_ago = clock.now() - dt.timedelta(days=settings.TOKEN_DAYS)
        absent = Q(last_login__isnull=True, created_at__lt=long_ago) | Q(last_login__lt=long_ago)
        idle = absent & Q(is_active=True)
        return queryset.filter(idle) if wanted else queryset.exclude(idle)


class TokenFilter(StrictFilterSet):
    """Tokens by whose they are and what they open."""

    user = filters.CharFilter(field_name="user__username")
    scope = filters.ChoiceFilter(choices=AccessToken.Scope.choices)
    named = filters.BooleanFilter(method="has_name", label="Made under a name, and not by signing in")

    class Meta:
        model = AccessToken
        fields: list[str] = []

    def has_name(self, queryset: QuerySet[AccessToken], name: str, wanted: bool) -> QuerySet[AccessToken]:
        return queryset.exclude(name="") if wanted else queryset.filter(name="")


def _partners(queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return queryset.exclude(kind=Organisation.Kind.BUREAU)

"""An empty reply, and the roster as a ModelViewSet."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import pagination, renderers, routers, serializers, viewsets

from programs.roster.models import RosterEntry


class PersonSerializer(serializers.ModelSerializer):
    """Every column but the terms."""

    class Meta:
        model = RosterEntry
        exclude = ("terms", "id", "name_key")


class ByNumber(pagination.PageNumberPagination):
    """Pages by their number, fifty rows each."""

    page_size = 50


class People(viewsets.ModelViewSet):
    """People, the latest first."""

    queryset = RosterEntry.objects.filter(organisation_id=0).order_by("-person_id")
    serializer_class = PersonSerializer
    pagination_class = ByNumber
    renderer_classes = [renderers.JSONRenderer]
    filter_backends = [DjangoFilterBackend]
    filterset_fields = ("tier", "gender", "reason")


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse()


router = routers.SimpleRouter()
router.register("people", People)
urlpatterns = [path("empty/", empty), path("", include(router.urls))]

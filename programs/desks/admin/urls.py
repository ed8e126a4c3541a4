"""The addresses of the administrator's pages."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import SETUP, register
from programs.desks.admin.audit import Audit
from programs.desks.admin.chain import Examine
from programs.desks.admin.components import Components
from programs.desks.admin.recounts import Order, Recounts

register(88, lazy("Recounts"), "web:recounts", "calculator", "admin", SETUP)
register(90, lazy("Audit"), "web:audit", "clipboard-document-list", "admin", SETUP)

urlpatterns: list[URLPattern] = [
    path("audit/", Audit.as_view(), name="audit"),
    path("audit/examine/", Examine.as_view(), name="audit-examine"),
    path("components/", Components.as_view(), name="components"),
    path("recounts/", Recounts.as_view(), name="recounts"),
    path("recounts/order/", Order.as_view(), name="recount-order"),
]

"""The addresses of the pages on which people are looked for, handed in as a list, and seen to have been revealed."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import SETUP, register, register_search
from programs.desks.people import checklists, finding, reveals

register(50, lazy("Persons"), "web:people", "users", "manager officer partner")
register(52, lazy("Check a list"), "web:check-lists", "clipboard-document-list", "officer partner", SETUP)
register(70, lazy("Numbers revealed"), "web:reveals", "eye", "admin", SETUP)

register_search("web:people-find", lazy("Look for a person"), "officer partner")

urlpatterns = [
    path("people/", finding.People.as_view(), name="people"),
    path("people/find/", finding.Find.as_view(), name="people-find"),
    path("people/check-list/", checklists.CheckLists.as_view(), name="check-lists"),
    path("people/check-list/<int:id>/", checklists.OneCheckList.as_view(), name="check-list"),
    path("people/check-list/<int:id>/result/", checklists.Result.as_view(), name="check-list-result"),
    path("reveals/", reveals.Reveals.as_view(), name="reveals"),
]

"""The officer's desk."""

from django.http import HttpRequest, HttpResponse

from backend.web.base import Page


class Desk(Page):
    """What there is to do today."""

    roles = {"GET": "officer"}
    template = "desks/officer/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

"""The partner's desk."""

from django.http import HttpRequest, HttpResponse

from backend.web.base import Page


class Desk(Page):
    """What there is to do today."""

    roles = {"GET": "partner"}
    template = "desks/partner/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

"""Keeping views, by the forms that stand beneath every list's filters."""

from django.urls import path, reverse
from django.utils.translation import gettext as _

from backend.saved_views import selectors, services
from backend.web.base import EVERYONE, Act, back_to


class SaveView(Act):
    """Keeps what the list shows under a name."""

    roles = {"POST": EVERYONE}
    reading = True  # whoever may only read keeps views all the same

    def act(self) -> str:
        given = self.request.POST
        view = services.save_view(
            actor=self.actor,
            list_name=given.get("list", ""),
            name=given.get("name", ""),
            query=given.get("query", ""),
            shared="shared" in given,
            is_default="is_default" in given,
        )
        return _("The view “%(name)s” is saved.") % {"name": view.name}

    def leads_to(self) -> str:
        return back_to(self.request, reverse("web:home"))


class ForgetView(Act):
    """Takes a view away."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self, id: int) -> str:
        view = self.one(selectors.views(self.actor), pk=id)
        name = view.name
        services.forget_view(actor=self.actor, view=view)
        return _("The view “%(name)s” is gone.") % {"name": name}

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:home"))


class DefaultView(Act):
    """Makes one of one's views the one that its list opens with, or no view."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self, id: int) -> str:
        view = self.one(selectors.views(self.actor), pk=id)
        services.change_view(actor=self.actor, view=view, is_default=not view.is_default)
        if view.is_default:
            return _("The list opens with “%(name)s” now.") % {"name": view.name}
        return _("The list opens without a filter now.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:home"))


urlpatterns = [
    path("saved-views/", SaveView.as_view(), name="saved-views"),
    path("saved-views/<int:id>/forget/", ForgetView.as_view(), name="saved-view-forget"),
    path("saved-views/<int:id>/default/", DefaultView.as_view(), name="saved-view-default"),
]

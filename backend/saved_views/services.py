"""Keeping filters and columns of lists under a name."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Forbidden, Invalid, unique
from backend.saved_views.models import SavedView
from backend.web.lists import page_of

LONGEST_NAME = 60
LONGEST_QUERY = 2000
ONCE = "list_view_once_per_name"


@transaction.atomic
def save_view(
    *, actor: User, list_name: str, name: str, query: str, shared: bool = False, is_default: bool = False
) -> SavedView:
    """Keeps what an address chooses of a list under a name.

    Args:
        actor: whose it is; somebody who may open the list.
        list_name: the list's page by its name among the addresses.
        name: unique among the actor's own of this list.
        query: as it stands behind the question mark of an address; limit, cursor, count and format are left out.
        shared: colleagues of the same role and organisation may use it.
        is_default: it is what the actor sees who opens the list without a filter; the former default is none.

    Raises:
        AlreadyExists: the actor has a view of this name.
        Invalid: there is no such list, the name is missing or too long, or nothing is chosen or it cannot be read.
        Problem: 400 for a filter that the list does not have.
    """
    called, kept = _name(name), _query(actor, list_name, query)
    if is_default:
        _own(actor, list_name).filter(is_default=True).update(is_default=False)
    with unique({ONCE: _taken(called)}):
        view = SavedView.objects.create(
            owner=actor,
            organisation_id=actor.organisation_id,
            list=list_name,
            name=called,
            query=kept,
            shared=shared,
            is_default=is_default,
        )
    _enter(view, "save", actor)
    return view


@transaction.atomic
def change_view(*, actor: User, view: SavedView, **changes: str | bool) -> SavedView:
    """Changes one's own view: ``name``, ``query``, ``shared``, ``is_default``. Raises as ``save_view``."""
    _refuse_others(actor, view)
    if "name" in changes:
        changes["name"] = _name(str(changes["name"]))
    if "query" in changes:
        changes["query"] = _query(actor, view.list, str(changes["query"]))
    if changes.get("is_default"):
        _own(actor, view.list).filter(is_default=True).exclude(pk=view.pk).update(is_default=False)
    for name, value in changes.items():
        setattr(view, name, value)
    with unique({ONCE: _taken(view.name)}):
        view.save()
    _enter(view, "change", actor)
    return view


@transaction.atomic
def forget_view(*, actor: User, view: SavedView) -> None:
    """Takes one's own view away. Raises Forbidden for a colleague's."""
    _refuse_others(actor, view)
    _enter(view, "forget", actor)
    view.delete()


def _own(actor: User, list_name: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=actor, list=list_name)


def _name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME:
        text = _("Give it a name of %(most)d characters at most.") % {"most": LONGEST_NAME}
        raise Invalid([("name", "required", text)])
    return called


def _query(actor: User, list_name: str, query: str) -> str:
    page = page_of(list_name)
    if page is None or not page.admits(actor, "GET"):
        raise Invalid([("list", "unknown", _("There is no list of this name that you may open."))])
    kept = page.readable(actor, query)
    if not kept or len(kept) > LONGEST_QUERY:
        text = _("Choose at least one filter or column; the view keeps it.")
        raise Invalid([("query", "required", text)])
    return kept


def _taken(name: str) -> str:
    return _("You have a view called “%(name)s” already.") % {"name": name}


def _refuse_others(actor: User, view: SavedView) -> None:
    if view.owner_id != actor.pk:
        raise Forbidden(_("This view is a colleague's. Save what it chooses under a name of your own."))


def _enter(view: SavedView, verb: str, actor: User) -> None:
    detail = {"list": view.list, "name": view.name, "query": view.query, "shared": view.shared}
    enter_audit(action=f"view.{verb}", subject=view, detail=detail, actor=actor)

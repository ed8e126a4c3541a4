"""Filters of records that officers keep under a name."""

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.lists.filters import filtered, refuse_unknown
from backend.lists.keyset import PARAMETERS
from backend.problems import Forbidden, Invalid, unique
from programs.records.filters import RecordFilter
from programs.records.models import Record
from programs.review.models import SavedView

LONGEST_NAME = 60
LONGEST_QUERY = 2000


@transaction.atomic
def save_view(*, actor: User, name: str, query: str, shared: bool = False, is_default: bool = False) -> SavedView:
    """Keeps a filter under a name.

    Args:
        actor: an officer.
        name: unique among the officer's own.
        query: as it stands behind the question mark of an address.
        shared: other officers may use it.
        is_default: it is what the officer sees who opens the records without a filter; the former default is none.

    Raises:
        AlreadyExists: the officer has a view of this name.
        Invalid: the name is missing or too long, or the filter is empty or cannot be read.
        Problem: 400 for a filter that records do not have.
    """
    called, kept = _name(name), _query(query)
    if is_default:
        SavedView.objects.filter(owner=actor, is_default=True).update(is_default=False)
    with unique({"saved_view_once_per_name": _taken(called)}):
        view = SavedView.objects.create(owner=actor, name=called, query=kept, shared=shared, is_default=is_default)
    _enter(view, "save", actor)
    return view


@transaction.atomic
def change_view(*, actor: User, view: SavedView, **changes: str | bool) -> SavedView:
    """Changes an officer's own view: ``name``, ``query``, ``shared``, ``is_default``. Raises as ``save_view``."""
    _refuse_others(actor, view)
    if "name" in changes:
        changes["name"] = _name(str(changes["name"]))
    if "query" in changes:
        changes["query"] = _query(str(changes["query"]))
    if changes.get("is_default"):
        SavedView.objects.filter(owner=actor, is_default=True).exclude(pk=view.pk).update(is_default=False)
    for name, value in changes.items():
        setattr(view, name, value)
    with unique({"saved_view_once_per_name": _taken(view.name)}):
        view.save()
    _enter(view, "change", actor)
    return view


@transaction.atomic
def forget_view(*, actor: User, view: SavedView) -> None:
    """Takes an officer's own view away. Raises Forbidden for a colleague's."""
    _refuse_others(actor, view)
    _enter(view, "forget", actor)
    view.delete()


def _name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME:
        text = _("Give it a name of %(most)d characters at most.") % {"most": LONGEST_NAME}
        raise Invalid([("name", "required", text)])
    return called


def _query(query: str) -> str:
    given = QueryDict(query.removeprefix("?"))
    refuse_unknown(given, RecordFilter.names())
    kept = QueryDict(mutable=True)
    for name in given:
        values = [value for value in given.getlist(name) if value]
        if values and name not in PARAMETERS:
            kept.setlist(name, values)
    if not kept or len(kept.urlencode()) > LONGEST_QUERY:
        raise Invalid([("query", "required", _("Choose at least one filter; the view keeps it."))])
    filtered(RecordFilter, kept, Record.objects.none(), None)
    return kept.urlencode()


def _taken(name: str) -> str:
    return _("You have a view called “%(name)s” already.") % {"name": name}


def _refuse_others(actor: User, view: SavedView) -> None:
    if view.owner_id != actor.pk:
        raise Forbidden(_("This view is a colleague's. Save its filter under a name of your own."))


def _enter(view: SavedView, verb: str, actor: User) -> None:
    detail = {"name": view.name, "query": view.query, "shared": view.shared}
    enter_audit(action=f"view.{verb}", subject=view, detail=detail, actor=actor)

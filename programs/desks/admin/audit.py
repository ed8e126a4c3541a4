"""The trail as a page: who did what to which subject, in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.audit import selectors
from backend.audit.filters import AuditFilter
from backend.audit.models import AuditEntry
from backend.audit.services import SYSTEM
from backend.web.lists import Choosing, ListPage, choices_of
from programs.catalogue import selectors as catalogue
from programs.desks.admin import chain
from programs.desks.admin.detail_names import WORDS
from programs.desks.admin.names import ACTIONS, FORMER, SUBJECTS
from programs.periods import selectors as periods

# Subjects that are known outside by a code or a name, and the page that tells of them.
KNOWN_BY = {
    "organisation": (accounts.organisations, "code", "web:organisation"),
    "user_account": (accounts.users, "username", "web:user"),
    "programme": (catalogue.programmes, "code", "web:programme"),
    "cohort": (catalogue.cohorts, "code", "web:cohort"),
    "period": (periods.periods, "code", "web:period"),
}
# Subjects that are known by their number, and the page that tells of them.
NUMBERED = {
    "submission": "web:submission",
    "record": "web:record",
    "person": "web:person",
    "obligation": "web:obligation",
    "job": "web:job",
    "lot": "web:batch",
    "snapshot": "web:snapshot",
    "alert": "web:alert",
}
ROLES = dict(User.Role.choices)


class Audit(ListPage):
    """Who did what, the latest first."""

    roles = {"GET": "admin"}
    template = "desks/admin/audit.html"
    part = "desks/admin/audit_rows.html"
    name = "audit"
    filterset_class = AuditFilter
    ordering = ("-id",)
    choosing = {
        "actor": lazy("User name"),
        "action": lazy("Action"),
        "subject_type": lazy("Kind of subject"),
        "subject_id": lazy("Its number"),
        "organisation": lazy("Organisation"),
        "day_from": lazy("From"),
        "day_to": lazy("To"),
    }
    headings = {
        "at": lazy("When"),
        "actor": lazy("User name"),
        "role": lazy("Role"),
        "organisation": lazy("Organisation"),
        "action": lazy("Action"),
        "code": lazy("Code of the action"),
        "subject_type": lazy("Kind of subject"),
        "subject_id": lazy("Its number"),
        "subject": lazy("Subject"),
        "detail": lazy("Detail"),
        "address": lazy("Network address"),
        "action_id": lazy("Action's id"),
    }

    def rows(self) -> QuerySet[AuditEntry]:
        return selectors.entries(self.actor)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {
            "action": list(ACTIONS.items()),
            "subject_type": list(SUBJECTS.items()),
            "organisation": choices_of(accounts.organisations(self.actor).order_by("code")),
        }

    def offered(self) -> list[Choosing]:
        # A number says nothing to a reader; it is there for whoever comes from a page that gave it.
        return [one for one in super().offered() if one.name != "subject_id" or one.values]

    def more(self) -> Mapping[str, Any]:
        return {"chain": chain.shown(self.actor)}

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        known = {kind: self._known(kind, rows) for kind in KNOWN_BY}
        for row in rows:
            row.who = _("The system") if row.actor == SYSTEM and row.actor_id is None else row.actor
            row.role_name = ROLES.get(row.role, row.role)
            row.said = ACTIONS.get(row.action, row.action)
            row.kind = SUBJECTS.get(FORMER.get(row.subject_type, row.subject_type), row.subject_type)
            number = row.subject_id, _page_of(row.subject_type, row.subject_id)
            row.named, row.link = known.get(row.subject_type, {}).get(row.subject_id, number)
            row.numbered = row.subject_type in NUMBERED
            row.reason = row.detail.get("reason", "")
            row.many = _how_many(row.detail)
            row.told = list(told(row.action, row.detail))
        return rows

    def _known(self, kind: str, rows: Iterable[AuditEntry]) -> dict[str, tuple[str, str]]:
        select, field, page = KNOWN_BY[kind]
        ids = {row.subject_id for row in rows if row.subject_type == kind and row.subject_id.isdigit()}
        if not ids:
            return {}
        found = select(self.actor).filter(pk__in=ids).values_list("pk", field)
        return {str(key): (name, reverse(page, args=[name])) for key, name in found}

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: getattr(row, name) for name in self.headings if name not in ("code", "subject")} | {
            "actor": row.who,
            "role": str(row.role_name),
            "action": str(row.said),
            "code": row.action,
            "subject_type": str(row.kind),
            "subject": row.named,
        }


def _page_of(kind: str, number: str) -> str:
    return reverse(NUMBERED[kind], args=[number]) if kind in NUMBERED and number.isdigit() else ""


def _how_many(detail: Mapping[str, Any]) -> str:
    """How many things an action was done to, where it had no one subject."""
    decided, created = detail.get("decided"), detail.get("created")
    if isinstance(decided, int):
        return ngettext("%(n)d record", "%(n)d records", decided) % {"n": decided}
    if isinstance(created, list):
        return ngettext("%(n)d period", "%(n)d periods", len(created)) % {"n": len(created)}
    return ""


def told(action: str, detail: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """A detail as pairs of a name and a value, for reading; the reason stands in the sentence already."""
    changes = detail if action.endswith(".change") else detail.get("changed")
    if not isinstance(changes, Mapping):
        changes = {}
    for name, pair in changes.items():
        # What is private is noted as changed, and not to what.
        yield _word(name), " → ".join(map(_value, pair)) if pair else _("changed")
    for name, value in detail.items():
        if name != "reason" and value is not changes and changes is not detail:
            yield _word(name), _value(value)


def _word(name: str) -> str:
    return str(WORDS.get(name, name))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{_word(name)}: {_value(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_word(one) if isinstance(one, str) else _value(one) for one in value)
    return str(value)

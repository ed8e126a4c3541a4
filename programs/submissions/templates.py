"""What may be sent in: the templates that other rooms make known, as far as sending goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.problems import Invalid

TALENT_RECORDS = "talent-records/1"
Kind = Organisation.Kind
PARTNERS = frozenset({Kind.UNIVERSITY, Kind.TRAINING_PROVIDER, Kind.EMPLOYER})


@dataclass(frozen=True, kw_only=True)
class Sendable:
    """What is known of a template where something is sent.

    Attributes:
        code: its name and version, such as ``positions/1``; 40 characters at most.
        zh, en: what it is called.
        kinds: the kinds of organisations whose rows may come in it. With the bureau among them officers send for the
            bureau too, by naming nobody.
        periodic: whether it belongs to a period, which is then named with each submission, and else with none.
    """

    code: str
    zh: str
    en: str
    kinds: frozenset[Kind] = field(default=PARTNERS)
    periodic: bool = False

    @property
    def name(self) -> str:
        """What it is called, in the reader's language."""
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


_KNOWN: dict[str, Sendable] = {}


def register(template: Sendable) -> None:
    """Makes a template known, in place of an earlier one of its code."""
    _KNOWN[template.code] = template
    # Talent records come first, the others in the order of their codes: rooms are loaded in no order of meaning.
    for code in sorted(_KNOWN, key=lambda code: (code != TALENT_RECORDS, code)):
        _KNOWN[code] = _KNOWN.pop(code)


def forget(code: str) -> None:
    """Makes a template unknown; for one that was only tried."""
    _KNOWN.pop(code, None)


def known() -> Sequence[Sendable]:
    """Every template, talent records first."""
    return list(_KNOWN.values())


def named(code: str) -> Sendable:
    """The template of a code.

    Raises:
        Invalid: there is none.
    """
    found = _KNOWN.get(code)
    if found is None:
        listed = ", ".join(_KNOWN)
        raise Invalid(
            [("template", "unknown", _("There is no such template. Choose one of: %(known)s.") % {"known": listed})]
        )
    return found


def name_of(code: str) -> str:
    """What a template is called, in the reader's language; its code where it is not known any more."""
    found = _KNOWN.get(code)
    return found.name if found else code


def sendable(actor: User) -> Sequence[Sendable]:
    """The templates in which ``actor`` may send something, for its own organisation or for a partner."""
    if actor.role not in (User.Role.PARTNER, User.Role.OFFICER) or actor.read_only:
        return []
    return [one for one in known() if actor.sees_everything or actor.organisation.kind in one.kinds]


def refuse_unfit(template: Sendable, organisation: Organisation) -> None:
    """Refuses a template in which the organisation sends nothing.

    Raises:
        Invalid: it is not for organisations of this kind.
    """
    if organisation.kind not in template.kinds:
        kinds = ", ".join(str(Kind(kind).label) for kind in Kind if kind in template.kinds)
        text = _("“%(template)s” is sent by: %(kinds)s.") % {"template": template.name, "kinds": kinds}
        raise Invalid([("template", "not_yours", text)])

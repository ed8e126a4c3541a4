"""A template as intake knows it, and making one known."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from backend.accounts.models import Organisation, User
from programs.intake import columns as layouts
from programs.intake.layout import CODE, DATE, DECIMAL, NAME, NUMBER, NUMBER_TEXT, USCC, Column, Layout
from programs.intake.rules import RULES, Rule, declare
from programs.submissions import templates as sending
from programs.submissions.models import Submission

if TYPE_CHECKING:
    import polars as pl

    from programs.intake.assessing import Assessment
    from programs.intake.templates.work import Work

FILE_RULES = ("F01", "F02", "F03", "F04", "F05", "F06", "F07")
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    NAME: ("W05",),
    DATE: ("E03", "W05"),
    CODE: ("E02",),
    NUMBER: ("E13",),
    DECIMAL: ("E13",),
    NUMBER_TEXT: ("E05",),
    USCC: ("E05", "E10"),
}


class Engine(Protocol):
    """How the rows of a template are assessed and taken: a module with these functions."""

    def prepare(
        self,
        submission: Submission,
        meta: Mapping[str, Any],
        parts: "Sequence[pl.DataFrame] | Any",
        *,
        looking_up: bool,
    ) -> Any:
        """What the rows say by themselves, before it is their turn."""

    def assess(self, submission: Submission, prepared: Any, *, locking: bool = False) -> "Assessment":
        """The rows compared with each other and with what is known now."""

    def take(self, submission: Submission, assessment: "Assessment") -> None:
        """Writes the rows whose fate is ``new`` or ``amendment``."""

    def conclude(self, submission: Submission, assessment: "Assessment") -> None:
        """What follows for the rows that are not taken."""


def _general() -> Engine:
    from programs.intake.templates import general

    return general


@dataclass(frozen=True, kw_only=True)
class Template(sending.Sendable):
    """A template: what is told of it where something is sent, its columns, its rules, and what its rows mean.

    Attributes:
        columns: in the order in which findings and the blank template have them; one at least is always needed.
        rules: its own, by ``programs.intake.rules.rule``, with codes such as ``P01``.
        also: codes of shared rules that its work raises beyond those that its columns bring with them.
        document: the codes of the columns with the kind and the number of an identity document, which is checked
            (E04, E05) where it is given, and E06 against columns called ``birth_date`` and ``gender``.
        work: gives the class that says what its rows mean. Called when rows are there, so that polars is imported
            by no process that has none.
        choices: values and labels for columns that hold codes of the room's own, by column code, as ``actor`` may see
            them; an organisation's own where one is given.
        engine: how its rows are assessed; the general path unless it has one of its own.
    """

    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    also: tuple[str, ...] = ()
    document: tuple[str, str] | None = None
    work: "Callable[[], type[Work]] | None" = None
    choices: Callable[[User, Organisation | None], Mapping[str, Sequence[tuple[str, str]]]] | None = None
    engine: Callable[[], Engine] = _general

    @cached_property
    def layout(self) -> Layout:
        """Its columns, as readers look for them."""
        return Layout(self.columns)

    @cached_property
    def rule_codes(self) -> tuple[str, ...]:
        """The codes of the rules that its rows may raise, in the catalogue's order."""
        found = {*FILE_RULES, "W07", *self.also, *(one.code for one in self.rules), *self._brought}
        return tuple(code for code in RULES if code in found)

    def columns_of(self, rule: str) -> tuple[str, ...]:
        """The columns that findings of a rule may name in its rows; none: the whole file."""
        if self.engine is _general and rule in self._brought:
            return tuple(code for code in self.layout.codes if code in self._brought[rule])
        return tuple(code for code in RULES[rule].columns if code in self.layout.by_code)

    @cached_property
    def _brought(self) -> Mapping[str, set[str]]:
        """The shared rules that its columns bring with them, each with the columns that it looks at."""
        found: dict[str, set[str]] = defaultdict(set)
        for column in self.columns:
            if column.needed == "yes":
                found["E01"].add(column.code)
            for rule in () if column.kind == CODE and column.open else _BY_KIND.get(column.kind, ()):
                if rule != "W05" or column.month != "none":
                    found[rule].add(column.code)
        if self.document is not None:
            found["E01"].update(self.document)
            found["E04"].add(self.document[1])
            found["E05"].add(self.document[1])
            if stated := {"birth_date", "gender"} & set(self.layout.codes):
                found["E06"] = stated
        return found


def register(template: Template) -> None:
    """Makes a template known everywhere: to senders, to readers, to the checks and in the catalogue of rules.

    Raises:
        ValueError: no column is always needed, two have one code, or a rule's code is none for a template's own.
    """
    if not template.layout.needed or len(set(template.layout.codes)) < len(template.columns):
        raise ValueError(f"{template.code} needs columns with codes of their own, and one that is always needed")
    declare(*template.rules)
    layouts.LAYOUTS[template.code] = template.layout
    sending.register(template)


def forget(template: Template) -> None:
    """Makes a template unknown again with its rules; for one that was only tried."""
    from programs.intake.rules import withdraw

    withdraw(*template.rules)
    layouts.LAYOUTS.pop(template.code, None)
    sending.forget(template.code)


def template_of(code: str) -> Template:
    """The template of a code.

    Raises:
        Invalid: there is none.
    """
    found = sending.named(code)
    assert isinstance(found, Template)
    return found


def templates() -> list[Template]:
    """Every template, talent records first."""
    return [template_of(one.code) for one in sending.known()]


def templates_with(rule: str) -> list[Template]:
    """The templates whose rows may raise a rule."""
    return [one for one in templates() if rule in one.rule_codes]

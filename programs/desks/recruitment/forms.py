"""The forms of positions, campaigns and candidates."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.web.forms import Checks, DayField, Form, OneField
from programs.desks.recruitment import words
from programs.recruitment import moving, positions, selectors
from programs.recruitment.models import Campaign, Candidate, Document, Position
from programs.recruitment.stages import WAY, Stage

NONE: tuple[str, Any] = ("", lazy("Not given"))
SECRET = ("name", "id_number", "mobile", "email", "education_cert_no", "title_cert_no")
"""What rests sealed: a form of somebody who is entered shows nothing of it, and what is left empty stays."""


def _lines(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})


def _plain(label: Any, most: int, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **options)


class _OnBehalf(Form):
    """A form in which bureau staff name whose it is."""

    organisation = OneField(label=lazy("Organisation"))

    def offer(self, actor: User, *, bureau: bool) -> None:
        """The organisations that ``actor`` may name; a partner has one and is not asked."""
        if not actor.sees_everything:
            del self.fields["organisation"]
            return
        found = accounts.organisations(actor).order_by("code")
        kept = found if bureau else found.exclude(kind=Organisation.Kind.BUREAU)
        self.fields["organisation"].queryset = kept  # type: ignore[attr-defined]


class PositionForm(_OnBehalf):
    """A position, as it shall be."""

    ref = forms.CharField(label=lazy("Reference"), max_length=40, help_text=lazy("Your own name for it, once."))
    title = forms.CharField(label=lazy("Job title"), max_length=200)
    occupation = forms.ChoiceField(label=lazy("Occupation"))
    level = forms.ChoiceField(label=lazy("Level"))
    wanted = forms.IntegerField(label=lazy("People wanted"), min_value=1, max_value=positions.MOST, initial=1)
    segment = forms.ChoiceField(label=lazy("Segment"), required=False)
    district = forms.ChoiceField(label=lazy("District"), required=False)
    opened_on = DayField(label=lazy("Open since"))
    open_until = DayField(label=lazy("Open until"), help_text=lazy("After this day it closes by itself."))
    notes = forms.CharField(label=lazy("Notes"), required=False, max_length=positions.LONGEST, widget=_lines())

    def __init__(self, *args: Any, actor: User, position: Position | None = None, **options: Any) -> None:
        if position is None:
            options.setdefault("initial", {"opened_on": clock.today()})
        else:
            options["initial"] = {name: getattr(position, name) for name in self.base_fields}
        super().__init__(*args, **options)
        self.offer(actor, bureau=False)
        for name in ("occupation", "level", "segment", "district"):
            first = ("", lazy("Choose one")) if self.fields[name].required else NONE
            self.fields[name].choices = [first, *words.choices(name)]  # type: ignore[attr-defined]
        if position is not None and "organisation" in self.fields:
            del self.fields["organisation"]


class CampaignForm(Form):
    """What stands beside a campaign's programme."""

    programme = OneField(label=lazy("Programme"), help_text=lazy("One by which people are introduced."))
    kind = forms.ChoiceField(label=lazy("Kind"), choices=Campaign.Kind.choices)
    place = forms.CharField(label=lazy("Venue"), max_length=200, required=False)
    starts_on = DayField(label=lazy("Held from"))
    ends_on = DayField(label=lazy("Held until"))
    notes = forms.CharField(label=lazy("Notes"), required=False, max_length=positions.LONGEST, widget=_lines())

    def __init__(self, *args: Any, actor: User, campaign: Campaign | None = None, **options: Any) -> None:
        if campaign is not None:
            options["initial"] = {name: getattr(campaign, name) for name in self.base_fields}
        super().__init__(*args, **options)
        if campaign is not None:
            del self.fields["programme"]
        else:
            free = selectors.introductions(actor).filter(campaign=None).order_by("code")
            self.fields["programme"].queryset = free  # type: ignore[attr-defined]


class CandidateForm(_OnBehalf):
    """A candidate, as they shall be known. Of one who is entered already, sealed values that are left empty stay."""

    name = _plain(lazy("Name"), 200)
    ref = _plain(lazy("Reference"), 60, help_text=lazy("Your own name for them, once."))
    source = forms.ChoiceField(label=lazy("Source"))
    campaign = OneField(label=lazy("Campaign"), required=False, empty_label=NONE[1])
    position: Any = forms.ModelChoiceField(queryset=None, label=lazy("Position"), required=False, empty_label=NONE[1])
    owner: Any = forms.ModelChoiceField(
        queryset=None, label=lazy("Looked after by"), required=False, empty_label=NONE[1]
    )
    id_type = forms.ChoiceField(label=lazy("ID type"), required=False)
    id_number = _plain(lazy("ID number"), 60, help_text=lazy("Not needed before they arrive."))
    birth_date = DayField(label=lazy("Date of birth"), required=False)
    gender = forms.ChoiceField(label=lazy("Gender"), required=False)
    mobile = _plain(lazy("Mobile"), 40)
    email = forms.EmailField(label=lazy("E-mail"), max_length=200, required=False)
    education = forms.ChoiceField(label=lazy("Education"), required=False)
    school = forms.CharField(label=lazy("School"), max_length=200, required=False)
    graduated_on = DayField(label=lazy("Graduated on"), required=False)
    education_cert_no = _plain(lazy("Education certificate no."), 60)
    title = forms.ChoiceField(label=lazy("Professional title"), required=False)
    title_awarded_on = DayField(label=lazy("Title awarded on"), required=False)
    title_cert_no = _plain(lazy("Title certificate no."), 60)
    notes = forms.CharField(label=lazy("Notes"), required=False, max_length=2000, widget=_lines())
    stage = forms.ChoiceField(
        label=lazy("Stage"), choices=[(one.value, one.label) for one in WAY if one != Stage.ARRIVED]
    )
    day = DayField(label=lazy("Since"))
    remove = forms.MultipleChoiceField(label=lazy("Take away"), required=False, widget=Checks)

    PARTS: Sequence[tuple[Any, Sequence[str]]] = (
        (lazy("Who they are"), ("organisation", "name", "ref", "id_type", "id_number", "birth_date", "gender")),
        (lazy("How to reach them"), ("mobile", "email")),
        (lazy("Where from, and what for"), ("source", "campaign", "position", "owner", "stage", "day")),
        (
            lazy("Education and title"),
            (
                *("education", "school", "graduated_on", "education_cert_no"),
                *("title", "title_awarded_on", "title_cert_no"),
            ),
        ),
    )

    def __init__(
        self,
        *args: Any,
        actor: User,
        candidate: Candidate | None = None,
        given: Iterable[str] = (),
        **options: Any,
    ) -> None:
        """
        Args:
            actor: who fills it in.
            candidate: who is entered already.
            given: which of the sealed values there are.
        """
        held = [name for name in SECRET if name in set(given)]
        if candidate is not None:
            plain = [name for name in self.base_fields if name not in (*SECRET, "stage", "day", "remove")]
            options["initial"] = {name: getattr(candidate, name) for name in plain}
        else:
            options.setdefault("initial", {"day": clock.today(), "id_type": "111"})
        super().__init__(*args, **options)
        self.offer(actor, bureau=True)
        owner = candidate.organisation if candidate else None if actor.sees_everything else actor.organisation
        self._offer_rows(actor, owner)
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("", lazy("Choose one")),
            *words.choices("candidate_source"),
        ]
        for name in ("id_type", "gender", "education", "title"):
            self.fields[name].choices = [NONE, *words.choices(name)]  # type: ignore[attr-defined]
        if candidate is None:
            self.fields["name"].required = True
            del self.fields["remove"]
            return
        for name in ("organisation", "stage", "day"):
            self.fields.pop(name, None)
        for name in held:
            self.fields[name].help_text = lazy("Given already; left empty it stays.")
        may_go = [name for name in held if name != "name"]
        if may_go:
            self.fields["remove"].choices = [  # type: ignore[attr-defined]
                (name, self.fields[name].label) for name in may_go
            ]
        else:
            del self.fields["remove"]

    def _offer_rows(self, actor: User, owner: Organisation | None) -> None:
        campaigns, wanted = selectors.introductions(actor), selectors.positions(actor)
        people = User.objects.filter(is_active=True)
        bureau = owner is not None and owner.kind == Organisation.Kind.BUREAU
        if owner is not None and not bureau:
            campaigns = campaigns.filter(organisations=owner)
            wanted = wanted.filter(organisation=owner)
        if owner is not None:
            people = people.filter(organisation=owner)
        fields: dict[str, Any] = self.fields
        fields["campaign"].queryset = campaigns.order_by("code")
        fields["position"].queryset = wanted.order_by("organisation__code", "ref")
        fields["position"].label_from_instance = lambda row: (
            f"{row.ref} · {row.title}" + (f" · {row.organisation.code}" if actor.sees_everything else "")
        )
        fields["owner"].queryset = people.order_by("username")

    def parts(self) -> list[tuple[Any, list[Any]]]:
        """The fields in their groups, those that are asked for."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.PARTS]

    def values(self) -> dict[str, Any]:
        """What is told: of one who is entered already without what was left as it is."""
        told = dict(self.cleaned_data)
        removed = told.pop("remove", ())
        if "stage" not in self.fields:
            told = {name: value for name, value in told.items() if name not in SECRET or value}
            told |= dict.fromkeys(removed, "")
            if "id_number" in removed:
                told["id_type"] = ""
        elif not told.get("id_number"):
            told["id_type"] = ""
        return told


class MoveForm(Form):
    """Where a candidate goes, when, and why."""

    to = forms.ChoiceField(label=lazy("Move to"))
    day = DayField(label=lazy("Moved on"))
    reason = forms.ChoiceField(
        label=lazy("Reason"), required=False, help_text=lazy("Needed for leaving and for going back.")
    )
    note = forms.CharField(label=lazy("Note"), required=False, max_length=moving.LONGEST_NOTE, widget=_lines())

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"day": clock.today()})
        super().__init__(*args, **options)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", lazy("Choose one")),
            *words.stages_to_move_to(),
        ]
        self.fields["reason"].choices = [("", lazy("None")), *words.reasons()]  # type: ignore[attr-defined]


class ArriveForm(Form):
    """The day on which somebody took up the post, and at whose."""

    day = DayField(label=lazy("Day of arrival"))
    employer = forms.CharField(label=lazy("Employer"), max_length=200)
    employer_uscc = forms.CharField(label=lazy("Unified social credit code"), max_length=18)
    district = forms.ChoiceField(label=lazy("District"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["district"].choices = [NONE, *words.choices("district")]  # type: ignore[attr-defined]


class DocumentForm(Form):
    """A file of a candidate."""

    kind = forms.ChoiceField(label=lazy("Kind"), choices=Document.Kind.choices)
    file = forms.FileField(label=lazy("File"), allow_empty_file=True)

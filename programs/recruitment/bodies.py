"""What is sent and answered about candidates over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.api import base
from programs.catalogue import naming
from programs.recruitment import arriving, moving, selectors
from programs.recruitment.models import Candidate, Document, Position
from programs.recruitment.stages import Stage

MOST = 2**63 - 1


class CandidateAnswer(serializers.Serializer):
    """A candidate, numbers and contacts masked."""

    id = serializers.IntegerField()
    ref = serializers.CharField()
    organisation = serializers.CharField()
    organisation_name = serializers.CharField(help_text="In the reader's language, as every name beside a code.")
    campaign = serializers.CharField(allow_null=True)
    campaign_name = serializers.CharField()
    position = serializers.IntegerField(allow_null=True)
    position_ref = serializers.CharField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the property
    source_name = serializers.CharField()
    owner = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    id_type = serializers.CharField()
    id_number = serializers.CharField()
    mobile = serializers.CharField()
    email = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    gender = serializers.CharField()
    education = serializers.CharField()
    education_name = serializers.CharField()
    school = serializers.CharField()
    graduated_on = serializers.DateField(allow_null=True)
    education_cert_no = serializers.CharField()
    title = serializers.CharField()
    title_name = serializers.CharField()
    title_awarded_on = serializers.DateField(allow_null=True)
    title_cert_no = serializers.CharField()
    notes = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    stage_on = serializers.DateField()
    entered_on = serializers.DateField()
    known = serializers.ChoiceField(Candidate.Known.choices, help_text="What the books said at entry.")
    person = serializers.IntegerField(allow_null=True, help_text="Who holds the document; for staff.")
    report = serializers.CharField(help_text="Of the arrival: sent, taken, refused; empty before.")
    record = serializers.IntegerField(allow_null=True)
    on_behalf = serializers.BooleanField()


NAMED = {
    "organisation": naming.ORGANISATION,
    "campaign": naming.PROGRAMME,
    "source": "candidate_source",
    "education": "education",
    "title": "title",
}
"""Beside which codes of a candidate their names stand."""


class DoubleAnswer(serializers.Serializer):
    """Another candidate: by the same document (``same_document``), or one who may be the same (``alike``)."""

    id = serializers.IntegerField()
    why = serializers.CharField()


class HintAnswer(serializers.Serializer):
    """A person on the books whom the candidate resembles."""

    person = serializers.IntegerField()
    score = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.DictField())


class ArrivalAnswer(serializers.Serializer):
    """An arrival with its report; ``findings`` say why the report's row was refused."""

    submission = serializers.IntegerField()
    row = serializers.IntegerField()
    period = serializers.CharField()
    organisation = serializers.CharField()
    programme = serializers.CharField()
    position = serializers.IntegerField(allow_null=True)
    day = serializers.DateField()
    employer = serializers.CharField()
    employer_uscc = serializers.CharField()
    district = serializers.CharField()
    state = serializers.CharField()
    record = serializers.IntegerField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    findings = serializers.ListField(child=serializers.DictField())


class CandidateDetail(CandidateAnswer):
    """A candidate with what the books say, with whom they may be confused, and what became of their arrival."""

    told = serializers.CharField(help_text="What the books say, in a sentence.")
    known_at = serializers.DateTimeField(allow_null=True)
    doubles = DoubleAnswer(many=True)
    hints = HintAnswer(many=True, help_text="For staff.")
    arrivals = ArrivalAnswer(many=True)


@extend_schema_field(OpenApiTypes.INT)
class OwnPosition(serializers.PrimaryKeyRelatedField):
    """A position by its id, as far as the caller sees it."""

    def get_queryset(self) -> QuerySet[Position]:
        return selectors.positions(self.context["view"].actor)


class Owner(base.CodeField):
    """Somebody by their user name: of the caller's organisation, or any partner's for staff."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_owners, slug_field="username", **options)


def _owners(actor: User) -> QuerySet[User]:
    own = User.objects.filter(is_active=True)
    return own if actor.sees_everything else own.filter(organisation=actor.organisation_id)


def _text(most: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True, **options)


class CandidateBody(serializers.Serializer):
    """What is told of a candidate; codes of the tables id_type, gender, education, title, candidate_source."""

    name = serializers.CharField(max_length=200)
    source = serializers.CharField(max_length=20)  # type: ignore[assignment]  # a field, not the property
    ref = _text(60, help_text="The organisation's own name for them, once.")
    id_type = _text(20)
    id_number = _text(60)
    mobile = _text(40)
    email = serializers.EmailField(max_length=200, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    gender = _text(1)
    education = _text(20)
    school = _text(200)
    graduated_on = serializers.DateField(required=False, allow_null=True)
    education_cert_no = _text(60)
    title = _text(20)
    title_awarded_on = serializers.DateField(required=False, allow_null=True)
    title_cert_no = _text(60)
    campaign = base.CodeField(selectors.introductions, required=False, allow_null=True)
    position = OwnPosition(required=False, allow_null=True)
    owner = Owner(required=False, allow_null=True)
    notes = _text(2000)


class NewCandidateBody(CandidateBody):
    """A candidate to be entered, and where they stand; bureau staff name who looks after them."""

    organisation = base.CodeField(accounts.organisations, required=False)
    stage = serializers.ChoiceField(
        [one for one in Stage.choices if one[0] != Stage.ARRIVED], required=False, help_text="Default: sourced."
    )
    day = serializers.DateField(required=False, help_text="Since when; default: today.")


class MoveBody(serializers.Serializer):
    """Where to, on which day (default: today), and why; ``reason`` is a code of the table move_reason."""

    to = serializers.ChoiceField(Stage.choices)
    day = serializers.DateField(required=False)
    reason = _text(20)
    note = _text(moving.LONGEST_NOTE)


class OneMoveBody(MoveBody):
    """The move of one candidate."""

    expected = serializers.ChoiceField(Stage.choices, help_text="The stage in which they were seen.")


class ManyMovesBody(MoveBody):
    """The move of those with ``ids``, or of all that ``filter`` finds (by the names of the list's filters)."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST),
        required=False,
        allow_empty=False,
        max_length=50_000,
    )
    filter = serializers.DictField(required=False)
    expected = serializers.ChoiceField(
        Stage.choices, required=False, help_text="Whoever stands elsewhere is left alone."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in values) == ("filter" in values):
            raise serializers.ValidationError({"ids": [_("Give either ids or a filter.")]})
        return values


class LeftAloneAnswer(serializers.Serializer):
    """One who was left alone, and why."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    reason = serializers.CharField()


class ManyMovedAnswer(serializers.Serializer):
    """What came of moving many."""

    moved = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.IntegerField())
    skipped = LeftAloneAnswer(many=True)


class ArriveBody(serializers.Serializer):
    """The day on which they took up the post; the employer is the organisation that reports, unless it is said."""

    day = serializers.DateField()
    employer = _text(200)
    employer_uscc = _text(18)
    district = _text(20)


class OneArrivalBody(ArriveBody):
    """The arrival of one candidate."""

    expected = serializers.ChoiceField(Stage.choices, required=False, help_text="The stage in which they were seen.")


class ManyArrivalsItem(ArriveBody):
    """One of many arrivals."""

    candidate = serializers.IntegerField(min_value=1, max_value=MOST)


class ManyArrivalsBody(serializers.Serializer):
    """Arrivals that are reported together: one submission for each organisation and period."""

    arrivals = ManyArrivalsItem(many=True, allow_empty=False)

    def validate_arrivals(self, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(values) > arriving.MOST_AT_ONCE:
            told = _("Send %(most)d at most at once.") % {"most": arriving.MOST_AT_ONCE}
            raise serializers.ValidationError(told)
        return values


class SentAnswer(serializers.Serializer):
    """A submission with the candidates whom it reports."""

    id = serializers.IntegerField()
    candidates = serializers.ListField(child=serializers.IntegerField())


class ArrivedAnswer(serializers.Serializer):
    """What came of many arrivals."""

    arrived = serializers.IntegerField()
    submissions = SentAnswer(many=True)
    skipped = LeftAloneAnswer(many=True)


class MoveAnswer(serializers.Serializer):
    """A move; the first, from nothing, is the entry."""

    id = serializers.IntegerField()
    before = serializers.CharField()
    to = serializers.CharField()
    day = serializers.DateField()
    reason = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField(allow_null=True)
    on_behalf = serializers.BooleanField()
    recorded_at = serializers.DateTimeField()


class CandidateDocumentAnswer(serializers.Serializer):
    """A file of a candidate."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Document.Kind.choices)
    state = serializers.ChoiceField(Document.State.choices)
    media = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    on_behalf = serializers.BooleanField()
    filed_at = serializers.DateTimeField()
    fault = serializers.CharField()
    message = serializers.CharField(help_text="Why it was refused.")


class CandidateDocumentBody(serializers.Serializer):
    """A file: a PDF, a JPEG or a PNG."""

    kind = serializers.ChoiceField(Document.Kind.choices)
    file = serializers.FileField(allow_empty_file=True)


class ContactsBody(serializers.Serializer):
    """Why they must be seen."""

    reason = serializers.CharField(max_length=1000)


class ContactsAnswer(serializers.Serializer):
    """The number and the contacts in full."""

    id_number = serializers.CharField()
    mobile = serializers.CharField()
    email = serializers.CharField()

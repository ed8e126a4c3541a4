"""Bodies and answers of requests, of what they would erase, and of who has looked."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from backend import clock
from backend.accounts.models import User
from backend.api import base
from programs.privacy import selectors, services
from programs.privacy.models import Channel, Identified, Kind, PrivacyRequest, State
from talent.people.naming import mask_name

LARGEST_ID = 2**63 - 1


class PrivacyRequestAnswer(serializers.Serializer):
    """A request of a person; the name is masked."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    state = serializers.ChoiceField(choices=State.choices)
    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    received_on = serializers.DateField()
    due_on = serializers.DateField()
    late = serializers.BooleanField()
    received_by = serializers.CharField()
    assigned_to = serializers.CharField(allow_null=True)
    identified = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class RequestDetail(PrivacyRequestAnswer):
    """A request with what was said and done about it."""

    wanted = serializers.CharField()
    identified_note = serializers.CharField()
    identified_by = serializers.CharField(allow_null=True)
    identified_at = serializers.DateTimeField(allow_null=True)
    in_full = serializers.BooleanField(help_text="Whether the copy holds numbers in full.")
    files = serializers.ListField(child=serializers.CharField(), help_text="json and xlsx, once they are made.")
    files_until = serializers.DateTimeField(allow_null=True)
    record = serializers.IntegerField(allow_null=True)
    thread = serializers.IntegerField(allow_null=True)
    proposed_by = serializers.CharField(allow_null=True)
    proposed_at = serializers.DateTimeField(allow_null=True)
    approved_by = serializers.CharField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    job = serializers.IntegerField(allow_null=True)


class ReceiveBody(serializers.Serializer):
    """Who asks for what, by which way it came and on which day: today if left out."""

    person = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)
    wanted = serializers.CharField(required=False, allow_blank=True, default="", max_length=services.LONGEST)
    received_on = serializers.DateField(required=False, allow_null=True, default=None)


class IdentityBody(serializers.Serializer):
    """How it was found out that whoever asks is the person."""

    identified = serializers.ChoiceField(choices=Identified.choices)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=services.LONGEST)


class AssignBody(serializers.Serializer):
    """Who handles it from now on."""

    to = base.CodeField(selectors.officers, slug_field="username")


class CopyBody(serializers.Serializer):
    """Why numbers and contacts shall stand in the copy in full; left out, they are masked."""

    numbers_reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=services.LONGEST)


class CorrectionBody(serializers.Serializer):
    """Which record, and what its organisation is asked."""

    record = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    text = serializers.CharField(max_length=services.LONGEST)


class PrivacyTextBody(serializers.Serializer):
    """What the person was told."""

    text = serializers.CharField(max_length=services.LONGEST)


class PrivacyReasonBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=services.LONGEST)


class HeldLineAnswer(serializers.Serializer):
    """A table, how many of its rows are concerned, and of those that stay why."""

    table = serializers.CharField()
    called = serializers.CharField(help_text="In the reader's language.")
    rows = serializers.IntegerField()
    why = serializers.CharField()


class ErasurePreviewAnswer(serializers.Serializer):
    """What an erasure would come to."""

    erased = HeldLineAnswer(many=True)
    stripped = HeldLineAnswer(many=True)
    kept = HeldLineAnswer(many=True)
    holds = serializers.ListField(child=serializers.IntegerField())
    heads = serializers.IntegerField(help_text="Towards how many targets the person counts, and stays counted.")


class LookAnswer(serializers.Serializer):
    """That somebody looked: of a page only the day is known, and the first moment of it."""

    at = serializers.DateTimeField()
    user = serializers.CharField()
    role = serializers.CharField()
    organisation = serializers.CharField()
    act = serializers.CharField()
    reason = serializers.CharField()


class LooksAnswer(serializers.Serializer):
    """Who has looked at a person, the latest first."""

    person = serializers.IntegerField()
    looks = LookAnswer(many=True)


def answered(rows: Sequence[PrivacyRequest]) -> list[dict[str, Any]]:
    """Requests as lists answer them."""
    names, today = selectors.names(list(rows)), clock.today()
    return [_line(one, names, today) for one in rows]


def answered_whole(one: PrivacyRequest) -> dict[str, Any]:
    """One request as it is answered."""
    made = {"json": one.machine, "xlsx": one.readable}
    return {
        **answered([one])[0],
        "wanted": one.wanted,
        "identified_note": one.identified_note,
        "identified_by": _who(one.identified_by),
        "identified_at": one.identified_at,
        "in_full": bool(one.numbers_reason),
        "files": [form for form, file in made.items() if file is not None and file.disposed_at is None],
        "files_until": one.files_until,
        "record": one.record_id,
        "thread": one.thread_id,
        "proposed_by": _who(one.proposed_by),
        "proposed_at": one.proposed_at,
        "approved_by": _who(one.approved_by),
        "approved_at": one.approved_at,
        "erased_at": one.erased_at,
        "answer": one.answer,
        "job": one.job_id,
    }


def _line(one: PrivacyRequest, names: dict[int, str], today: Any) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind,
        "state": one.state,
        "person": one.person_id,
        "name": mask_name(names.get(one.person_id, "")),
        "channel": one.channel,
        "received_on": one.received_on,
        "due_on": one.due_on,
        "late": one.late_on(today),
        "received_by": one.received_by.username,
        "assigned_to": _who(one.assigned_to),
        "identified": one.identified,
        "closed_at": one.closed_at,
    }


def _who(user: User | None) -> str | None:
    return user.username if user else None

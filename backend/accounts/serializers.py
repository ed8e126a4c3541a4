"""Organisations and users as they are written and answered."""

from rest_framework import serializers

from backend.accounts import selectors
from backend.accounts.history.serializers import NameAnswer, ParentAnswer
from backend.accounts.models import Organisation, User
from backend.api.base import CodeField

# Some fields bear the name of something that a serializer has; DRF takes them off the class, which mypy cannot see.


class ContactBody(serializers.Serializer):
    """Somebody to speak to."""

    name = serializers.CharField(max_length=100)
    role = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class OrganisationBody(serializers.Serializer):
    """An organisation as it is written."""

    code = serializers.CharField(max_length=40)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    parent = CodeField(selectors.organisations, required=False, allow_null=True)  # type: ignore[assignment]
    school_code = serializers.CharField(max_length=5, required=False, allow_blank=True)
    uscc = serializers.CharField(max_length=18, required=False, allow_blank=True)
    sign_off = serializers.BooleanField(
        required=False, help_text="What its clerks fill in is taken once one of its signatories has confirmed it."
    )
    contacts = ContactBody(many=True, required=False)


class OrganisationAnswer(serializers.Serializer):
    """An organisation. ``closed_on`` is the first day on which it is no more, ``merged_into`` what goes on."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    parent = CodeField(allow_null=True)  # type: ignore[assignment]
    school_code = serializers.CharField()
    uscc = serializers.CharField()
    sign_off = serializers.BooleanField()
    contacts = ContactBody(many=True)
    closed_on = serializers.DateField(allow_null=True)
    merged_into = CodeField(allow_null=True)
    created_at = serializers.DateTimeField()


class OrganisationDetail(OrganisationAnswer):
    """An organisation with what it was called and part of, the earliest first."""

    names = NameAnswer(many=True)
    parents = ParentAnswer(many=True)


class UserBody(serializers.Serializer):
    """A user as they are written; staff belong to the bureau where no organisation is named."""

    username = serializers.CharField(max_length=60)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)
    email = serializers.EmailField(required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=User.Role.choices)
    read_only = serializers.BooleanField(required=False)  # type: ignore[assignment]
    signatory = serializers.BooleanField(required=False)
    districts = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        help_text="Codes of the districts whose records an officer sees and decides; none: all of them.",
    )
    organisation = CodeField(selectors.organisations, required=False, allow_null=True)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class UserChange(serializers.Serializer):
    """What may be changed of a user."""

    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)
    email = serializers.EmailField(allow_blank=True)
    role = serializers.ChoiceField(choices=User.Role.choices)
    read_only = serializers.BooleanField()  # type: ignore[assignment]
    signatory = serializers.BooleanField()
    districts = serializers.ListField(child=serializers.CharField(max_length=20))
    organisation = CodeField(selectors.organisations)
    language = serializers.ChoiceField(choices=User.Language.choices)
    is_active = serializers.BooleanField()


class UserAnswer(serializers.Serializer):
    """A user."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=User.Role.choices)
    read_only = serializers.BooleanField()  # type: ignore[assignment]
    signatory = serializers.BooleanField()
    districts = serializers.ListField(child=serializers.CharField())
    organisation = CodeField()
    language = serializers.ChoiceField(choices=User.Language.choices)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class Credentials(serializers.Serializer):
    """Who signs in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)
    otp = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        write_only=True,
        help_text="The one-time code of the second factor, or a recovery code; needed once a factor is set up.",
    )


class TokenAnswer(serializers.Serializer):
    """A token, shown this once."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()

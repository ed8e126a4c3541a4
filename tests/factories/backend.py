"""Organisations, users and sealed files."""

from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password

from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from tests.factories.base import RowFactory

PASSWORD = "a long enough secret"


@cache
def _hashed(password: str) -> str:
    return make_password(password)


class OrganisationFactory(RowFactory):
    """A university."""

    class Meta:
        model = Organisation
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"UNI-{n}")
    name_zh = factory.LazyAttribute(lambda o: f"大学 {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"University {o.code}")
    kind = Organisation.Kind.UNIVERSITY


class BureauFactory(OrganisationFactory):
    """The one bureau."""

    code = "BUREAU"
    name_zh = "人力资源和社会保障局"
    name_en = "HR bureau"
    kind = Organisation.Kind.BUREAU


class UserFactory(RowFactory):
    """Somebody who signs in; ``password`` is given in the clear and kept hashed."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user-{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.com")
    role = User.Role.PARTNER
    organisation = factory.SubFactory(OrganisationFactory)
    language = User.Language.EN
    password = PASSWORD
    # Somebody who has long found their way; what is shown to whoever is new is asked for where it is tried.
    first_steps = False
    read_changes = 1_000_000

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        kwargs["password"] = _hashed(kwargs["password"])
        return kwargs


class PartnerFactory(UserFactory):
    """A partner's submitter; ``organisation=`` says whose."""

    username = factory.Sequence(lambda n: f"partner-{n}")


class OfficerFactory(UserFactory):
    """An officer of the bureau."""

    username = factory.Sequence(lambda n: f"officer-{n}")
    role = User.Role.OFFICER
    organisation = factory.SubFactory(BureauFactory)


class ManagerFactory(OfficerFactory):
    """A manager."""

    username = factory.Sequence(lambda n: f"manager-{n}")
    role = User.Role.MANAGER


class AdminFactory(OfficerFactory):
    """An administrator."""

    username = factory.Sequence(lambda n: f"admin-{n}")
    role = User.Role.ADMIN


class SealedFileFactory(RowFactory):
    """A sealed original with real bytes: ``SealedFileFactory(data=b"…")``."""

    class Meta:
        model = SealedFile

    organisation = factory.SubFactory(OrganisationFactory)
    purpose = SealedFile.Purpose.ORIGINAL
    data = factory.Sequence(lambda n: f"file {n}".encode())

    @classmethod
    def _create(cls, model_class: type[SealedFile], *args: Any, **kwargs: Any) -> SealedFile:
        with everything():
            return files.store(
                organisation_id=kwargs["organisation"].pk, purpose=kwargs["purpose"], data=kwargs["data"]
            )

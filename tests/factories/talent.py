"""People, their documents and credentials."""

import datetime as dt
from typing import Any

import factory

from backend.accounts.scope import everything
from backend.vault import services as vault
from backend.vault.masking import mask_number
from talent.credentials.models import Credential
from talent.people.models import IdentityDocument, MatchCase, Person, PersonAlias, PersonReport
from tests.factories.backend import OrganisationFactory
from tests.factories.base import RowFactory
from tests.factories.numbers import resident_number

# A temporary resident card bears the number of the lasting one: both are indexed alike.
ONE_CLASS = {"112": "111"}
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "丽娟", "建国", "志强", "晓东", "雪梅", "国栋", "海燕", "小龙")


class PersonFactory(RowFactory):
    """A human being with one resident card, whose number is ``person.number`` (kept nowhere but on the object).

    ``document=False`` leaves the card out; ``document__number=…`` and ``document__id_type=…`` give another one.
    """

    class Meta:
        model = Person

    class Params:
        sequence = factory.Sequence(lambda n: n)

    name = factory.LazyAttribute(
        lambda o: _SURNAMES[o.sequence % len(_SURNAMES)] + _GIVEN[o.sequence // len(_SURNAMES) % len(_GIVEN)]
    )
    name_key = factory.LazyAttribute(lambda o: o.name.casefold().replace("·", "").replace(" ", ""))
    gender = "1"
    birth_date = factory.LazyAttribute(lambda o: dt.date(1985, 1, 1) + dt.timedelta(days=o.sequence % 5000))

    @factory.post_generation
    def document(self, create: bool, extracted: bool | None, **given: Any) -> None:
        if extracted is not False:
            given = {"birth_date": self.birth_date, "gender": self.gender, **given}
            self.number = IdentityDocumentFactory(person=self, **given).number


class IdentityDocumentFactory(RowFactory):
    """A document, sealed and indexed as the loader does; ``.number`` holds its number in the clear."""

    class Meta:
        model = IdentityDocument

    class Params:
        birth_date = dt.date(1985, 1, 1)
        gender = "1"
        sequence = factory.Sequence(lambda n: n)

    person = factory.SubFactory(PersonFactory, document=False)
    id_type = "111"
    number = factory.LazyAttribute(lambda o: resident_number(o.sequence, o.birth_date, o.gender))

    @classmethod
    def _create(cls, model_class: type[IdentityDocument], *args: Any, **kwargs: Any) -> IdentityDocument:
        number = kwargs.pop("number")
        with everything():
            document = model_class.objects.create(
                number_index=vault.index_many([f"{ONE_CLASS.get(kwargs['id_type'], kwargs['id_type'])}|{number}"])[0],
                sealed_number=b"",
                masked_number=mask_number(number),
                **kwargs,
            )
            [document.sealed_number] = vault.seal_many(
                "identity_document", "sealed_number", [document.pk], [number.encode()]
            )
            document.save(update_fields=["sealed_number"])
        document.number = number
        return document


class PersonAliasFactory(RowFactory):
    """Another name of a person."""

    class Meta:
        model = PersonAlias

    person = factory.SubFactory(PersonFactory)
    name = factory.Sequence(lambda n: f"别名{n}")
    name_key = factory.SelfAttribute("name")


class PersonReportFactory(RowFactory):
    """That an organisation reported a person."""

    class Meta:
        model = PersonReport
        django_get_or_create = ("organisation", "person")

    organisation = factory.SubFactory(OrganisationFactory)
    person = factory.SubFactory(PersonFactory)


class CredentialFactory(RowFactory):
    """A graduated master, as record ``record_id`` claims it; ``number=`` gives the certificate's number."""

    class Meta:
        model = Credential

    class Params:
        number = None

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    record_id = 0
    kind = Credential.Kind.EDUCATION
    code = "14"
    school = "贵州大学"
    held_from = dt.date(2018, 6, 30)
    number_index = factory.LazyAttribute(lambda o: vault.index_many([o.number])[0] if o.number else None)


class MatchCaseFactory(RowFactory):
    """An open case: a row gave another name for the number of a person on record."""

    class Meta:
        model = MatchCase

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    submission_id = 1
    row = 2
    name = factory.Sequence(lambda n: f"王小{n}")
    name_key = factory.SelfAttribute("name")
    score = 0.5
    reasons = ["same_number"]


class PairFactory(MatchCaseFactory):
    """An open case about two persons under different documents, the second of whom became known later."""

    kind = MatchCase.Kind.PAIR
    other = factory.SubFactory(PersonFactory)
    name = factory.SelfAttribute("other.name")
    name_key = factory.SelfAttribute("other.name_key")
    score = 0.9
    reasons = [{"code": "same_name", "bits": 9.3}, {"code": "other_birth_date", "bits": -7.6}]

"""Everything a test starts from, made of real rows: ``from tests.factories import RecordFactory``.

Factories enter the system's scope by themselves, so they may be called before or inside a scope of the test's own;
``*_batch`` makes many. People come with a sealed and indexed document, records with the person's report, their
credentials and sealed contacts, as the loader would have written them.
"""

from tests.factories.backend import (
    PASSWORD,
    AdminFactory,
    BureauFactory,
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    SealedFileFactory,
    UserFactory,
)
from tests.factories.numbers import resident_number
from tests.factories.programs import (
    AmendmentFactory,
    BudgetLineFactory,
    CohortFactory,
    FindingFactory,
    IntroductionFactory,
    LotFactory,
    PeriodFactory,
    ProgrammeFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.factories.talent import (
    CredentialFactory,
    IdentityDocumentFactory,
    MatchCaseFactory,
    PairFactory,
    PersonAliasFactory,
    PersonFactory,
    PersonReportFactory,
)

__all__ = [
    "PASSWORD",
    "AdminFactory",
    "AmendmentFactory",
    "BudgetLineFactory",
    "BureauFactory",
    "CohortFactory",
    "CredentialFactory",
    "FindingFactory",
    "IdentityDocumentFactory",
    "IntroductionFactory",
    "LotFactory",
    "ManagerFactory",
    "MatchCaseFactory",
    "OfficerFactory",
    "OrganisationFactory",
    "PairFactory",
    "PartnerFactory",
    "PeriodFactory",
    "PersonAliasFactory",
    "PersonFactory",
    "PersonReportFactory",
    "ProgrammeFactory",
    "RecordFactory",
    "SealedFileFactory",
    "SubmissionFactory",
    "UserFactory",
    "resident_number",
]

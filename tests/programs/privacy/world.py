"""A person who stands everywhere: reported by two organisations, amended, decided on, asked about, a candidate too."""

from collections.abc import Callable, Iterator

from django.db import connection

from backend.accounts.scope import everything
from backend.vault import services as vault
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.checklists import services as check_lists
from programs.intake.packing import unpack
from programs.privacy import services
from programs.privacy.models import PrivacyRequest
from programs.records.models import Record
from programs.recruitment import entering
from programs.recruitment.reading import Told
from programs.review import services as decisions
from programs.review import threads
from talent.credentials.evidence import file_evidence
from talent.credentials.models import Credential
from talent.people.models import Person
from tests.factories import OfficerFactory, OrganisationFactory
from tests.support.partner import Partner, number
from tests.support.scans import jpeg

NAME = "欧阳疆域"
OTHER_NAME = "欧阳疆"
N = 77
NUMBER = number(N)
MOBILE = "13985077077"
EMAIL = "jiangyu@example.org"
CERTIFICATE = "106101201002077077"
ME = {
    "name": NAME,
    "id_number": NUMBER,
    "mobile": MOBILE,
    "email": EMAIL,
    "partner_ref": "工号77",
    "remarks": "欧阳疆域本人",
}
MASTER = {
    "education": "硕士研究生毕业",
    "school": "四川大学",
    "graduated_on": "2010-07-01",
    "education_cert_no": CERTIFICATE,
}


class World:
    """Two partners that report one human being, a third whose row is refused, and others who stay as they are."""

    def erased(self) -> PrivacyRequest:
        """The person asks to be deleted, and is, by two officers."""
        with everything():
            person = Person.objects.get(pk=self.person_id)
            row = services.receive(actor=self.officer, person=person, kind="deletion", channel="in_person", wanted=NAME)
            services.confirm_identity(actor=self.officer, request=row, identified="document", note=f"{NAME} 本人到场")
            services.propose_deletion(actor=self.officer, request=row)
            services.approve_deletion(actor=self.colleague, request=row)
        self.run_jobs()
        with everything():
            return PrivacyRequest.objects.get(pk=row.pk)

    def __init__(self, run_jobs: Callable[[], int]) -> None:
        self.run_jobs = run_jobs
        self.partner = Partner(run_jobs)
        self.second = Partner(run_jobs, OrganisationFactory())
        self.officer, self.colleague = OfficerFactory(), OfficerFactory()
        own = self.partner.row(N, **ME, **MASTER)
        self.partner.report([self.partner.row(1), own, self.partner.row(2)])
        with everything():
            self.record = Record.objects.get(partner_ref="工号77")
            self.person_id = self.record.person_id
            decisions.decide_one(
                record_id=self.record.pk, decision="return", reason="欧阳疆域的日期请核对", actor=self.officer
            )
        self.partner.report([self.partner.row(N, **ME, **MASTER, employer="贵阳某公司")])
        with everything():
            for one in Record.objects.filter(organisation=self.partner.organisation):
                decisions.decide_one(record_id=one.pk, decision="verify", reason="", actor=self.officer)
        self.partner.report([self.partner.row(N, **ME | {"remarks": "改为欧阳疆域"}, **MASTER)])
        self.second.report([self.second.row(N, **ME), self.second.row(3)])
        self.third = Partner(run_jobs, OrganisationFactory())
        self.third.report([self.third.row(N, **ME | {"name": OTHER_NAME})])
        self.refused = self.partner.send([self.partner.row(N, **ME, district="火星区"), self.partner.row(4)])["id"]
        with everything():
            threads.open_thread(actor=self.officer, text="欧阳疆域是否在岗？", record=self.record)
            credential = Credential.objects.filter(person_id=self.person_id).order_by("pk")[0]
            file_evidence(credential_id=credential.pk, data=jpeg((40, 30)), actor=self.partner.clerk)
            told = Told(
                name=NAME, source="referral", id_type="111", id_number=NUMBER, mobile=MOBILE, notes="欧阳疆域，老同学"
            )
            entering.enter_candidates(actor=self.partner.clerk, organisation=self.partner.organisation, told=[told])
            line = {"name": NAME, "id_type": "111", "id_number": NUMBER}
            check_lists.hand_in(actor=self.partner.clerk, people=[line])
        run_jobs()


def texts() -> Iterator[tuple[str, str]]:
    """Every text of every table, by where it stands: columns as they are, and what rests sealed, opened."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns"
            " WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY', 'tsvector')"
            " GROUP BY table_name ORDER BY table_name"
        )
        for table, columns in cursor.fetchall():
            whole = ", ".join(f'"{one}"::text' for one in columns)
            cursor.execute(f'SELECT concat_ws(chr(10), {whole}) FROM "{table}"')
            for (text,) in cursor.fetchall():
                yield table, text
        for table, column in (
            ("identity_document", "sealed_number"),
            ("record", "sealed"),
            ("amendment", "sealed"),
            ("revision", "sealed"),
            ("candidate", "sealed"),
            ("mend", "sealed_value"),
        ):
            cursor.execute(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL")
            rows = cursor.fetchall()
            for text in vault.unseal_many(table, column, [row[0] for row in rows], [bytes(row[1]) for row in rows]):
                yield f"{table}.{column}", text.decode()
        for file in SealedFile.objects.filter(disposed_at=None, quarantined_at=None).order_by("pk"):
            data = files.read(file)
            if file.purpose == SealedFile.Purpose.SHEET and b"ARROW1" in data[:32]:
                for part in unpack(data):
                    yield f"sheet {file.pk}", str(part.to_dicts())
            else:
                yield f"file {file.pk}", data.decode("utf-8", "ignore") + data.decode("gb18030", "ignore")


TRAIL = "audit_entry"
"""The trail is kept whole, as logs must be: in the reasons that officers typed a name may stand, a number never."""


def left(*words: str) -> list[str]:
    """Where one of ``words`` still stands."""
    return sorted({place for place, text in texts() if any(word in text for word in words)})

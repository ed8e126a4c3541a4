"""Requests of persons, holds and disposal in the tables of ``tests.policy``; columns as in ``table.py``."""

from typing import Any

from backend import clock
from backend.accounts.models import Organisation
from programs.disposal import certificates, holds, services
from programs.disposal.models import DisposalRule, DisposalRun
from programs.privacy import services as requests
from talent.people.models import Person
from tests.factories import OfficerFactory

TABLE = """\
GET    privacy-requests/                                401       403       403       403       200       403       200
POST   privacy-requests/                                401       403       403       403       201       403       403
GET    privacy-requests/{privacy}/                      401       403       403       403       200       403       200
GET    privacy-requests/{privacy}/preview/              401       403       403       403       200       403       200
POST   privacy-requests/{privacy}/confirm-identity/     401       403       403       403       200       403       403
POST   privacy-requests/{privacy}/assign/               401       403       403       403       200       403       403
POST   privacy-requests/{privacy}/copy/                 401       403       403       403       409       403       403
GET    privacy-requests/{privacy}/copy.{copy}           401       403       403       403       404       403       403
POST   privacy-requests/{privacy}/ask/                  401       403       403       403       409       403       403
POST   privacy-requests/{privacy}/propose/              401       403       403       403       409       403       403
POST   privacy-requests/{privacy}/approve/              401       403       403       403       409       403       403
POST   privacy-requests/{privacy}/answer/               401       403       403       403       409       403       403
POST   privacy-requests/{privacy}/refuse/               401       403       403       403       200       403       403
POST   privacy-requests/{privacy}/withdraw/             401       403       403       403       200       403       403
GET    people/{person}/access-report/                   401       403       403       403       200       403       200
GET    legal-holds/                                     401       403       403       403       200       403       200
POST   legal-holds/                                     401       403       403       403       201       403       403
POST   legal-holds/{hold}/lift/                         401       403       403       403       200       403       403
GET    disposal/rules/                                  401       403       403       403       200       403       200
POST   disposal/rules/                                  401       403       403       403       201       403       201
GET    disposal/rules/{disposal}/preview/               401       403       403       403       200       403       200
POST   disposal/rules/{disposal}/switch-on/             401       403       403       403       200       403       200
POST   disposal/rules/{disposal}/switch-off/            401       403       403       403       409       403       409
GET    disposal/certificates/                           401       403       403       403       200       403       200
GET    disposal/certificates/verify/                    401       403       403       403       200       403       200
GET    disposal/certificates/{certificate}/             401       403       403       403       200       403       200
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "privacy-requests/"): {"person": "{person}", "kind": "copy", "channel": "letter"},
    ("POST", "privacy-requests/{privacy}/confirm-identity/"): {"identified": "document"},
    ("POST", "privacy-requests/{privacy}/assign/"): {"to": "{colleague}"},
    ("POST", "privacy-requests/{privacy}/ask/"): {"record": "{record}", "text": "请核对"},
    ("POST", "privacy-requests/{privacy}/answer/"): {"text": "已告知"},
    ("POST", "privacy-requests/{privacy}/refuse/"): {"reason": "非本人"},
    ("POST", "privacy-requests/{privacy}/withdraw/"): {"reason": "来电撤回"},
    ("POST", "legal-holds/"): {"organisation": "{organisation}", "reason": "诉讼"},
    ("POST", "legal-holds/{hold}/lift/"): {"reason": "结案"},
    ("POST", "disposal/rules/"): {"kind": "refused", "months": 36, "basis": "保管期限表"},
    ("POST", "disposal/rules/{disposal}/switch-on/"): {"reason": "保管期限表已批准"},
    ("POST", "disposal/rules/{disposal}/switch-off/"): {"reason": "修订"},
}


def made(person_id: int, successor: Organisation) -> dict[str, Any]:
    """A request that was just taken down, a hold on another organisation, a draft of a rule, and a certificate."""
    officer = OfficerFactory()
    person = Person.objects.get(pk=person_id)
    run = DisposalRun.objects.create(rule=DisposalRule.objects.get(kind="candidate"), until=clock.now())
    return {
        "privacy": requests.receive(actor=officer, person=person, kind="access", channel="in_person").pk,
        "copy": "json",
        "hold": holds.place(actor=officer, organisation=successor, reason="诉讼").pk,
        "disposal": services.draft(actor=officer, kind="evidence", months=60, basis="保管期限表").pk,
        "certificate": certificates.issue(run=run, told={"cause": "rule", "basis": "保管期限表", "months": 24}).number,
    }


def _of_the_whole() -> dict[tuple[str, str], int]:
    """What an officer who is bound to districts gets: what is about everybody is refused in words, or not there."""
    found = {
        ("POST", "privacy-requests/"): 403,
        ("POST", "legal-holds/"): 403,
        ("POST", "disposal/rules/"): 403,
        ("GET", "disposal/certificates/verify/"): 403,
        ("GET", "people/{person}/access-report/"): 404,
    }
    for line in TABLE.strip().splitlines():
        method, path = line.split()[:2]
        if any(name in path for name in ("{privacy}", "{hold}", "{disposal}", "{certificate}")):
            found[method, path] = 404
    return found


OF_THE_WHOLE = _of_the_whole()

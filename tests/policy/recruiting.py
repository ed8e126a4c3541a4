"""Recruitment's part of the table and of the world: positions, a campaign, a candidate with a file."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from backend.accounts.models import User
from programs.recruitment import campaigns, documents, entering, positions
from programs.recruitment.models import Document
from tests.factories import IntroductionFactory, OfficerFactory
from tests.policy.marks import MARK, SURNAME
from tests.support.partner import number
from tests.support.scans import pdf

TABLE = """\
GET    positions/                                       401       200       200       200       200       200       200
POST   positions/                                       401       201       400       403       201       403       403
GET    positions/{position}/                            401       200       404       200       200       200       200
PATCH  positions/{position}/                            401       200       404       403       200       403       403
POST   positions/{position}/close/                      401       200       404       403       200       403       403
POST   positions/{position}/reopen/                     401       409       404       403       409       403       403
GET    campaigns/                                       401       200       200       200       200       200       200
POST   campaigns/                                       401       403       403       403       201       403       403
GET    campaigns/{campaign}/                            401       200       404       200       200       200       200
PATCH  campaigns/{campaign}/                            401       403       403       403       200       403       403
GET    candidates/                                      401       200       200       200       200       403       403
POST   candidates/                                      401       201       400       403       201       403       403
POST   candidates/move/                                 401       200       400       403       200       403       403
POST   candidates/arrive/                               401       202       400       403       202       403       403
GET    candidates/{candidate}/                          401       200       404       200       200       403       403
PATCH  candidates/{candidate}/                          401       200       404       403       200       403       403
POST   candidates/{candidate}/move/                     401       200       404       403       200       403       403
POST   candidates/{candidate}/arrive/                   401       202       404       403       202       403       403
GET    candidates/{candidate}/moves/                    401       200       404       200       200       403       403
GET    candidates/{candidate}/documents/                401       200       404       200       200       403       403
POST   candidates/{candidate}/documents/                401       400       404       403       400       403       403
DELETE candidates/{candidate}/documents/{document}/     401       204       404       403       204       403       403
GET    candidates/{candidate}/documents/{document}/file/ 401      200       404       200       200       403       403
POST   candidates/{candidate}/reveal/                   401       200       404       403       200       403       403
GET    recruitment/funnel/                              401       200       200       200       200       200       200
GET    recruitment/times/                               401       200       200       200       200       200       200
GET    recruitment/sources/                             401       200       200       200       200       200       200
GET    recruitment/demand/                              401       200       200       200       200       200       200
GET    supply/                                          401       200       200       200       200       200       200
GET    supply/months/                                   401       200       200       200       200       200       200
GET    supply/positions/                                401       200       200       200       200       200       200
GET    supply/cohorts/                                  401       200       200       200       200       200       200
GET    supply/people/                                   401       403       403       403       200       200       403
"""

POSITION = {
    "organisation": "{organisation}",
    "ref": "P2",
    "title": "数据工程师",
    "occupation": "2-02-38-03",
    "level": "intermediate",
    "wanted": 2,
    "open_until": "2100-01-01",
}
CANDIDATE = {"organisation": "{organisation}", "name": "李四", "source": "direct"}
ARRIVAL = {"day": "2019-03-01", "employer": "贵阳数谷公司", "employer_uscc": "91520100MA6DLXXX5T"}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "positions/"): POSITION,
    ("PATCH", "positions/{position}/"): {"wanted": 5},
    ("POST", "positions/{position}/close/"): {"reason": "招满"},
    ("POST", "campaigns/"): {
        "code": "{introduction}",
        "kind": "fair",
        "starts_on": "2019-01-01",
        "ends_on": "2019-01-02",
    },
    ("PATCH", "campaigns/{campaign}/"): {"place": "会展中心"},
    ("POST", "candidates/"): CANDIDATE,
    ("POST", "candidates/move/"): {"ids": ["{candidate}"], "to": "applied"},
    ("POST", "candidates/arrive/"): {"arrivals": [{"candidate": "{candidate}", **ARRIVAL}]},
    ("PATCH", "candidates/{candidate}/"): {"notes": "约面试"},
    ("POST", "candidates/{candidate}/move/"): {"to": "applied", "expected": "sourced"},
    ("POST", "candidates/{candidate}/arrive/"): ARRIVAL,
    ("POST", "candidates/{candidate}/reveal/"): {"reason": "约面试"},
}


def made(clerk: User, run_jobs: Callable[[], int]) -> dict[str, Any]:
    """What recruitment has of the clerk's organisation, by the names that the table gives it; in the bureau's scope."""
    organisation = clerk.organisation
    named = {"name_zh": f"{MARK}引进", "name_en": f"{MARK} introductions"}
    campaign = IntroductionFactory(code=f"{MARK}-INTRO", organisations=[organisation], **named)
    campaigns.describe_campaign(
        actor=OfficerFactory(),
        programme=campaign,
        kind="fair",
        starts_on=dt.date(2019, 1, 5),
        ends_on=dt.date(2019, 1, 6),
    )
    position = positions.open_position(
        actor=clerk,
        ref=f"{MARK}-P1",
        title=f"{MARK}分析师",
        occupation="2-02-38-03",
        level="senior",
        wanted=1,
        opened_on=dt.date(2019, 1, 1),
        open_until=dt.date(2100, 1, 1),
    )
    candidate = entering.enter_candidate(
        actor=clerk,
        organisation=organisation,
        name=f"{SURNAME}三",
        source="fair",
        id_type="111",
        id_number=number(77),
        campaign=campaign,
        position=position,
        day=dt.date(2019, 1, 7),
    )
    document = documents.file_document(
        actor=clerk, candidate_id=candidate.pk, kind=Document.Kind.POST_EVIDENCE, data=pdf()
    )
    run_jobs()
    return {
        "position": position.pk,
        "campaign": campaign.code,
        "introduction": IntroductionFactory(code=f"{MARK}-INTRO-2", organisations=[organisation], **named).code,
        "candidate": candidate.pk,
        "document": document.pk,
    }

"""Who may open which page: role × page × status, one table for each desk, executed by ``test_pages``.

302 leads to the sign-in, 303 on from something that was done or refused with a sentence, or to the sign-in with what
was sent (307). The ids in braces are of what
``partner`` owns; ``other`` is a partner of another organisation, to whom they do not exist.
"""

from tests.policy.pages import (
    admin,
    calendar,
    credentials,
    keeping,
    ladders,
    manager,
    messages,
    officer,
    partner,
    people,
    plans,
    privacy,
    recruitment,
    rules,
    signing,
    supply,
)

HEADING = "anonymous partner other read_only officer manager admin"
OWN = """
GET    sign-in/                          200       303       303       303       303       303       303
POST   sign-in/                          400       400       400       400       400       400       400
POST   sign-out/                         303       303       303       303       303       303       303
POST   kept/                             303       303       303       303       303       303       303
POST   looks/                            303       303       303       303       303       303       303
POST   language/                         303       303       303       303       303       303       303
GET    account/                          302       200       200       200       200       200       200
POST   account/                          303       400       400       400       400       400       400
GET    /                                 302       200       200       200       200       200       200
"""
ROOMS = (
    *(partner, officer, manager, admin, rules, credentials, plans, people, calendar, ladders, messages, recruitment),
    *(keeping, supply, privacy, signing),
)
TABLE = OWN + "".join(room.TABLE for room in ROOMS)
BODIES = {key: body for room in ROOMS for key, body in room.BODIES.items()}

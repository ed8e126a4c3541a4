"""The pages about requests of persons, holds and disposal; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    privacy-requests/                                        302     403     403     403     200     403     200
GET    privacy-requests/new/                                    302     403     403     403     200     403     403
POST   privacy-requests/new/                                    303     403     403     403     303     403     403
GET    privacy-requests/{privacy}/                              302     403     403     403     200     403     200
GET    privacy-requests/{privacy}/copy.{copy}                   302     403     403     403     404     403     403
POST   privacy-requests/{privacy}/{privacy_step}/               303     403     403     403     303     403     403
GET    people/{person}/access-report/                           302     403     403     403     200     403     200
GET    legal-holds/                                             302     403     403     403     200     403     200
GET    legal-holds/new/                                         302     403     403     403     200     403     403
POST   legal-holds/new/                                         303     403     403     403     303     403     403
POST   legal-holds/{hold}/lift/                                 303     403     403     403     303     403     403
GET    disposal/rules/                                          302     403     403     403     200     403     200
GET    disposal/rules/new/                                      302     403     403     403     200     403     200
POST   disposal/rules/new/                                      303     403     403     403     303     403     303
GET    disposal/rules/{disposal}/                               302     403     403     403     200     403     200
POST   disposal/rules/{disposal}/                               303     403     403     403     303     403     303
POST   disposal/rules/{disposal}/switch-off/                    303     403     403     403     400     403     400
GET    disposal/certificates/                                   302     403     403     403     200     403     200
GET    disposal/certificates/{certificate}/                     302     403     403     403     200     403     200
GET    disposal/certificates/{certificate}.xlsx                 302     403     403     403     200     403     200
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "privacy-requests/new/"): {"person": "{person}", "kind": "copy", "channel": "letter"},
    ("POST", "privacy-requests/{privacy}/{privacy_step}/"): {"identified": "document"},
    ("POST", "legal-holds/new/"): {"organisation": "{organisation}", "reason": "诉讼"},
    ("POST", "legal-holds/{hold}/lift/"): {"reason": "结案"},
    ("POST", "disposal/rules/new/"): {"kind": "refused", "months": 36, "basis": "保管期限表"},
    ("POST", "disposal/rules/{disposal}/"): {"reason": "保管期限表已批准"},
    ("POST", "disposal/rules/{disposal}/switch-off/"): {"reason": "修订"},
}

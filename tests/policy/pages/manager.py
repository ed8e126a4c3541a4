"""The manager's pages, and people's; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    targets/                          302       403       403       403       200       200       200
GET    targets/all/                      302       403       403       403       200       200       200
GET    targets/all/people/               302       403       403       403       200       200       200
GET    targets/all/changes/              302       403       403       403       200       200       200
GET    targets/all/changes/people/       302       403       403       403       200       200       200
GET    targets/all/gap/awaiting_review/  302       403       403       403       200       200       200
GET    indicators/                       302       403       403       403       200       200       200
GET    indicators/{indicator}/           302       403       403       403       200       200       200
POST   indicators/{indicator}/           303       403       403       403       303       303       403
POST   targets/all/landing/              303       403       403       403       303       303       303
GET    league/                           302       403       403       403       200       200       403
GET    people/{person}/                  302       200       404       200       200       200       200
GET    people/{person}/reveal/           302       403       403       403       303       403       403
GET    people/{person}/split/            302       403       403       403       303       403       403
POST   people/{person}/split/            303       403       403       403       303       403       403
POST   people/{person}/reveal/           303       403       403       403       200       403       403
GET    snapshots/                        302       403       403       403       200       200       200
GET    snapshots/new/                    302       403       403       403       403       200       403
POST   snapshots/new/                    303       403       403       403       403       303       403
GET    snapshots/verify/                 302       403       403       403       200       200       200
GET    snapshots/{snapshot}/             302       403       403       403       200       200       200
GET    snapshots/{snapshot}/figures/     302       403       403       403       200       200       200
GET    snapshots/{snapshot}/canonical.json 302     403       403       403       200       200       200
GET    briefings/                        302       403       403       403       200       200       403
GET    briefings/new/                    302       403       403       403       403       200       403
POST   briefings/new/                    303       403       403       403       403       303       403
GET    briefings/{briefing}/             302       403       403       403       200       200       403
POST   briefings/{briefing}/again/       303       403       403       403       403       303       403
GET    briefings/{briefing}/{language}.{form} 302  403       403       403       200       200       403
GET    briefings/schedules/              302       403       403       403       200       200       403
GET    briefings/schedules/new/          302       403       403       403       403       200       403
POST   briefings/schedules/new/          303       403       403       403       403       303       403
GET    briefings/schedules/{briefing_schedule}/ 302 403      403       403       200       200       403
POST   briefings/schedules/{briefing_schedule}/ 303 403      403       403       403       303       403
GET    alerts/                           302       403       403       403       200       200       200
POST   alerts/evaluate/                  303       403       403       403       403       303       303
GET    alerts/settings/                  302       403       403       403       403       200       200
POST   alerts/settings/                  303       403       403       403       403       303       303
GET    alerts/{alert}/                   302       403       403       403       200       200       200
POST   alerts/{alert}/                   303       403       403       403       403       303       303
GET    recounts/                         302       403       403       403       200       200       200
POST   recounts/order/                   303       403       403       403       403       403       303
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "people/{person}/reveal/"): {"reason": "核对证件"},
    ("POST", "indicators/{indicator}/"): {"value": "1.5", "as_of": "2019-12-31", "source": "年鉴"},
    ("POST", "snapshots/new/"): {
        "plan": "digital-valley-2020",
        "as_of": "2019-06-30",
        "known_at": "2999-01-01",
        "title": "半年数据",
    },
    ("POST", "briefings/new/"): {"snapshot": "{snapshot}", "kind": "month", "languages": ["en"]},
    ("POST", "briefings/schedules/new/"): {
        "plan": "digital-valley-2020",
        "kind": "year",
        "languages": ["en"],
        "working_days": "5",
    },
    ("POST", "briefings/schedules/{briefing_schedule}/"): {"languages": ["en"], "working_days": "5"},
    ("POST", "alerts/settings/"): {
        "margin_points": "5",
        "drop_days": "7",
        "drop_heads": "10",
        "drop_percent": "0.5",
        "silent_periods": "2",
    },
    ("POST", "alerts/{alert}/"): {"note": "已约谈"},
}

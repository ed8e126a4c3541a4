"""Who may do what: role × endpoint × status, as one table that is executed.

The ids in braces are of what ``partner`` owns. ``other`` is a partner of another organisation, to whom they do not
exist; ``read_only`` signs in for the same organisation as ``partner``.
"""

from typing import Any

from programs.targets.planfile import FOLDER
from tests.policy import briefing, entering, platform, privacy, recruiting, staying

TABLE = """
                                                  anonymous   partner     other read_only   officer   manager     admin
GET    schema/                                          200       200       200       200       200       200       200
GET    docs/                                            200       200       200       200       200       200       200
GET    problems/                                        200       200       200       200       200       200       200
GET    problems/conflict                                200       200       200       200       200       200       200
POST   auth/token/                                      401       401       401       401       401       401       401
DELETE auth/token/                                      401       204       204       204       204       204       204
GET    audit/                                           401       403       403       403       403       403       200
GET    audit/verify/                                    401       403       403       403       403       403       200
POST   audit/verify/                                    401       403       403       403       403       403       202
GET    jobs/                                            401       200       200       200       200       200       200
GET    jobs/{job}/                                      401       200       404       200       200       200       200
GET    codes/                                           401       200       200       200       200       200       200
GET    people/                                          401       200       200       200       200       200       200
POST   people/find/                                     401       200       200       200       200       403       403
GET    people/roster/                                   401       403       403       403       200       200       200
GET    people/check-list/                               401       200       200       200       200       403       403
POST   people/check-list/                               401       202       202       202       202       403       403
GET    people/check-list/{list}/                        401       200       404       200       404       403       403
GET    people/check-list/{list}/result/                 401       200       404       200       404       403       403
GET    reveals/                                         401       403       403       403       403       403       200
GET    people/{person}/                                 401       200       404       200       200       200       200
POST   people/{person}/reveal/                          401       403       403       403       200       403       403
POST   people/{person}/split/                           401       403       403       403       409       403       403
GET    people/{person}/timeline/                        401       200       404       200       200       200       200
GET    matches/                                         401       403       403       403       200       403       403
GET    matches/{match}/                                 401       403       403       403       200       403       403
POST   matches/{match}/same/                            401       403       403       403       200       403       403
POST   matches/{match}/different/                       401       403       403       403       200       403       403
GET    credentials/                                     401       200       200       200       200       200       200
GET    credentials/{credential}/                        401       200       404       200       200       200       200
POST   credentials/examine/                             401       403       403       403       200       403       403
POST   credentials/{credential}/confirm/                401       403       403       403       200       403       403
POST   credentials/{credential}/refute/                 401       403       403       403       200       403       403
POST   credentials/{credential}/reopen/                 401       403       403       403       200       403       403
GET    credentials/{credential}/evidence/               401       200       404       200       200       200       200
POST   credentials/{credential}/evidence/               401       400       404       403       400       403       403
DELETE credentials/{credential}/evidence/{evidence}/    401       204       404       403       204       403       403
GET    credentials/{credential}/evidence/{evidence}/file/ 401     200       404       200       200       403       403
GET    credentials/{credential}/evidence/{evidence}/thumbnail/ 401 200      404       200       200       403       403
GET    programmes/                                      401       200       200       200       200       200       200
POST   programmes/                                      401       403       403       403       201       403       403
GET    programmes/{programme}/                          401       200       404       200       200       200       200
PATCH  programmes/{programme}/                          401       403       403       403       200       403       403
GET    programmes/{programme}/figures/                  401       200       404       200       200       200       200
GET    programmes/{programme}/budget/                   401       200       404       200       200       200       200
POST   programmes/{programme}/budget/                   401       403       403       403       201       403       403
GET    programmes/{programme}/budget/{line}/            401       200       404       200       200       200       200
PATCH  programmes/{programme}/budget/{line}/            401       403       403       403       200       403       403
DELETE programmes/{programme}/budget/{line}/            401       403       403       403       204       403       403
GET    training/cohorts/                                401       200       200       200       200       200       200
GET    training/conflicts/                              401       200       200       200       200       200       200
GET    cohorts/{cohort}/figures/                        401       200       404       200       200       200       200
GET    cohorts/{cohort}/conflicts/                      401       200       404       200       200       200       200
GET    cohorts/{cohort}/attendance/                     401       200       404       200       200       200       200
PUT    cohorts/{cohort}/attendance/                     401       200       404       403       200       403       403
GET    cohorts/                                         401       200       200       200       200       200       200
POST   cohorts/                                         401       403       403       403       201       403       403
GET    cohorts/{cohort}/                                401       200       404       200       200       200       200
PATCH  cohorts/{cohort}/                                401       403       403       403       200       403       403
GET    cohort-requests/                                 401       200       200       200       200       200       200
POST   cohort-requests/                                 401       201       400       403       403       403       403
GET    cohort-requests/{request}/                       401       200       404       200       200       200       200
POST   cohort-requests/{request}/grant/                 401       403       403       403       200       403       403
POST   cohort-requests/{request}/refuse/                401       403       403       403       200       403       403
GET    periods/                                         401       200       200       200       200       200       200
POST   periods/                                         401       403       403       403       201       403       403
POST   periods/generate/                                401       403       403       403       201       403       403
GET    periods/{period}/                                401       200       200       200       200       200       200
PATCH  periods/{period}/                                401       403       403       403       200       403       403
POST   periods/{period}/lock/                           401       403       403       403       200       403       403
POST   periods/{period}/unlock/                         401       403       403       403       200       403       403
GET    obligations/                                     401       200       200       200       200       200       200
GET    obligations/{obligation}/                        401       200       404       200       200       200       200
POST   obligations/{obligation}/confirm-zero/           401       200       404       403       200       403       403
POST   obligations/{obligation}/excuse/                 401       403       403       403       200       403       403
POST   obligations/{obligation}/remind/                 401       403       403       403       200       403       403
GET    period-schemes/                                  401       200       200       200       200       200       200
POST   period-schemes/                                  401       403       403       403       201       403       403
GET    period-schemes/{scheme}/                         401       200       404       200       200       200       200
PATCH  period-schemes/{scheme}/                         401       403       403       403       200       403       403
GET    holidays/                                        401       200       200       200       200       200       200
GET    holidays/{year}/                                 401       200       200       200       200       200       200
PUT    holidays/{year}/                                 401       403       403       403       200       403       403
GET    extensions/                                      401       200       200       200       200       200       200
POST   extensions/                                      401       403       403       403       201       403       403
GET    extensions/{extension}/                          401       200       404       200       200       200       200
POST   extensions/{extension}/withdraw/                 401       403       403       403       200       403       403
GET    rates/                                           401       200       200       200       200       200       200
GET    rates/late-people/                               401       200       200       200       200       200       200
GET    calendar-feeds/                                  401       200       200       200       403       403       200
POST   calendar-feeds/                                  401       201       400       403       403       403       201
POST   calendar-feeds/{feed}/revoke/                    401       200       404       403       403       403       200
GET    reminders/                                       401       200       200       200       200       200       200
GET    reminders/preview/                               401       200       200       200       200       200       200
GET    scorecards/                                      401       200       200       200       200       200       403
GET    call-notes/                                      401       403       403       403       200       200       403
POST   call-notes/                                      401       403       403       403       201       403       403
GET    call-notes/{call}/                               401       403       403       403       200       200       403
GET    reminders/policies/                              401       403       403       403       200       200       200
POST   reminders/policies/                              401       403       403       403       201       403       201
GET    reminders/policies/{ladder}/                     401       403       403       403       200       200       200
PATCH  reminders/policies/{ladder}/                     401       403       403       403       200       403       200
DELETE reminders/policies/{ladder}/                     401       403       403       403       204       403       204
GET    reminders/policies/{ladder}/preview/             401       403       403       403       200       200       200
POST   reminders/policies/{ladder}/switch-on/           401       403       403       403       200       403       200
POST   reminders/policies/{ladder}/switch-off/          401       403       403       403       409       403       409
GET    reminders/quiet/                                 401       403       403       403       200       200       200
POST   reminders/quiet/                                 401       403       403       403       201       403       403
POST   reminders/quiet/{quieting}/lift/                 401       403       403       403       200       403       403
GET    reminders/digest/                                401       200       200       200       200       200       200
POST   reminders/digest/                                401       200       200       403       200       200       200
GET    submissions/                                     401       200       200       200       200       200       200
POST   submissions/                                     401       202       400       403       202       403       403
GET    submissions/{submission}/                        401       200       404       200       200       200       200
POST   submissions/{submission}/confirm/                401       202       404       403       202       403       403
POST   submissions/{submission}/cancel/                 401       200       404       403       200       403       403
GET    submissions/{submission}/findings/               401       200       404       200       200       403       403
GET    submissions/{submission}/findings/summary/       401       200       404       200       200       200       200
PATCH  submissions/{submission}/rows/3/                 401       200       404       403       200       403       403
POST   submissions/{submission}/withdraw/               401       409       404       403       403       403       403
POST   submissions/{submission}/mend-all/               401       200       404       403       200       403       403
GET    submissions/{submission}/changes/                401       200       404       200       200       403       403
GET    submissions/{submission}/places/                 401       200       404       200       200       200       200
GET    submissions/{submission}/report.xlsx             401       200       404       403       403       403       403
POST   submissions/{submission}/overrides/              401       201       404       403       403       403       403
GET    practice/                                        401       200       200       200       403       403       403
GET    practice/{sample}.xlsx                           401       200       200       200       403       403       403
GET    practice/{sample}.csv                            401       200       200       200       403       403       403
GET    rules/                                           401       200       200       200       200       200       200
GET    rules/{rule}/                                    401       200       200       200       200       200       200
POST   rules/{rule}/severity/                           401       403       403       403       201       403       403
GET    rule-settings/                                   401       200       200       200       200       200       200
GET    replays/                                         401       403       403       403       200       403       403
POST   replays/                                         401       403       403       403       202       403       403
GET    replays/{replay}/                                401       403       403       403       200       403       403
POST   replays/{replay}/cancel/                         401       403       403       403       200       403       403
GET    replays/{replay}/hits/                           401       403       403       403       200       403       403
GET    overrides/                                       401       200       200       200       200       200       200
POST   overrides/{override}/grant/                      401       403       403       403       200       403       403
POST   overrides/{override}/refuse/                     401       403       403       403       200       403       403
GET    template.xlsx                                    401       200       200       200       200       200       200
GET    template.csv                                     401       200       200       200       200       200       200
GET    records/                                         401       200       200       200       200       200       200
GET    records/{record}/                                401       200       404       200       200       200       200
POST   records/decide/                                  401       403       403       403       200       403       403
POST   records/decide/preview/                          401       403       403       403       200       403       403
POST   records/{record}/undo/                           401       403       403       403       409       403       403
GET    claims/                                          401       403       403       403       200       200       200
POST   claims/                                          401       403       403       403       200       403       403
POST   claims/next/                                     401       403       403       403       200       403       403
POST   claims/release/                                  401       403       403       403       200       403       403
POST   claims/hand-over/                                401       403       403       403       409       403       403
POST   claims/take-over/                                401       403       403       403       200       403       200
POST   claims/renew/                                    401       403       403       403       200       403       403
GET    decision-runs/                                   401       403       403       403       200       403       200
GET    decision-runs/{run}/                             401       403       403       403       200       403       200
POST   decision-runs/{run}/undo/                        401       403       403       403       200       403       403
GET    threads/                                         401       200       200       200       200       200       200
POST   threads/                                         401       201       400       403       201       403       403
GET    threads/{thread}/                                401       200       404       200       200       200       200
POST   threads/{thread}/messages/                       401       201       404       403       201       403       403
POST   threads/{thread}/read/                           401       200       404       200       200       403       403
POST   threads/{thread}/close/                          401       403       403       403       200       403       403
GET    saved-views/                                     401       200       200       200       200       200       200
POST   saved-views/                                     401       201       201       201       201       201       201
GET    saved-views/{view}/                              401       404       404       404       200       404       404
PATCH  saved-views/{view}/                              401       404       404       404       200       404       404
DELETE saved-views/{view}/                              401       404       404       404       204       404       404
GET    review/settings/                                 401       403       403       403       200       200       200
PATCH  review/settings/                                 401       403       403       403       403       403       200
POST   records/{record}/withdraw/                       401       200       404       403       403       403       403
POST   records/{record}/verify/                         401       403       403       403       200       403       403
POST   records/{record}/return/                         401       403       403       403       200       403       403
POST   records/{record}/reject/                         401       403       403       403       200       403       403
POST   records/{record}/revoke/                         401       403       403       403       409       403       403
GET    review/batches/                                  401       200       200       200       200       200       200
POST   review/batches/                                  401       403       403       403       409       403       403
GET    review/batches/waiting/                          401       403       403       403       200       200       200
GET    review/batches/{lot}/                            401       200       404       200       200       200       200
GET    review/batches/{lot}/members/                    401       200       404       200       200       200       200
POST   review/batches/{lot}/units/{record}/             401       403       403       403       404       403       403
POST   review/batches/{lot}/conclude/                   401       403       403       403       200       403       403
POST   review/batches/{lot}/cancel/                     401       403       403       403       409       403       403
GET    review/sampling/{organisation}/                  401       200       404       200       200       200       200
POST   review/sampling/{organisation}/                  401       403       403       403       409       403       403
GET    review/sampling-settings/                        401       403       403       403       200       200       200
POST   review/sampling-settings/                        401       403       403       403       403       403       201
GET    plans/                                           401       403       403       403       200       200       200
GET    plans/digital-valley-2020/                       401       403       403       403       200       200       200
POST   plans/preview/                                   401       403       403       403       202       202       202
GET    plans/previews/                                  401       403       403       403       200       200       200
GET    plans/previews/{preview}/                        401       403       403       403       200       200       200
GET    plans/previews/{preview}/people/                 401       403       403       403       200       200       200
POST   plans/digital-valley-2020/apply/                 401       403       403       403       403       403       409
GET    targets/                                         401       403       403       403       200       200       200
GET    targets/all/                                     401       403       403       403       200       200       200
GET    targets/all/series/                              401       403       403       403       200       200       200
GET    targets/all/breakdown/                           401       403       403       403       200       200       200
GET    targets/all/people/                              401       403       403       403       200       200       200
GET    targets/all/changes/                             401       403       403       403       200       200       200
GET    targets/all/changes/people/                      401       403       403       403       200       200       200
GET    targets/all/gap/                                 401       403       403       403       200       200       200
GET    targets/all/gap/awaiting_review/                 401       403       403       403       200       200       200
GET    targets/all/subtargets/                          401       403       403       403       200       200       200
GET    targets/all/versions/                            401       403       403       403       200       200       200
GET    indicators/                                      401       403       403       403       200       200       200
GET    indicators/{indicator}/                          401       403       403       403       200       200       200
GET    indicators/{indicator}/values/                   401       403       403       403       200       200       200
POST   indicators/{indicator}/values/                   401       403       403       403       201       201       403
GET    targets/all/landing/                             401       403       403       403       200       200       200
POST   targets/all/landing/                             401       403       403       403       202       202       202
GET    targets/all/landings/                            401       403       403       403       200       200       200
GET    recounts/                                        401       403       403       403       200       200       200
POST   recounts/                                        401       403       403       403       403       403       202
GET    snapshots/                                       401       403       403       403       200       200       200
POST   snapshots/                                       401       403       403       403       403       201       403
GET    snapshots/preview/                               401       403       403       403       403       200       403
GET    snapshots/verify/                                401       403       403       403       200       200       200
GET    snapshots/{snapshot}/                            401       403       403       403       200       200       200
GET    snapshots/{snapshot}/canonical.json              401       403       403       403       200       200       200
GET    snapshots/{snapshot}/figures/                    401       403       403       403       200       200       200
GET    snapshots/{snapshot}/restatement/                401       403       403       403       200       200       200
GET    alerts/                                          401       403       403       403       200       200       200
POST   alerts/evaluate/                                 401       403       403       403       403       202       202
GET    alerts/settings/                                 401       403       403       403       200       200       200
PATCH  alerts/settings/                                 401       403       403       403       403       200       200
GET    alerts/{alert}/                                  401       403       403       403       200       200       200
POST   alerts/{alert}/acknowledge/                      401       403       403       403       403       200       200
"""
TABLE += platform.TABLE + entering.TABLE + recruiting.TABLE + staying.TABLE + briefing.TABLE + privacy.TABLE

OWN = {"organisation": "{organisation}"}
BODIES: dict[tuple[str, str], Any] = (
    {
        ("POST", "reminders/policies/"): {"kind": "reporting"},
        ("PATCH", "reminders/policies/{ladder}/"): {"note": "节后起用"},
        ("POST", "reminders/policies/{ladder}/switch-on/"): {"reason": "通知"},
        ("POST", "reminders/policies/{ladder}/switch-off/"): {"reason": "通知"},
        ("POST", "call-notes/"): {
            "organisation": "{organisation}",
            "obligations": ["{obligation}"],
            "outcome": "reached",
        },
        ("POST", "reminders/quiet/"): {"organisation": "{organisation}", "reason": "搬迁"},
        ("POST", "reminders/quiet/{quieting}/lift/"): {"reason": "搬完"},
        ("POST", "reminders/digest/"): {"digest": True},
        ("POST", "records/decide/preview/"): {"ids": ["{record}"], "decision": "verify"},
        ("POST", "records/{record}/undo/"): {"reason": "看错"},
        ("POST", "claims/"): {"ids": ["{record}"]},
        ("POST", "claims/hand-over/"): {"ids": ["{record}"], "to": "{colleague}"},
        ("POST", "claims/take-over/"): {"ids": ["{record}"], "reason": "休假"},
        ("POST", "decision-runs/{run}/undo/"): {"reason": "看错"},
        ("POST", "threads/"): {"record": "{record}", "text": "请核对"},
        ("POST", "threads/{thread}/messages/"): {"text": "请核对"},
        ("POST", "saved-views/"): {"list": "records", "name": "待审", "query": "state=submitted"},
        ("PATCH", "saved-views/{view}/"): {"shared": True},
        ("PATCH", "review/settings/"): {"undo_hours": 24},
        ("POST", "auth/token/"): {"username": "nobody", "password": "wrong"},
        ("POST", "people/{person}/reveal/"): {"reason": "复核"},
        ("POST", "people/{person}/split/"): {"reason": "两个人"},
        ("POST", "credentials/examine/"): {"ids": ["{credential}"], "verdict": "confirm"},
        ("POST", "credentials/{credential}/refute/"): {"reason": "查无此证"},
        ("POST", "credentials/{credential}/reopen/"): {"reason": "再看"},
        ("POST", "plans/preview/"): {"toml": (FOLDER / "digital-valley-2020.toml").read_text("utf-8")},
        ("POST", "indicators/{indicator}/values/"): {"value": "1.5", "as_of": "2019-12-31", "source": "年鉴"},
        ("POST", "plans/digital-valley-2020/apply/"): {"preview": "{preview}", "reason": "通知"},
        ("POST", "people/find/"): {"q": "张伟"},
        ("POST", "people/check-list/"): {"people": [{"name": "张伟", "id_number": "E12345678", "id_type": "414"}]},
        ("POST", "programmes/"): {
            "code": "NEW",
            "name_zh": "新",
            "path": "trained",
            "organisations": ["{organisation}"],
            "starts_on": "2019-01-01",
            "ends_on": "2019-12-31",
        },
        ("PATCH", "programmes/{programme}/"): {"name_en": "Renamed"},
        ("POST", "cohorts/"): {
            "code": "NEW",
            "programme": "{programme}",
            "organisation": "{organisation}",
            "starts_on": "2019-01-01",
            "ends_on": "2019-04-30",
        },
        ("PATCH", "cohorts/{cohort}/"): {"capacity": 40},
        ("POST", "programmes/{programme}/budget/"): {
            "cohort": "{cohort}",
            "funding_source": "municipal",
            "purpose": "讲师费",
            "planned_fen": 5_000_000,
        },
        ("PATCH", "programmes/{programme}/budget/{line}/"): {"spent_fen": 1},
        ("PUT", "cohorts/{cohort}/attendance/"): {"rows": [{"record": "{record}", "hours": 6, "until": "2019-01-31"}]},
        ("POST", "cohort-requests/"): {
            "code": "ASKED-2",
            "programme": "{programme}",
            "starts_on": "2019-01-01",
            "ends_on": "2019-04-30",
        },
        ("POST", "cohort-requests/{request}/refuse/"): {"reason": "重复"},
        ("POST", "periods/"): {
            "code": "2021-X",
            "starts_on": "2021-01-21",
            "ends_on": "2021-02-20",
            "due_on": "2021-03-01",
        },
        ("POST", "periods/generate/"): {
            "frequency": "month",
            "from": "2020-01-01",
            "to": "2020-03-31",
            "working_days_after_end": 10,
        },
        ("PATCH", "periods/{period}/"): {"due_on": "2019-04-20"},
        ("POST", "periods/{period}/lock/"): {"reason": "结账"},
        ("POST", "periods/{period}/unlock/"): {"reason": "结账"},
        ("POST", "obligations/{obligation}/excuse/"): {"reason": "停办"},
        ("POST", "period-schemes/"): {
            "code": "OWN26",
            "name_zh": "自定周期",
            "frequency": "month",
            "first_day": 26,
            "organisation": "{organisation}",
            "starts_on": "2021-01-26",
            "ends_on": "2021-12-25",
        },
        ("PATCH", "period-schemes/{scheme}/"): {"name_en": "Renamed"},
        ("PUT", "holidays/{year}/"): {
            "days": [{"day": "2028-10-01", "name_zh": "国庆节", "kind": "off"}],
            "reason": "国办发明电",
        },
        ("POST", "extensions/"): {"period": "{period}", "due_on": "2019-05-31", "reason": "停课"},
        ("POST", "extensions/{extension}/withdraw/"): {"reason": "误批"},
        ("POST", "calendar-feeds/"): {"organisation": "{organisation}"},
        ("POST", "endpoints/"): {
            "kind": "webhook",
            "name": "新",
            "address": "https://hooks.example.org/",
            "events": ["submission.committed"],
        },
        ("POST", "submissions/"): {"period": "{period}", "organisation": "{organisation}", "records": []},
        ("PATCH", "submissions/{submission}/rows/3/"): {"district": "南明区"},
        ("POST", "submissions/{submission}/mend-all/"): {
            "rule": "E02",
            "column": "district",
            "value": "火星区",
            "to": "南明区",
        },
        ("POST", "submissions/{submission}/overrides/"): {"rule": "E06", "explanation": "证件登记有误"},
        ("POST", "rules/{rule}/severity/"): {"severity": "warning", "from_on": "2019-01-01", "reason": "试行"},
        ("POST", "replays/"): {"rule": "E09", "severity": "off", "from_on": "2019-01-01", "until_on": "2019-12-31"},
        ("POST", "overrides/{override}/refuse/"): {"reason": "不符"},
        ("POST", "records/decide/"): {"ids": ["{record}"], "decision": "verify"},
        ("POST", "submissions/{submission}/withdraw/"): {"reason": "误报"},
        ("POST", "records/{record}/withdraw/"): {"reason": "误报"},
        ("POST", "records/{record}/return/"): {"reason": "补材料"},
        ("POST", "records/{record}/reject/"): {"reason": "不符"},
        ("POST", "records/{record}/revoke/"): {"reason": "有误"},
        ("POST", "review/batches/"): {"programme": "{programme}", "cohort": "{cohort}", "period": "{period}", **OWN},
        ("POST", "review/batches/{lot}/units/{record}/"): {"conforming": True},
        ("POST", "review/batches/{lot}/cancel/"): {"reason": "误开"},
        ("POST", "review/sampling/{organisation}/"): {"act": "resume", "reason": "已整改"},
        ("POST", "review/sampling-settings/"): {"mode": "on", "from_on": "2100-01-01", "reason": "试行"},
        ("POST", "snapshots/"): {"plan": "digital-valley-2020", "title": "半年数据"},
        ("GET", "snapshots/preview/"): {"plan": "digital-valley-2020"},
        ("PATCH", "alerts/settings/"): {"drop_days": 14},
        ("POST", "alerts/{alert}/acknowledge/"): {"note": "已约谈"},
        ("GET", "targets/all/breakdown/"): {"by": "district"},
        ("GET", "targets/all/series/"): {"by": "month"},
        ("GET", "targets/all/changes/"): {"from": "2019-01-01", "to": "2019-12-31"},
    }
    | platform.BODIES
    | recruiting.BODIES
    | staying.BODIES
    | entering.BODIES
    | briefing.BODIES
    | privacy.BODIES
)

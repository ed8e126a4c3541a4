"""What officers find out about degrees, and what the bureau demands of them: steps of the histories."""

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from programs.targets.planfile import FOLDER
from tests.factories import AdminFactory, OfficerFactory
from tests.histories.claims import Claim, Claims, Key
from tests.support.partner import API, Partner, client_of

PLAN = "digital-valley-2020"
TEXT = (FOLDER / f"{PLAN}.toml").read_text("utf-8")
VERDICTS = st.sampled_from(["confirm", "refute", "refute", "reopen"])


class Examining(RuleBasedStateMachine):
    """Verdicts and rule changes, beside a model of the claims."""

    run_jobs: ClassVar[Callable[[], int]]
    partners: list[Partner]
    changed: bool
    checked: dict[Key, Claim] = {}

    @property
    def claims(self) -> Claims:
        """The model's."""
        raise NotImplementedError

    def credentials(self, partner: int) -> list[tuple[str, Any]]:
        """Each degree of a partner's records as the API shows it, by the partner's reference."""
        sender = self.partners[partner]
        references = {one["id"]: one["partner_ref"] for one in sender.records()}
        found = sender.api.get(f"{API}credentials/", {"limit": 500}).json()["results"]
        return [(references[one["record"]], one) for one in found]

    @precondition(lambda self: self.claims.held)
    @rule(data=st.data(), verdict=VERDICTS)
    def examine(self, data: st.DataObject, verdict: str) -> None:
        partner, person = data.draw(st.sampled_from(sorted(self.claims.held)))
        reference = f"P{self.claims.held[partner, person].number:06d}"
        own = [one for named, one in self.credentials(partner) if named == reference]
        if len(own) != 1:
            return  # two records of one human being bear the same reference
        [credential] = own
        officer = client_of(OfficerFactory())
        answer = officer.post(f"{API}credentials/{credential['id']}/{verdict}/", {"reason": "核查"}, format="json")
        expected = 200 if self.claims.examine((partner, person), verdict) else 409
        assert answer.status_code == expected, answer.content
        type(self).run_jobs()
        self.changed = True

    @rule(evidence=st.sampled_from(["claimed", "confirmed"]))
    def change_the_rule(self, evidence: str) -> None:
        if evidence == self.claims.evidence:
            return
        admin = client_of(AdminFactory())
        text = TEXT.replace('evidence = "claimed"', f'evidence = "{evidence}"')
        preview = admin.post(f"{API}plans/preview/", {"toml": text}, format="json").json()["id"]
        type(self).run_jobs()
        told = admin.get(f"{API}plans/previews/{preview}/").json()["totals"]["high-end"]
        body = {"preview": preview, "reason": "通知"}
        assert admin.post(f"{API}plans/{PLAN}/apply/", body, format="json").status_code == 200
        type(self).run_jobs()
        self.claims.evidence = evidence
        answer = admin.get(f"{API}targets/high-end/people/", {"count": "exact", "as_of": "2021-12-31"})
        assert answer.json()["count"] == told["then"], "the preview told otherwise"
        self.changed = True

    @invariant()
    def claims_are_as_found_out(self) -> None:
        if self.claims.held == self.checked:
            return
        self.checked = dict(self.claims.held)
        for place in range(len(self.partners)):
            own = [claim for key, claim in self.claims.held.items() if key[0] == place]
            expected = sorted((f"P{claim.number:06d}", claim.state) for claim in own)
            assert sorted((ref, one["state"]) for ref, one in self.credentials(place)) == expected

"""Passkeys, in a browser with an authenticator of Chromium's own: made, signing in, replayed, taken away."""

import base64
import json
from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import expect
from webauthn import base64url_to_bytes

from backend.accounts import scope
from backend.accounts.factors import passkeys
from backend.accounts.factors.models import Passkey
from backend.audit.models import AuditEntry
from backend.problems import Problem
from tests.browser.conftest import Visitor
from tests.factories import OfficerFactory
from tests.factories.backend import PASSWORD
from tests.support.factors import code_of

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_signs_in_by_itself_and_its_answer_once(server: str, visit: Callable[..., Visitor]) -> None:
    user = OfficerFactory()
    # Browsers give passkeys to names and to no addresses.
    visitor = visit(language="en", host="localhost")
    answers: list[str] = []
    visitor.page.on("request", lambda one: answers.append(one.post_data or "") if "passkey/" in one.url else None)
    devices = visitor.page.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page = visitor.go("/account/second-factor/")
    code = code_of(user)
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=otp]", code)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add a passkey").click()
    page.fill("[name=name]", "My computer")
    visitor.picture("passkey-new-en")
    visitor.accessible()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("My computer")).to_be_visible()
    visitor.picture("passkeys-en")
    visitor.in_both_lights()
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with a passkey").click()
    visitor.picture("passkey-sign-in-en")
    visitor.accessible()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page).to_have_url(f"{visitor.base}/")
    with scope.everything():
        assert AuditEntry.objects.filter(action="auth.sign_in", detail__by="passkey", actor=user.username).count() == 1
    answer = parse_qs(next(one for one in reversed(answers) if "answer=" in one))["answer"][0]
    told = json.loads(answer)["response"]["clientDataJSON"]
    challenge = base64url_to_bytes(json.loads(base64.urlsafe_b64decode(told + "=="))["challenge"])
    site = passkeys.Site("localhost", visitor.base)
    with scope.everything():
        again = passkeys.recognise(site=site, challenge=challenge, answer=answer)
        assert isinstance(again, Problem), "what was signed lets in once"
        Passkey.objects.update(last_challenge=None, sign_count=0)
        elsewhere = passkeys.Site("localhost", "https://elsewhere.example")
        assert isinstance(passkeys.recognise(site=elsewhere, challenge=challenge, answer=answer), Problem)
        assert isinstance(passkeys.recognise(site=site, challenge=b"another", answer=answer), Problem)
        assert isinstance(passkeys.recognise(site=site, challenge=challenge, answer="{}"), Problem)
        assert passkeys.recognise(site=site, challenge=challenge, answer=answer) == user
    visitor.go("/account/second-factor/")
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_role("status")).to_contain_text("taken away")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    visitor.go("/sign-in/passkey/")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("not recognised")

"""Passkeys (WebAuthn, level 2): made by whoever has a second factor, and signing in by themselves.

A passkey that has verified its user (by a finger, a face or a number) is both what they have and what they know or are,
so that nothing else is asked then. ``webauthn`` checks what was signed; what decides that one answer lets in once is
the passkey's row, locked.
"""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.accounts import proof
from backend.accounts.factors import selectors
from backend.accounts.factors.codes import ISSUER
from backend.accounts.factors.models import Passkey
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.clock import now
from backend.problems import Conflict, Invalid, Problem

MOST = 10
LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is for: the host's name, and the origin that a browser must have been at."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is asked, as JSON, and the challenge in it, which is good for one answer."""

    options: str
    challenge: bytes


def ask_new(*, actor: User, site: Site) -> Asked:
    """What a browser is asked that is to make a passkey for ``actor``.

    Raises:
        Conflict: no second factor yet, or so many passkeys are enough.
        Unproven: the actor has to prove first who they are.
    """
    if selectors.factor_of(actor) is None:
        raise Conflict(_("Set up one-time codes first: they help where a passkey is lost."))
    held = [PublicKeyCredentialDescriptor(id=bytes(one.credential)) for one in Passkey.objects.filter(user=actor)]
    if len(held) >= MOST:
        raise Conflict(_("You have %(most)d passkeys. Take one away that is not used any more.") % {"most": MOST})
    proof.require(actor, "passkey.add")
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_name=actor.username,
        user_id=_handle(actor.pk),
        exclude_credentials=held,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Asked(options_to_json(options), options.challenge)


@transaction.atomic
def add(*, actor: User, site: Site, challenge: bytes, answer: str, name: str) -> Passkey:
    """Keeps the passkey that a browser has made.

    Raises:
        Invalid: no name, or the answer is none to what was asked.
        Unproven: the actor has to prove first who they are.
    """
    if not name.strip():
        raise Invalid([("name", "required", _("Give the passkey a name that tells where it is."))])
    proof.require(actor, "passkey.add")
    try:
        made = verify_registration_response(
            credential=answer[:LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise Invalid([("answer", "invalid", _("The passkey was not made as it was asked. Try again."))]) from error
    if Passkey.objects.filter(credential=made.credential_id).exists():
        raise Conflict(_("This passkey is known already."))
    passkey = Passkey.objects.create(
        user=actor,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name.strip(),
    )
    enter_audit(action="passkey.add", subject=actor, actor=actor, detail={"name": passkey.name})
    return passkey


@transaction.atomic
def take_away(*, actor: User, passkey: Passkey) -> None:
    """Takes one of one's own passkeys away: it signs in no more."""
    if Passkey.objects.filter(pk=passkey.pk, user=actor).delete()[0]:
        enter_audit(action="passkey.remove", subject=actor, actor=actor, detail={"name": passkey.name})


def ask(*, site: Site) -> Asked:
    """What a browser is asked that is to sign somebody in, whoever they are."""
    options = generate_authentication_options(rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED)
    return Asked(options_to_json(options), options.challenge)


@transaction.atomic
def recognise(*, site: Site, challenge: bytes, answer: str) -> User | Problem:
    """Whose passkey has answered, or the refusal, which is entered on the trail."""
    passkey = None
    try:
        credential = parse_authentication_credential_json(answer[:LONGEST_ANSWER])
        held = Passkey.objects.select_for_update(of=("self",)).select_related("user__organisation")
        passkey = held.filter(credential=base64url_to_bytes(credential.id), user__is_active=True).first()
        if passkey is not None and _fresh(passkey, challenge):
            verified = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
            passkey.sign_count, passkey.last_used_at = verified.new_sign_count, now()
            passkey.last_challenge = hashlib.sha256(challenge).digest()
            passkey.save(update_fields=["sign_count", "last_used_at", "last_challenge"])
            return passkey.user
    except (WebAuthnException, ValueError):
        pass
    subject = passkey.user if passkey is not None else ("user_account", None)
    enter_audit(action="auth.passkey_failed", subject=subject)
    return Problem(401, "bad_credentials", _("The passkey was not recognised. Try again, or use your password."))


def _fresh(passkey: Passkey, challenge: bytes) -> bool:
    return passkey.last_challenge is None or bytes(passkey.last_challenge) != hashlib.sha256(challenge).digest()


def _handle(user_id: int) -> bytes:
    """What a device knows a user by: nothing that tells who they are."""
    return hashlib.sha256(f"shugu.passkey|{user_id}".encode()).digest()

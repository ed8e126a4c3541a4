"""What the trail's codes are called that are about who somebody is."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

SIGNING: Mapping[str, str | Promise] = {
    "auth.sign_in": lazy("Signed in"),
    "auth.sign_in_failed": lazy("Failed to sign in"),
    "auth.locked": lazy("Account locked after failed attempts"),
    "auth.sign_out": lazy("Signed out"),
    "auth.code_failed": lazy("Gave a wrong one-time code"),
    "auth.prove": lazy("Proved that it is they"),
    "auth.passkey_failed": lazy("Used a passkey that was not recognised"),
    "passkey.add": lazy("Added a passkey"),
    "passkey.remove": lazy("Took a passkey away"),
    "factor.enrol": lazy("Set a second factor up"),
    "factor.recovery_used": lazy("Used a recovery code"),
    "factor.renew_codes": lazy("Made new recovery codes"),
    "factor.remove": lazy("Took their second factor away"),
    "factor.reset": lazy("Reset somebody’s second factor"),
    "token.make": lazy("Made a token"),
    "token.revoke": lazy("Ended a token"),
    "session.end": lazy("Ended a session"),
    "session.end_others": lazy("Ended their other sessions"),
}

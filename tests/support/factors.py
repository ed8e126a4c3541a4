"""A second factor for whoever signs in by the front door, and codes of it, none of which was used before."""

import pyotp

from backend.accounts.factors import codes, services
from backend.accounts.factors.models import SecondFactor
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.clock import now
from backend.vault import services as vault

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrol(user: User, secret: str = SECRET) -> str:
    """Gives ``user`` a second factor, as if they had set it up; its secret."""
    sealed = vault.seal(services.TABLE, services.SECRET, user.pk, secret.encode())
    with everything():
        SecondFactor.objects.update_or_create(user=user, defaults={"secret": sealed, "confirmed_at": now()})
    return secret


def code_of(user: User) -> str:
    """A code of ``user``'s that is taken now; whoever has no factor yet is given one first."""
    with everything():
        if not SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
            enrol(user)
        # Tests sign the same user in more often than codes come: the one that was used is forgotten.
        SecondFactor.objects.filter(user=user).update(last_step=0)
    return pyotp.TOTP(SECRET).generate_otp(codes.step_at(now()))


def code_at(secret: str, steps: int = 0) -> str:
    """The code of a secret, so many steps from now."""
    return pyotp.TOTP(secret).generate_otp(codes.step_at(now()) + steps)

"""Who needs a second factor, and who has one."""

from django.conf import settings

from backend.accounts.factors.models import Passkey, RecoveryCode, SecondFactor
from backend.accounts.models import User


def exempt(user: User) -> bool:
    """Whether a user needs none: a login of the demonstration, where this is one."""
    return settings.DEMO and user.demo


def required(user: User) -> bool:
    """Whether a user may not sign in without one: the bureau's staff."""
    return user.sees_everything and not exempt(user)


def factor_of(user: User) -> SecondFactor | None:
    """A user's second factor that is in force."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def passkeys(user: User) -> list[Passkey]:
    """A user's passkeys, by name."""
    return list(Passkey.objects.filter(user=user).order_by("name", "pk"))

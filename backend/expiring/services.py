"""Telling people that a token of theirs ends soon: into the inbox and by mail, once for each token and stage.

The rooms of accounts lie beneath those of messages, so that this stands above both.
"""

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.html import escape, linebreaks
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import AccessToken
from backend.accounts.scope import everything
from backend.messages import services as messages
from backend.messages.inbox.notices import tell
from backend.messages.models import Delivery

REMIND = "expiring.remind"
STAGES = (dt.timedelta(days=3), dt.timedelta(days=14))
"""How long before its end a token is told of, the nearest first: a late run tells of the nearest alone."""

IN_USE = dt.timedelta(days=30)
"""A token that came of signing in is told of only where it was used within this."""


def remind() -> int:
    """Tell the owners of tokens that end soon; how many letters and notices are new.

    The key of a message decides, whoever beats twice or beats again after an outage.
    """
    told = 0
    with everything():
        locks.hold(REMIND)
        moment = clock.now()
        in_use = ~Q(name="") | Q(last_used_at__gt=moment - IN_USE)
        ending = AccessToken.objects.filter(
            in_use, expires_at__gt=moment, expires_at__lte=moment + max(STAGES), user__is_active=True
        )
        for token in ending.select_related("user").order_by("expires_at", "pk"):
            told += _tell(token, next(stage for stage in STAGES if token.expires_at <= moment + stage))
    return told


def _tell(token: AccessToken, stage: dt.timedelta) -> int:
    key = f"token:{token.pk}:{stage.days}"
    user = token.user
    told = tell(key=key, organisation_id=user.organisation_id, users=[user], words=lambda: _words(token))
    letter = f"letter:{key}"
    if user.email and not Delivery.objects.filter(key=letter).exists():
        with translation.override(user.language):
            subject, text = _words(token)
        messages.post(
            key=letter,
            organisation_id=user.organisation_id,
            recipient=user.email,
            language=user.language,
            subject=subject,
            text=text,
            html=linebreaks(escape(text)),
        )
        told += 1
    return told


def _words(token: AccessToken) -> tuple[str, str]:
    day = localtime(token.expires_at, clock.BUREAU)
    name = token.name or _("from signing in")
    subject = _("A token ends on %(day)s: %(name)s") % {"day": f"{day:%Y-%m-%d}", "name": name}
    text = _(
        "Your token “%(name)s” ends on %(day)s at %(time)s. Whatever uses it is refused from then on. Make another and "
        "put it in its place in time: %(address)s"
    )
    address = f"{settings.SITE_URL.rstrip('/')}/account/access/"
    return subject, text % {"name": name, "day": f"{day:%Y-%m-%d}", "time": f"{day:%H:%M}", "address": address}

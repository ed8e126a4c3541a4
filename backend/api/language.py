"""In which language a request is answered."""

from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.request import Request


def asked_for(header: str) -> str | None:
    """The first language of an ``Accept-Language`` header that we speak (``zh-CN`` → ``zh-hans``), or ``None``."""
    for name, _quality in parse_accept_lang_header(header):
        if name == "*":
            return None
        try:
            return translation.get_supported_language_variant(name)
        except LookupError:
            continue
    return None


def settle(request: Request) -> None:
    """Speak the language asked for; failing that the user's own; failing that the system's."""
    user = request.user
    own = user.language if user is not None and user.is_authenticated else None
    translation.activate(asked_for(request.headers.get("Accept-Language", "")) or own or settings.LANGUAGE_CODE)

"""What a code may look like, and what a programme's segment may be: for whoever writes them, by API or page."""

from django.utils.translation import gettext_lazy as _

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z"
"""The shape of a code that is to be given, the same as an organisation's."""

BAD_CODE = _("A code is letters, digits, dots, hyphens and underscores, and begins with a letter or digit.")

SEGMENTS = [("core", _("Core")), ("related", _("Related")), ("derivative", _("Derivative"))]

MOST = 10_000_000
"""The largest capacity that is taken."""

"""``manage.py demo``: walks a running server through the main job over HTTP, as a partner, an officer and a manager."""

import logging
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from programs.demo.client import Refused, TooSlow
from programs.demo.screen import Screen
from programs.demo.walk import Walk

LANGUAGES = ("zh-hans", "en")


class Command(BaseCommand):
    """Ends with 0 only if everything held. May be run again on the same data."""

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing, and has no database of its own to ask

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="the server (%(default)s)")
        parser.add_argument("--mailbox", default="", help="folder of the mail that the server's side keeps, if it does")
        parser.add_argument("--language", choices=LANGUAGES, help="default: what LANG says")

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"] or spoken()
        logging.getLogger("httpx").setLevel(logging.WARNING)  # its line for every call would tear the display
        console = Console(highlight=False, soft_wrap=False)
        with translation.override(language):
            screen = Screen(console)
            try:
                box = Path(options["mailbox"]) if options["mailbox"] else None
                held = Walk(options["base_url"], settings.DEMO_PASSWORD, language, screen, box).run()
            except (Refused, TooSlow, RuntimeError) as error:
                raise CommandError(str(error)) from None
            except httpx.HTTPError as error:
                address = options["base_url"]
                raise CommandError(_("No answer from %(url)s: %(error)s") % {"url": address, "error": error}) from None
            if not held:
                raise CommandError(_("The demonstration did not hold; see the lines marked ✗."))
            screen.title(_("Where to look next"), next_steps())


def spoken() -> str:
    """The language of the terminal: Chinese where its locale begins with zh, English elsewhere."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


def next_steps() -> str:
    """What a newcomer does after the demonstration."""
    return "\n".join(
        (
            _("make run: all of it at http://127.0.0.1:8000, until Ctrl-C"),
            _("http://127.0.0.1:8000/api/v1/docs/: the API, to read and to try, while make run is up"),
            _("make mail: the mail that went out, as it was received"),
            _("programs/demo/files/: the partner files that were just sent"),
            _("README.md: what this is, and the map of the house"),
            _("docs/: architecture, decisions, every check explained"),
        )
    )

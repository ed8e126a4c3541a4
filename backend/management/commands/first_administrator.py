"""``manage.py first_administrator``: the bureau and its first administrator, for a system that begins empty."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from backend.accounts.selectors import bureau
from backend.accounts.services import create_organisation, create_user
from backend.problems import Problem

PASSWORD = "ADMIN_PASSWORD"
QUESTIONS = {
    "organisation": ("Code of the bureau", "BUREAU"),
    "name_zh": ("Chinese name of the bureau", ""),
    "name_en": ("English name of the bureau", ""),
    "username": ("User name of the first administrator", "admin"),
    "email": ("E-mail address", ""),
}
ABOUT_BUREAU = ("organisation", "name_zh", "name_en")


class Command(BaseCommand):
    """Asks at a terminal for what is not given; elsewhere the password comes from ADMIN_PASSWORD.

    Does nothing where there is an administrator already.
    """

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, (text, default) in QUESTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=f"{text} ({default})" if default else text)

    def handle(self, *args: Any, **options: Any) -> None:
        with everything():
            there = User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk").first()
            standing = bureau()
        if there is not None:
            if options["verbosity"]:
                self.stdout.write(f"There is an administrator already: {there.username}.")
            return
        at_terminal = sys.stdin.isatty()
        needed = [name for name in QUESTIONS if standing is None or name not in ABOUT_BUREAU]
        values = {name: options[name] or (self._ask(name) if at_terminal else QUESTIONS[name][1]) for name in needed}
        password = os.environ.get(PASSWORD) or (self._ask_password() if at_terminal else "")
        if not password:
            raise CommandError(f"There is no terminal to ask at: give the password in {PASSWORD}.")
        try:
            user = self._create(standing, password=password, **values)
        except Problem as problem:
            wrong = " ".join(f"{error.field}: {error.message}" for error in problem.errors)
            raise CommandError(f"Nothing was created. {problem.detail} {wrong}".rstrip()) from None
        self.stdout.write(f"Created the administrator {user.username} of {user.organisation.code}.")
        self.stdout.write("At the first sign-in they set up their second factor: have an app for one-time codes ready.")

    @staticmethod
    def _create(standing: Organisation | None, *, password: str, username: str, email: str, **about: str) -> User:
        with everything(), transaction.atomic():
            organisation = standing or create_organisation(
                actor=None,
                code=about["organisation"],
                name_zh=about["name_zh"] or about["organisation"],
                name_en=about["name_en"],
                kind=Organisation.Kind.BUREAU,
            )
            return create_user(
                actor=None,
                username=username,
                password=password,
                role=User.Role.ADMIN,
                organisation=organisation,
                email=email,
            )

    def _ask(self, name: str) -> str:
        text, default = QUESTIONS[name]
        self.stdout.write(f"{text}{f' [{default}]' if default else ''}: ", ending="")
        self.stdout.flush()
        return input().strip() or default

    def _ask_password(self) -> str:
        while True:
            first = getpass("Password, at least 10 characters: ")
            if first == getpass("The same again: "):
                return first
            self.stdout.write("The two differ.")

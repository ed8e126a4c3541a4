"""``manage.py reset_second_factor``: for the last administrator, who has lost phone and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from backend.accounts.factors.services import reset
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.problems import Problem


class Command(BaseCommand):
    """Takes somebody's second factor away; they are signed out everywhere, and set up another when they sign in."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="kept on the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        with everything():
            user = User.objects.filter(username=options["username"]).first()
            if user is None:
                raise CommandError(f"There is nobody called {options['username']}.")
            try:
                reset(actor=None, user=user, reason=options["reason"])
            except Problem as problem:
                raise CommandError(str(problem.detail)) from None
        self.stdout.write(f"The second factor of {user.username} is reset.")

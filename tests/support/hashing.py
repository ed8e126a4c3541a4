"""Passwords in tests, hashed as the site hashes them and in a thousandth of the time."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """The site's own with so few rounds that nobody waits for them; a process that a test starts has the site's."""

    iterations = 1_000

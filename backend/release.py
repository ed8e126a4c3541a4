"""Which release this is: the number that backups carry and `docs/releases.md` tells of.

It stands here and not in `pyproject.toml` alone, because an image holds no such file; a test keeps the two equal.
"""

RELEASE = "0.1.0"

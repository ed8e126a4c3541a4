"""SQL that migrations and set-up carry out, kept in files of its own beside the rooms that it serves."""

from pathlib import Path


def read(path: Path, name: str) -> str:
    """The text of the SQL file ``name`` in the folder of ``path``'s app.

    Args:
        path: the ``__file__`` of a migration.
        name: file name inside the app's ``sql`` folder.
    """
    return (Path(path).resolve().parent.parent / "sql" / name).read_text("utf-8")

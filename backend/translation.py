"""The product's sentences in Chinese: found in the code, kept in ``locale/``, compiled without gettext's own tools."""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
APPS = ("backend", "talent", "programs")
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy": None, "gettext_lazy": None, "ngettext_lazy": (1, 2)}
HEADER = r"""# Shugu in Simplified Chinese. `manage.py messages --update` takes up what is new in the code.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


def catalogue() -> Catalog:
    """The translations as they are kept."""
    if not PO.exists():
        return Catalog(locale="zh_Hans", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def found() -> Catalog:
    """Every sentence that code and templates pass through gettext, with the files it stands in."""
    collected = Catalog(charset="utf-8")
    for path in _sources():
        place = (path.relative_to(ROOT).as_posix(), 0)
        for _line, message, comments, context in _extract(path):
            collected.add(message, locations=[place], auto_comments=comments, context=context)
    return collected


def _extract(path: Path) -> list:
    if path.suffix == ".py":
        with path.open("rb") as file:
            return list(extract("python", file, keywords=KEYWORDS))
    # Django turns a template into something like code for gettext's tools; Babel's reader of JavaScript is as lenient.
    code = templatize(path.read_text("utf-8"), origin=str(path))
    return list(extract("javascript", io.BytesIO(code.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}))


def update() -> list[Message]:
    """Bring the kept translations in step with the code; the sentences that still lack one."""
    kept = catalogue()
    kept.update(found(), no_fuzzy_matching=True)
    kept.obsolete.clear()

    def write(file: IO[bytes]) -> None:
        file.write(HEADER.encode())
        write_po(file, kept, width=120, sort_output=True, omit_header=True, include_lineno=False)

    _write(PO, write)
    return untranslated(kept)


def untranslated(kept: Catalog) -> list[Message]:
    """The sentences of the code that have no translation in ``kept``."""
    lacking = []
    for message in found():
        if message.id:
            translation = kept.get(_key(message), context=message.context)
            if translation is None or not _complete(translation):
                lacking.append(message)
    return lacking


def compile_messages() -> None:
    """Write what gettext reads."""
    _write(MO, lambda file: write_mo(file, catalogue()))


def _sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in (".py", ".html") and "migrations" not in path.parts:
                yield path


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _complete(message: Message) -> bool:
    given = message.string
    return all(given) if isinstance(given, list | tuple) else bool(given)


def _write(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    # Two set-ups at once each put a whole file in place.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        write(file)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)

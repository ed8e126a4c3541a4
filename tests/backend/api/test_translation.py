"""Every sentence of the product has its Chinese."""

import gettext
import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from backend import translation

PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
"""Letters and punctuation: where only names are put side by side there are no letters."""


def sentences() -> list[tuple[str, str]]:
    """Each sentence of the catalogue with its translation, but for those that a context tells apart."""
    found = []
    for message in translation.catalogue():
        if message.id and not message.context:
            known = message.id if isinstance(message.id, str) else message.id[0]
            given = message.string if isinstance(message.string, str) else "".join(message.string or ())
            found.append((known, given))
    return found


def test_none_is_missing() -> None:
    found = [message for message in translation.found() if message.id]
    assert len(found) > 100, "the code was not read"
    lacking = [(message.locations[0][0], message.id) for message in translation.untranslated(translation.catalogue())]
    assert lacking == [], "run manage.py messages --update, then translate them in locale/"


def test_each_names_the_same_places_as_its_original() -> None:
    for sentence, given in sentences():
        assert set(PLACES.findall(sentence)) == set(PLACES.findall(given)), sentence


def test_each_is_in_chinese() -> None:
    for sentence, given in sentences():
        assert CHINESE.search(given), sentence


def test_what_is_compiled_is_what_is_kept() -> None:
    assert translation.MO.exists(), "run manage.py messages"
    with translation.MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for sentence, given in sentences():
        assert compiled.ngettext(sentence, sentence, 1) == given or compiled.gettext(sentence) == given, sentence


def test_plurals_have_one_form_in_chinese_and_two_in_english() -> None:
    one = "Too many attempts. Try again in %(seconds)d second."
    many = "Too many attempts. Try again in %(seconds)d seconds."
    with override("zh-hans"):
        assert ngettext(one, many, 1) == ngettext(one, many, 7) == "尝试次数过多，请在 %(seconds)d 秒后重试。"
    with override("en"):
        assert [ngettext(one, many, 1), ngettext(one, many, 7)] == [one, many]


def test_the_source_is_english() -> None:
    with override("en"):
        for sentence, _given in sentences():
            assert _(sentence) == sentence
            assert not re.search(r"[\u4e00-\u9fff]", sentence), sentence

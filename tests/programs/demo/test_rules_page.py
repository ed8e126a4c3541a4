"""The catalogue of checks in the docs is what the rules say."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from programs.intake.rules import RULES
from programs.management.commands.rules_page import page, pages


def test_the_pages_are_up_to_date() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"run: python manage.py rules_page ({path.name})"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_its_words_on_the_page(language: str) -> None:
    text = page(language)
    for rule in RULES.values():
        assert f"\n## {rule.code}\n" in text
        for words in ("title", "intent", "guidance"):
            assert getattr(rule, f"{words}_{language}") in text
    assert "{" not in text


def test_a_page_out_of_date_fails_the_check_and_is_written(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="out of date"):
        call_command("rules_page", "--check")
    assert not list((tmp_path / "docs").iterdir())
    call_command("rules_page", verbosity=0)
    call_command("rules_page", "--check")

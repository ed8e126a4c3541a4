"""``manage.py rules_page``: writes the catalogue of checks, docs/rules.zh.md and docs/rules.en.md, from the rules."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from programs.intake.rules import RULES, Rule
from programs.intake.templates.template import Template, templates, templates_with

CHINESE, ENGLISH = "zh", "en"
WORDS: dict[str, dict[str, str]] = {
    CHINESE: {
        "title": "数据检查目录",
        "generated": "本页由 `python manage.py rules_page` 根据系统中的规则生成，请勿直接修改。",
        "about": "检查按下列顺序进行：文件、栏目、单元格、行间及与已知数据的比对。",
        "fatal": "致命",
        "error": "错误",
        "warning": "警告",
        "fatal_about": "拒收整个文件",
        "error_about": "拒收该行，其余行不受影响",
        "warning_about": "该行照收，请核对",
        "file": "文件",
        "columns": "栏目",
        "cells": "单元格",
        "rows": "行间",
        "heading": "| 规则 | 级别 | 环节 | 检查内容 | 模板 |",
        "severity": "级别",
        "gate": "环节",
        "named": "指明的栏目",
        "whole": "整个文件",
        "templates": "模板",
        "all": "全部",
        "version": "版本",
        "since": "自 {day} 起",
        "why": "目的",
        "do": "怎样处理",
        "says": "提示",
        "template": "栏目：{name}（模板 `{template}`）",
        "template_heading": "| 代码 | 中文 | English | 是否必填 |",
        "yes": "必填",
        "conditional": "视情况",
        "no": "选填",
        "colon": "：",
        "semicolon": "；",
        "open": "（",
        "close": "）",
        "join": "、",
    },
    ENGLISH: {
        "title": "The checks",
        "generated": "Written by `python manage.py rules_page` from the rules themselves; changes made here are lost.",
        "about": "They come in this order: the file, its columns, its cells, then the rows against each other and "
        "against what is known.",
        "fatal": "fatal",
        "error": "error",
        "warning": "warning",
        "fatal_about": "refuses the whole file",
        "error_about": "refuses the row and no other",
        "warning_about": "passes; look at it",
        "file": "file",
        "columns": "columns",
        "cells": "cells",
        "rows": "rows",
        "heading": "| rule | severity | gate | what it finds | templates |",
        "severity": "Severity",
        "gate": "gate",
        "named": "columns named",
        "whole": "the whole file",
        "templates": "templates",
        "all": "all",
        "version": "version",
        "since": "since {day}",
        "why": "Why",
        "do": "What to do",
        "says": "It says",
        "template": "The columns of {name}, template `{template}`",
        "template_heading": "| code | 中文 | English | needed |",
        "yes": "yes",
        "conditional": "conditional",
        "no": "no",
        "colon": ": ",
        "semicolon": "; ",
        "open": " (",
        "close": ")",
        "join": ", ",
    },
}


class Command(BaseCommand):
    """With ``--check`` it writes nothing and fails where a page is not what the rules say."""

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if a page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        for path, text in pages().items():
            if path.exists() and path.read_text("utf-8") == text:
                continue
            if options["check"]:
                raise CommandError(f"{path.name} is out of date: run python manage.py rules_page and commit it.")
            path.write_text(text, "utf-8")
            if options["verbosity"]:
                self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")


def pages() -> dict[Path, str]:
    """Each page's path and the text that it must hold."""
    docs = Path(settings.BASE_DIR) / "docs"
    return {docs / f"rules.{language}.md": page(language) for language in (CHINESE, ENGLISH)}


def page(language: str) -> str:
    """The catalogue in one language, as Markdown."""
    words = WORDS[language]
    lines = [f"# {words['title']}", "", words["generated"], "", words["about"], ""]
    lines += [
        f"- **{words[severity]}**{words['colon']}{words[f'{severity}_about']}"
        for severity in ("fatal", "error", "warning")
    ]
    lines += ["", words["heading"], "| --- | --- | --- | --- | --- |"]
    for rule in RULES.values():
        title = getattr(rule, f"title_{language}")
        cells = (words[rule.severity], words[rule.gate], title, _whose(rule, language))
        lines.append(f"| [{rule.code}](#{rule.code.lower()}) | {' | '.join(cells)} |")
    for rule in RULES.values():
        lines += ["", *_rule(rule, language)]
    for template in templates():
        title = words["template"].format(name=getattr(template, language), template=template.code)
        lines += ["", f"## {title}", "", words["template_heading"], "| --- | --- | --- | --- |"]
        lines += [f"| `{one.code}` | {one.zh} | {one.en} | {words[one.needed]} |" for one in template.columns]
    return "\n".join(lines) + "\n"


def _whose(rule: Rule, language: str) -> str:
    """The templates whose rows may raise a rule."""
    words, found = WORDS[language], templates_with(rule.code)
    return (
        words["all"] if len(found) == len(templates()) else words["join"].join(getattr(one, language) for one in found)
    )


def _named(rule: Rule, template: Template, language: str) -> str:
    """The columns that a rule may name in a template's rows."""
    words, columns = WORDS[language], template.layout.by_code
    named = (f"{getattr(columns[code], language)} `{code}`" for code in template.columns_of(rule.code))
    return words["join"].join(named) or words["whole"]


def _rule(rule: Rule, language: str) -> Iterator[str]:
    words, colon = WORDS[language], WORDS[language]["colon"]
    yield f"## {rule.code}"
    yield ""
    yield f"**{getattr(rule, f'title_{language}')}**"
    yield ""
    yield getattr(rule, f"intent_{language}")
    yield ""
    since = words["since"].format(day=rule.valid_from.isoformat())
    yield words["semicolon"].join(
        (
            f"- {words['severity']}{colon}{words[rule.severity]}",
            f"{words['gate']}{colon}{words[rule.gate]}",
            f"{words['version']}{colon}{rule.version}{words['open']}{since}{words['close']}",
        )
    )
    yield f"- {words['templates']}{colon}{_whose(rule, language)}"
    named = {getattr(one, language): _named(rule, one, language) for one in templates_with(rule.code)}
    if len(set(named.values())) == 1:
        yield f"- {words['named']}{colon}{next(iter(named.values()))}"
    elif named:
        yield f"- {words['named']}{colon.rstrip()}"
        yield from (f"  - {name}{colon}{columns}" for name, columns in named.items())
    says = [getattr(rule, f"message_{language}"), *(said[language == ENGLISH] for said in rule.reasons.values())]
    yield f"- {words['says']}{colon.rstrip()}"
    yield from (f"  - {_plain(text)}" for text in dict.fromkeys(says))
    yield f"- {words['do']}{colon}{getattr(rule, f'guidance_{language}')}"


def _plain(text: str) -> str:
    """A message with its params in marks that Markdown leaves alone; their values differ from finding to finding."""
    return text.replace("_mb}", "}").replace("{", "‹").replace("}", "›")

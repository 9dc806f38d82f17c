"""Every text of ours that is marked for translation is in the compiled Arabic catalogue."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
APPS = (
    "catalog",
    "events",
    "governance",
    "incidents",
    "portal",
    "recovery",
    "resilience",
    "secrets_vault",
    "slo",
)
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# What Django's own template reader writes for a marked text.
IN_TEMPLATE = re.compile(r"n?gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


def in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        first = node.args[0]
        if node.func.id in MARKS and isinstance(first, ast.Constant):
            yield str(first.value)


def in_template(source: str) -> Iterator[str]:
    for marked in IN_TEMPLATE.findall(templatize(source)):
        yield ast.literal_eval(marked)


def our_texts() -> set[str]:
    found: set[str] = set()
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            found.update(in_python(file.read_text()))
        for file in (ROOT / app).rglob("*.html"):
            found.update(in_template(file.read_text()))
    return found


@pytest.fixture(scope="module")
def arabic() -> gettext.GNUTranslations:
    compiled = ROOT / "portal" / "locale" / "ar" / "LC_MESSAGES" / "django.mo"
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)


def is_translated(text: str, catalogue: gettext.GNUTranslations) -> bool:
    # Asking with a plural finds a text that has plural forms; without, one that has none.
    return catalogue.gettext(text) != text or catalogue.ngettext(text, "", 1) != text


# Names and symbols that Arabic writes the same way.
SAME_IN_ARABIC = {"UTC", "RTO", "RPO", "traceparent", "Prometheus"}


def test_translates_every_text_of_ours(arabic: gettext.GNUTranslations) -> None:
    untranslated = {text for text in our_texts() if not is_translated(text, arabic)}

    assert sorted(untranslated - SAME_IN_ARABIC) == [], "Run `make messages` and translate."


def test_finds_texts_in_code_and_in_templates() -> None:
    in_code = set(in_python('x = _("one"); gettext("two"); ngettext("three", "threes", 3)'))
    on_page = set(
        in_template(
            '{% load i18n %}{% translate "it\'s four" %}'
            "{% blocktranslate count n=n %}{{ n }} five{% plural %}{{ n }} fives"
            "{% endblocktranslate %}"
        )
    )

    assert in_code == {"one", "two", "three"}
    assert on_page == {"it's four", "%(n)s five"}


def test_keeps_every_placeholder(arabic: gettext.GNUTranslations) -> None:
    def placeholders(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)|%%", text))

    # Of plural forms that of eleven is asked: one and two are words in Arabic.
    told = {
        text: arabic.gettext(text) if (many := arabic.ngettext(text, text, 11)) == text else many
        for text in our_texts()
    }

    assert [text for text in told if placeholders(text) != placeholders(told[text])] == []

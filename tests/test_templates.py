"""Rules for every template: translatable, no inline code, usable without JavaScript."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))

_TRANSLATED = re.compile(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
_COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "data-announce", "data-title")
_FORBIDDEN = re.compile(r"on[a-z]+|hx-on.*|style|hx-vars")
_MOST_HX = 4


class _Rules(HTMLParser):
    """Collects what a template does wrong. Template tags are taken out first."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.skip = ""
        self.forms: list[dict[str, str]] = []
        self.has_token = "csrf_token" in source
        self.feed(_TAG.sub(_place_holder, _COMMENT.sub("", _TRANSLATED.sub("", source))))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag in ("script", "style"):
            self.skip = tag
            if tag == "style" or "src" not in values:
                self.wrong.append(f"inline <{tag}>")
        self.wrong += [f"attribute {key}" for key in values if _FORBIDDEN.fullmatch(key)]
        self.wrong += [f"untranslated {key}: {values[key]}" for key in _SPOKEN if _has_words(values.get(key, ""))]
        self._look_at_htmx(tag, values)
        if tag == "form":
            self.forms.append(values)
            if values.get("method", "").lower() == "post" and not self.has_token:
                self.wrong.append("POST form without csrf_token")

    def _look_at_htmx(self, tag: str, values: dict[str, str]) -> None:
        htmx = [key for key in values if key.startswith("hx-")]
        if len(htmx) > _MOST_HX:
            self.wrong.append(f"{len(htmx)} hx attributes on <{tag}>")
        if "js:" in values.get("hx-vals", "") or "[" in values.get("hx-trigger", ""):
            self.wrong.append("htmx attribute that needs eval")
        if "hx-get" in values and values["hx-get"] != values.get("href", values.get("action")):
            self.wrong.append(f"hx-get on <{tag}> without the same href or action")
        if "hx-post" in values and (tag, values.get("method")) != ("form", "post"):
            self.wrong.append(f"hx-post on <{tag}>, which is no POST form")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skip:
            self.skip = ""

    def handle_data(self, data: str) -> None:
        if self.skip and data.strip():
            self.wrong.append(f"code inside <{self.skip}>")
        if not self.skip and _has_words(data):
            self.wrong.append(f"untranslated text: {data.strip()}")


def _place_holder(found: re.Match[str]) -> str:
    """A template tag in a URL is part of it; nothing of a tag is text for people."""
    digits = "".join(str(ord(character)) for character in found[0] if character.isalnum())
    return f"\N{OBJECT REPLACEMENT CHARACTER}{digits}"


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def mistakes(source: str) -> list[str]:
    return _Rules(source).wrong


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_template_keeps_the_rules(path: Path) -> None:
    assert mistakes(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_template_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 130


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hello</p>", ["untranslated text: Hello"]),
        ("<p>{{ name }}: 3 €</p>", []),
        ("{% blocktranslate %}Hello <b>you</b>{% endblocktranslate %}", []),
        ('{% comment %}why{% endcomment %}<p title="Hello">1</p>', ["untranslated title: Hello"]),
        ("<p title=\"{% translate 'Hello' %}\">1</p>", []),
        ('<input placeholder="Name">', ["untranslated placeholder: Name"]),
        ("<script>alert(1)</script>", ["inline <script>", "code inside <script>"]),
        ('<p style="color: red" onclick="x()"></p>', ["attribute style", "attribute onclick"]),
        ('<p hx-on:click="x()"></p>', ["attribute hx-on:click"]),
        ("<form method=\"post\"></form>", ["POST form without csrf_token"]),
        ("<form method=\"post\">{% csrf_token %}</form>", []),
        ('<a hx-get="/x">1</a>', ["hx-get on <a> without the same href or action"]),
        ("<a href=\"{% url 'x' %}\" hx-get=\"{% url 'y' %}\">1</a>", ["hx-get on <a> without the same href or action"]),
        ("<a href=\"{% url 'x' %}\" hx-get=\"{% url 'x' %}\">1</a>", []),
        ('<button hx-post="/x">1</button>', ["hx-post on <button>, which is no POST form"]),
        ("<p hx-vals='js:{a: 1}'></p>", ["htmx attribute that needs eval"]),
        ('<p hx-a hx-b hx-c hx-d hx-e></p>', ["5 hx attributes on <p>"]),
    ],
)  # fmt: skip
def test_rule_is_noticed_when_broken(source: str, expected: list[str]) -> None:
    assert mistakes(source) == expected

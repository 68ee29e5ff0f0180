"""Forms of a page, as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """`fields`: what is sent if nobody touches it. `choices`: the values of each group of radio buttons, in order."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return next((value for known, value in self.fields if known == name), "")


def read(html: str) -> list[Form]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(html)
    parser.close()
    for name, given in parser.loose:
        if name in parser.by_id:
            _add(parser.by_id[name], given)
    return parser.forms


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.loose: list[tuple[str, dict[str, str]]] = []  # fields that name their form by its id
        self._inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._inside)
            self.by_id[given.get("id", "")] = self._inside
        elif tag == "input" and "disabled" not in given and "name" in given:
            if "form" in given:
                self.loose.append((given["form"], given))
            elif self._inside is not None:
                _add(self._inside, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None


def _add(form: Form, given: dict[str, str]) -> None:
    name, value, kind = given["name"], given.get("value", ""), given.get("type", "text")
    if kind == "radio":
        form.choices.setdefault(name, []).append(value)
    elif kind not in ("checkbox", "submit") or "checked" in given:
        form.fields.append((name, value))

"""Asking as htmx asks, and looking at answers as parsed HTML."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Protocol

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def to(target: str, **more: str) -> dict[str, str]:
    """The headers of a request that will replace the element with this id."""
    return {"HX-Request": "true", "HX-Target": target, **more}


class Element:
    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())

    def __iter__(self) -> Iterator[Element]:
        """This element and all inside it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def all(self, name: str = "", /, class_: str = "", **attributes: str) -> list[Element]:
        wanted = {key.replace("_", "-"): value for key, value in attributes.items()}
        return [
            element
            for element in self
            if (not name or element.name == name)
            and (not class_ or class_ in element.attributes.get("class", "").split())
            and all(element.attributes.get(key) == value for key, value in wanted.items())
        ]

    def one(self, name: str = "", /, class_: str = "", **attributes: str) -> Element:
        found = self.all(name, class_, **attributes)
        assert len(found) == 1, f"{len(found)} of {name} {class_} {attributes}"
        return found[0]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert tag not in _VOID, f"</{tag}>"
        assert self.open.pop().name == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


class Answer(Protocol):
    @property
    def content(self) -> bytes: ...


def parsed(response: Answer) -> Element:
    """The answer as a tree; fails on elements that are closed wrongly."""
    parser = _Parser()
    parser.feed(response.content.decode())
    parser.close()
    assert parser.open == [parser.root], f"never closed: {[element.name for element in parser.open[1:]]}"
    return parser.root

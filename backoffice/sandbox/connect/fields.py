"""The fields of a JSON body, read strictly: each fault is kept by its path in the body, and all are told at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from backoffice.sandbox.connect import bodies
from backoffice.sandbox.dates import parse

Json = dict[str, Any]
MOST_DIGITS = 18  # of a whole number: more is a slip, and would not fit into the state file
CURRENCY_LETTERS = 3  # ISO 4217


class Fields:
    """One object of a body. What a method gives for a faulty field is of no use: `refuse` comes before any use.

    A field that may be absent may not be null. Fields that nobody asks for are no fault.
    """

    def __init__(self, found: Json, where: str = "", faults: dict[str, str] | None = None) -> None:
        self._found, self._where = found, where
        self.faults: dict[str, str] = {} if faults is None else faults

    def path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def has(self, name: str) -> bool:
        return name in self._found

    def refuse(self) -> None:
        """Raises RefusedError 400 if anything was wrong in this body."""
        bodies.refuse(self.faults)

    def fault(self, name: str, sentence: str) -> None:
        self.faults.setdefault(self.path(name), sentence)

    def text(self, name: str, *, required: bool = False, least: int = 1, most: int = 0) -> str:
        """Its length is counted in characters; absent it is ""."""
        value = self._value(name, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(name, "A text is required.")
            return ""
        if len(value) < least:
            self.fault(name, "An empty text says nothing: leave the field out.")
        if most and len(value) > most:
            self.fault(name, f"At most {most} characters are possible.")
        return value

    def choice(self, name: str, among: Sequence[str]) -> str:
        """A required text that is one of these."""
        value = self._value(name, required=True)
        if value is not None and value not in among:
            self.fault(name, f"One of {', '.join(among)} is required.")
        return str(value)

    def number(self, name: str, *, least: int, required: bool = False) -> int | None:
        """A whole number, be it written with a fraction of zero."""
        value = self._value(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not _is_whole(value) or value < least:
            self.fault(name, f"A whole number of {least} or more is required.")
            return None
        return int(value)

    def moment(self, name: str) -> str:
        """A required date-time with its offset, as it was written."""
        text = self.text(name, required=True)
        if text:
            try:
                parse(text)
            except ValueError as error:
                self.fault(name, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return text

    def money(self, name: str) -> Json:
        """A required amount of 0 or more, exactly as it was written, and its currency."""
        found = self._value(name, required=True)
        if not isinstance(found, dict):
            self.fault(name, "An object with amount and currency is required.")
            return {}
        money = Fields(found, self.path(name), self.faults)
        amount = money._value("amount", required=True)
        if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int | Decimal) or amount < 0):
            money.fault("amount", "A number of 0 or more is required.")
        currency = money.text("currency", required=True)
        if currency and not (len(currency) == CURRENCY_LETTERS and currency.isascii() and currency.isupper()):
            money.fault("currency", "A currency code of three letters is required, as in EUR.")
        return {"amount": amount, "currency": currency}

    def objects(self, name: str, *, required: bool = False, least: int = 0, most: int = 0) -> list[Fields]:
        """The objects of a list; absent it is empty."""
        found = self._value(name, required=required)
        if found is None:
            return []
        if not isinstance(found, list) or len(found) < least:
            self.fault(name, f"A list of at least {least} is required." if least else "A list is required.")
            return []
        if most and len(found) > most:
            self.fault(name, f"At most {most} are taken in one call; {len(found)} were given.")
            return []
        return [
            Fields(item, f"{self.path(name)}[{position}]", self.faults)
            for position, item in enumerate(found)
            if self._is_object(item, f"{name}[{position}]")
        ]

    def _is_object(self, item: Any, name: str) -> bool:
        if not isinstance(item, dict):
            self.fault(name, "An object is required.")
        return isinstance(item, dict)

    def _value(self, name: str, *, required: bool) -> Any:
        """None stands for a field that is absent, or whose fault is told already."""
        if name not in self._found:
            if required:
                self.fault(name, "This field is required.")
            return None
        if self._found[name] is None:
            self.fault(name, "null is not possible here.")
        return self._found[name]


def _is_whole(value: int | Decimal) -> bool:
    number = Decimal(value)
    return number.adjusted() < MOST_DIGITS and number == number.to_integral_value()

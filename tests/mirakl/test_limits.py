from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from backoffice.mirakl.limits import Amount, Id, Input, checked, query
from backoffice.mirakl.transport import json_part

LATER = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


class Item(Input, frozen=True, kw_only=True):
    price: Amount = Amount(amount=Decimal(0), currency="EUR")
    codes: Annotated[Sequence[Id], Meta(max_length=2)] = []


class Cat(Input, frozen=True, kw_only=True, tag_field="kind", tag="CAT"):
    name: Id


class Dog(Input, frozen=True, kw_only=True, tag_field="kind", tag="DOG"):
    age: int


class Box(Input, frozen=True, kw_only=True, rename={"box_id": "boxId"}):
    """One field of each kind. Every default is right, so that a test can be wrong in one place."""

    count: Annotated[int, Meta(ge=0)] = 1
    percent: Annotated[int, Meta(ge=0, le=100)] = 50
    few: Annotated[int, Meta(le=3)] = 0
    name: Annotated[str, Meta(min_length=1, max_length=5)] = "name"
    long: Annotated[str, Meta(max_length=5)] = ""
    letter: Annotated[str, Meta(max_length=1)] = ""
    text: str = ""
    code: Annotated[str, Meta(pattern="[0-9]{3}", description="a code of three digits")] = "123"
    reason: Literal["RETURN", "DEFECT"] = "RETURN"
    only: Literal["ORDER"] = "ORDER"
    sure: bool = True
    number: Decimal = Decimal(0)
    at: datetime = LATER
    items: Annotated[Sequence[Item], Meta(min_length=1, max_length=3)] = (Item(),)
    some: Annotated[Sequence[str], Meta(min_length=1)] = ("a",)
    either: bool | int = 7
    nullable: Annotated[str, Meta(max_length=5)] | UnsetType | None = UNSET
    animals: Sequence[Cat | Dog] = []
    file: Annotated[bytes, Meta(min_length=1)] = b"%PDF"
    anything: Any = None
    box_id: Id = "0"


def fault(payload: Input) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- its words are what is tested
        checked(payload)
    assert type(caught.value) is ValueError
    return str(caught.value)


WRONG: list[tuple[str, Any, str]] = [
    ("count", -1, "count: a whole number of 0 or more is expected."),
    ("count", "1", "count: a whole number of 0 or more is expected."),
    ("count", 1.0, "count: a whole number of 0 or more is expected."),
    ("count", True, "count: a whole number of 0 or more is expected."),
    ("count", None, "count: a whole number of 0 or more is expected."),
    ("percent", 101, "percent: a whole number of 0 to 100 is expected."),
    ("few", 4, "few: a whole number of at most 3 is expected."),
    ("name", "", "name: a text of 1 to 5 characters is expected."),
    ("name", "Canary", "name: a text of 1 to 5 characters is expected."),
    ("name", b"name", "name: a text of 1 to 5 characters is expected."),
    ("long", "Canary", "long: a text of at most 5 characters is expected."),
    ("letter", "no", "letter: a text of at most 1 character is expected."),
    ("text", 7, "text: a text is expected."),
    ("text", "Canary \ud800", "text: a text without half characters is expected."),
    ("code", "1234", "code: a code of three digits is expected."),
    ("code", "123\n", "code: a code of three digits is expected."),
    ("reason", "CANARY", "reason: one of DEFECT, RETURN is expected."),
    ("reason", ["RETURN"], "reason: one of DEFECT, RETURN is expected."),
    ("reason", None, "reason: one of DEFECT, RETURN is expected."),
    ("only", "CANARY", "only: ORDER is expected."),
    ("sure", "true", "sure: true or false is expected."),
    ("sure", 1, "sure: true or false is expected."),
    ("number", 1.5, "number: an exact number is expected."),
    ("number", "1.5", "number: an exact number is expected."),
    ("number", True, "number: an exact number is expected."),
    ("number", Decimal("NaN"), "number: an exact number is expected."),
    ("number", Decimal("sNaN"), "number: an exact number is expected."),
    ("number", Decimal("-Infinity"), "number: an exact number is expected."),
    ("at", LATER.replace(tzinfo=None), "at: a date-time with a time zone is expected."),
    ("at", "2026-02-03T04:05:06Z", "at: a date-time with a time zone is expected."),
    ("at", date(2026, 2, 3), "at: a date-time with a time zone is expected."),
    (
        "at",
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        "at: a date-time with a time zone is expected.",
    ),
    ("items", [], "items: a list of 1 to 3 items is expected."),
    ("items", [Item()] * 4, "items: a list of 1 to 3 items is expected."),
    ("items", {"a": Item()}, "items: a list of 1 to 3 items is expected."),
    ("items", [Item(), {"price": 1}], "items[1]: an Item is expected."),
    ("items", [Item(), None], "items[1]: an Item is expected."),
    ("items", [Item(codes=["a", ""])], "items[0].codes[1]: a text of 1 or more characters is expected."),
    ("items", [Item(codes=["a", "b", "c"])], "items[0].codes: a list of at most 2 items is expected."),
    ("some", "Canary", "some: a list of 1 or more items is expected."),
    ("some", b"Canary", "some: a list of 1 or more items is expected."),
    ("some", {"a"}, "some: a list of 1 or more items is expected."),
    ("some", ["a", None], "some[1]: a text is expected."),
    ("either", "Canary", "either: true or false or a whole number is expected."),
    ("nullable", "Canary", "nullable: a text of at most 5 characters is expected."),
    ("animals", [Cat(name="a"), Dog(age=1), Item()], "animals[2]: a Cat or a Dog is expected."),
    ("animals", [Cat(name="")], "animals[0].name: a text of 1 or more characters is expected."),
    ("file", b"", "file: a file of 1 or more bytes is expected."),
    ("file", "Canary", "file: a file of 1 or more bytes is expected."),
    ("box_id", "", "boxId: a text of 1 or more characters is expected."),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
def test_what_is_beyond_a_limit_is_told_with_its_field_and_without_its_value(
    field: str, value: Any, sentence: str
) -> None:
    assert fault(Box(**{field: value})) == sentence


def test_first_fault_is_told_with_its_whole_way() -> None:
    deep = Item(price=Amount(amount=Decimal(-1), currency="EUR"))

    assert fault(Box(items=[Item(), deep])) == "items[1].price.amount: a number of 0 or more is expected."


def price(amount: Any, currency: Any = "EUR") -> Item:
    return Item(price=Amount(amount=amount, currency=currency))


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (price(Decimal("-0.01")), "price.amount: a number of 0 or more is expected."),
        (price(-1), "price.amount: a number of 0 or more is expected."),
        (price(0.1), "price.amount: an exact number is expected."),
        (price(Decimal("Infinity")), "price.amount: an exact number is expected."),
        (price(Decimal("1E+28")), "price.amount: a number of at most 28 digits is expected."),
        (price(Decimal("1E-28")), "price.amount: a number of at most 28 digits is expected."),
        (price(Decimal("1E+999999")), "price.amount: a number of at most 28 digits is expected."),
        (price(Decimal(1), "euro"), "price.currency: a currency of three capital letters is expected."),
        (price(Decimal(1), "EURO"), "price.currency: a currency of three capital letters is expected."),
        (price(Decimal(1), "EUR\n"), "price.currency: a currency of three capital letters is expected."),
        (price(Decimal(1), None), "price.currency: a currency of three capital letters is expected."),
    ],
)
def test_amount_is_exact_not_negative_and_has_a_currency(item: Item, sentence: str) -> None:
    assert fault(item) == sentence


@pytest.mark.parametrize("text", ["0", "0.00", "0.10", "1E+27", "9999999999999999999999999999", "0." + "0" * 26 + "1"])
def test_amount_leaves_with_all_its_digits(text: str) -> None:
    assert json_part("a", checked(price(Decimal(text)))).content == b'{"price":{"amount":%s,"currency":"EUR"}}' % (
        str(Decimal(text)).encode()
    )


def test_field_that_is_left_out_is_not_sent() -> None:
    assert checked(Box()) == {}
    assert checked(Box(items=[Item(codes=())], nullable=UNSET)) == {"items": [{}]}


def test_null_is_sent_where_it_clears_and_nowhere_else() -> None:
    assert checked(Box(nullable=None)) == {"nullable": None}
    assert checked(Box(nullable="")) == {"nullable": ""}


def test_everything_is_written_as_mirakl_wants_it() -> None:
    amount = Amount(amount=Decimal("1.10"), currency="EUR")

    written = checked(
        Box(
            at=datetime(2026, 2, 3, 1, 30, tzinfo=timezone(timedelta(hours=2))),
            items=(Item(price=amount, codes=("a",)), Item()),
            either=False,
            animals=[Dog(age=3), Cat(name="a")],
            anything={"as": ["it", 1.5]},
            box_id="é",
        )
    )

    assert written == {
        "at": "2026-02-02T23:30:00Z",
        "items": [{"price": {"amount": Decimal("1.10"), "currency": "EUR"}, "codes": ["a"]}, {}],
        "either": False,
        "animals": [{"kind": "DOG", "age": 3}, {"kind": "CAT", "name": "a"}],
        "anything": {"as": ["it", 1.5]},
        "boxId": "é",
    }
    assert list(written) == ["at", "items", "either", "animals", "anything", "boxId"]  # in the order of the fields


class Needed(Input, frozen=True, kw_only=True):
    given: str | UnsetType


class Pair(Input, frozen=True, kw_only=True):
    one: str = ""
    other: str = ""

    def check(self) -> None:
        if self.one and self.other:
            raise ValueError("other: it goes not with one.")


class Pairs(Input, frozen=True, kw_only=True):
    pairs: list[Pair]


def test_field_that_is_needed_is_named_when_it_is_missing() -> None:
    assert fault(Needed(given=UNSET)) == "given: it is missing."


def test_rule_between_fields_is_told_with_its_whole_way_once_each_field_is_right() -> None:
    assert fault(Pair(one="a", other="b")) == "other: it goes not with one."
    assert fault(Pairs(pairs=[Pair(), Pair(one="a", other="b")])) == "pairs[1].other: it goes not with one."
    wrong: Any = 7
    assert fault(Pair(one="a", other=wrong)) == "other: a text is expected."


def test_kind_of_field_that_has_no_limits_yet_is_the_programmers_fault() -> None:
    class Mapped(Input, frozen=True, kw_only=True):
        counts: dict[str, int] = {}

    with pytest.raises(TypeError, match="DictType has no limits yet"):
        checked(Mapped(counts={"a": 1}))


def test_query_repeats_the_name_of_an_array_and_writes_what_an_address_can_hold() -> None:
    class Filter(Input, frozen=True, kw_only=True):
        limit: Annotated[int, Meta(ge=1)]
        ids: Sequence[Id] = ()
        since: datetime | UnsetType = UNSET

    assert query(Filter(limit=5)) == [("limit", "5")]
    assert query(Filter(limit=5, ids=["a&b", "é"], since=LATER)) == [
        ("limit", "5"),
        ("ids", "a&b"),
        ("ids", "é"),
        ("since", "2026-02-03T04:05:06Z"),
    ]
    with pytest.raises(ValueError, match=re.escape("ids[1]: a text of 1 or more characters is expected.")):
        query(Filter(limit=5, ids=["a", ""]))


amounts = st.builds(
    Amount, amount=st.decimals(min_value=0, max_value=10**12, places=4), currency=st.sampled_from(["EUR", "JPY"])
)
boxes = st.builds(
    Box,
    count=st.integers(0, 10**18),
    name=st.text(min_size=1, max_size=5),
    reason=st.sampled_from(["RETURN", "DEFECT"]),
    sure=st.booleans(),
    number=st.decimals(allow_nan=False, allow_infinity=False),
    items=st.lists(st.builds(Item, price=amounts), min_size=1, max_size=3),
    either=st.booleans() | st.integers(),
    nullable=st.none() | st.text(max_size=5) | st.just(UNSET),
)


@settings(max_examples=40, deadline=None)
@given(boxes)
def test_what_is_within_the_limits_arrives_as_it_left(box: Box) -> None:
    text = json_part("box", checked(box)).content

    assert msgspec.json.decode(text, type=Box, strict=True) == msgspec.convert(msgspec.to_builtins(box), Box)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_nothing_but_a_value_error_comes_of_any_value(data: st.DataObject) -> None:
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals() | st.binary(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    )
    field = data.draw(st.sampled_from([name for name in Box.__struct_fields__ if name not in ("anything", "file")]))
    values: dict[str, Any] = {field: data.draw(anything)}

    try:
        written = checked(Box(**values))
    except ValueError as error:
        told = str(error)
    else:
        told = json_part(field, written).content.decode()

    assert ("boxId" if field == "box_id" else field) in told or told == "{}"

"""What is left to be shipped, what stands against a parcel, and what parcels teach about their channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from backoffice.outbox import following, queue
from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.kinds import Report
from backoffice.outbox.models import Action
from orders import shipping
from orders.actions import SHIP_LINES
from orders.models import Order, Parcel
from shops.models import Carrier, Channel, ChannelPolicy
from tests.orders.rows import line, place
from tests.orders.shipped import order_to_ship, parcel_asked, parcel_confirmed, wish

pytestmark = pytest.mark.django_db

NOT_SHIPPABLE: list[tuple[dict[str, Any], str]] = [
    ({"fulfillment": {"type": "FULFILLED_BY_PARTNER"}}, "A partner of the marketplace ships this order"),
    ({"anonymized_at": "2026-11-20T08:00:00Z"}, "Mirakl removed this customer’s data"),
    ({"order_lines": [line(status="AWAITING_ACCEPTANCE")]}, "It has to be accepted before"),
    ({"order_lines": [line(status="AWAITING_PAYMENT")]}, "The customer’s payment is still awaited"),
    ({"order_lines": [line(status="AWAITING_FRAUD_CHECK")]}, "The channel still checks for fraud"),
    ({"order_lines": [line(status="SHIPPED"), line(status="CLOSED")]}, "No line of this order waits to be shipped"),
    ({"order_lines": [line(status="QUITE_NEW")]}, "Only the channel knows what the status"),
    ({"order_lines": [line(status="CHANNEL_SPECIFIC"), line(status="SHIPPED")]}, "Only the channel knows"),
]


def fresh(order: Order) -> Order:
    return SHIP_LINES.targets().get(pk=order.pk)


def objection(order: Order, *units: int, **texts: str) -> str:
    """What the kind says to this parcel; "" when nothing stands against it."""
    objected = SHIP_LINES.check(fresh(order), wish(order, *units, **texts))
    return objected.text if objected else ""


def in_state(action: Action, state: State, **fields: Any) -> Action:
    Action.objects.filter(pk=action.pk).update(state=state, departed_at=timezone.now(), **fields)
    action.refresh_from_db()
    return action


def confirmed(action: Action) -> None:
    """The channel says that it is done."""
    following.learn(in_state(action, State.SENT), Report("SUCCESS"), action.connection, now=timezone.now())


def failed(action: Action, code: str) -> Action:
    """The channel did not do it."""
    report = Report("FAILED", ((code, "No."),))
    following.learn(in_state(action, State.SENT), report, action.connection, now=timezone.now())
    action.refresh_from_db()
    return action


def tried(order: Order, carrier: str, code: str, number: str = "N1") -> Action:
    """A parcel that the channel did not take."""
    return failed(parcel_asked(order, 1, carrier=carrier, tracking_number=number), code)


def followed_by(before: Action, order: Order, **texts: str) -> Action:
    action = parcel_asked(order, 1, by=None, **{"tracking_number": "N1", **texts})
    Action.objects.filter(pk=action.pk).update(follows=before)
    return Action.objects.get(pk=action.pk)


@pytest.mark.parametrize(("fields", "said"), NOT_SHIPPABLE)
def test_order_that_cannot_be_shipped_says_why(fields: dict[str, Any], said: str) -> None:
    order = fresh(place(**fields))

    objected = shipping.objection_to_shipping(order)

    assert objected is not None
    assert objected.text.startswith(said)


def test_units_in_parcels_are_not_left_and_lines_that_do_not_wait_have_none() -> None:
    order = order_to_ship(order_lines=[line(id="a", quantity=3), line(id="b", quantity=1, status="SHIPPED")])
    parcel_confirmed(order, 2, 0)

    assert shipping.left(fresh(order)) == {"a": 1, "b": 0}
    assert shipping.shipped(fresh(order)) == {"a": 2}


@pytest.mark.parametrize("state", State)
def test_open_parcel_takes_its_units_and_one_that_is_over_gives_them_back(state: State) -> None:
    order = order_to_ship(order_lines=[line(id="a", quantity=3)])
    action = parcel_asked(order, 2)
    action.state = state

    taken = state in OPEN or state == State.CONFIRMED  # confirmed after the parcels of this order were read
    assert shipping.left(order, [action]) == {"a": 1 if taken else 3}


def test_cancelled_units_leave_nothing_and_never_less() -> None:
    order = order_to_ship(order_lines=[line(id="a", quantity=3)])
    parcel_confirmed(order, 3)
    order.lines.update(quantity=2)

    assert shipping.left(fresh(order)) == {"a": 0}


def test_nothing_is_left_once_every_unit_is_in_a_parcel() -> None:
    order = order_to_ship(2)
    parcel_confirmed(order, 1)
    waiting = parcel_asked(order, 1)
    order = fresh(order)

    assert shipping.objection_to_shipping(order) is None
    objected = shipping.objection_to_shipping(order, [waiting])
    assert objected is not None
    assert objected.text == "Every unit of this order is in a parcel already."


def test_parcel_of_what_is_left_can_be_sent() -> None:
    order = order_to_ship(3, 1)
    parcel_confirmed(order, 1, 0)

    texts = {"carrier": "DHL", "tracking_number": "N1", "tracking_url": "https://dhl.example/N1"}
    assert objection(order, 2, 1, **texts) == ""
    assert objection(order, 2, 0) == ""


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ((4, 0), "KETTLE-1: 4 units are in this parcel, but only 3 are left to be shipped."),
        ((-1, 0), "KETTLE-1: a parcel has at least one unit of each of its lines."),
        ((0, 1), "KETTLE-1: No line of this order waits to be shipped any more."),
        ((0, 0), "Say what is in the parcel: at least one unit of a line."),
    ],
)
def test_wrong_units_are_refused_with_a_sentence(units: tuple[int, ...], said: str) -> None:
    order = order_to_ship(order_lines=[line(quantity=3), line(quantity=1, status="SHIPPED")])

    assert objection(order, *units) == said


def test_line_of_another_order_is_refused() -> None:
    objected = SHIP_LINES.check(order_to_ship(), {**wish(order_to_ship(), 0), "items": {"other": 1}})

    assert objected is not None
    assert objected.text == "This order has no such line."


@pytest.mark.parametrize("state", State)
def test_what_mirakl_took_counts_at_sending_and_what_waits_behind_does_not(state: State) -> None:
    order = order_to_ship(1)
    parcel_asked(order, 1)
    Action.objects.update(state=state, departed_at=None)

    taken = state in {State.SENT, State.UNKNOWN, State.CONFIRMED}
    assert objection(order, 1) == ("KETTLE-1: every unit is in a parcel already." if taken else "")


def test_parcel_confirmed_after_the_order_was_read_is_not_sent_twice() -> None:
    order = order_to_ship(1)
    first, second = parcel_asked(order, 1), parcel_asked(order, 1)
    in_state(first, State.SENT)
    read = fresh(order)
    confirmed(first)

    objected = SHIP_LINES.check(read, second.request, second)

    assert objected is not None
    assert objected.text == "KETTLE-1: every unit is in a parcel already."


def test_parcel_is_counted_once_whichever_is_read_first() -> None:
    order = order_to_ship(order_lines=[line(id="a", quantity=3)])
    action = in_state(parcel_asked(order, 1), State.SENT)
    confirmed(action)

    for state in (State.SENT, State.CONFIRMED):
        action.state = state
        assert shipping.left(fresh(order), [action]) == {"a": 2}


def test_a_parcel_of_another_order_is_never_named_as_being_in_the_way() -> None:
    parcel_asked(order_to_ship(1), 1)
    asked = parcel_asked(order_to_ship(1), 1)
    Action.objects.filter(pk=asked.pk).update(state=State.UNDONE)

    # What is left of a race for the same failed parcel whose winner was undone at once.
    with pytest.raises(queue.ObjectedError) as objected:
        queue._who_was_first(asked, None)

    assert (str(objected.value), objected.value.action) == (
        "Somebody asked for the same at this very moment. Look again.",
        None,
    )


def test_unknown_parcel_does_not_stand_in_its_own_way() -> None:
    order = order_to_ship(1)
    action = in_state(parcel_asked(order, 1), State.UNKNOWN)

    assert SHIP_LINES.check(fresh(order), action.request, action) is None


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"tracking_number": "N1"}, "Name the carrier"),
        ({"tracking_url": "https://dhl.example/N1"}, "Name the carrier"),
        ({"carrier": "D", "tracking_url": "javascript:alert(1)"}, "The tracking address is no web address."),
        ({"carrier": "D", "tracking_url": "https://"}, "The tracking address is no web address."),
        ({"carrier": "D", "tracking_url": "https://[x"}, "The tracking address is no web address."),
        ({"carrier": "D", "tracking_url": "dhl.example/N1"}, "The tracking address is no web address."),
        ({"carrier": "D", "tracking_url": "https://d.example/a b"}, "The tracking address is no web address."),
        ({"carrier": "D\0"}, "The carrier has characters that cannot be sent."),
        ({"carrier": "D", "tracking_number": "1\x1b"}, "The tracking number has characters that cannot be sent."),
        ({"carrier": "D" * 201}, "The carrier has more than 200 characters."),
        ({"warehouse_id": "W" * 201}, "The warehouse has more than 200 characters."),
        ({"carrier": "D", "tracking_url": "https://d.example/" + "1" * 999}, "The tracking address has more than 1000"),
    ],
)
def test_wrong_texts_are_refused_with_a_sentence(texts: dict[str, str], said: str) -> None:
    assert objection(order_to_ship(), 1, **texts).startswith(said)


def test_texts_are_as_long_as_a_parcel_keeps_them() -> None:
    columns = {field.name: field.max_length for field in Parcel._meta.fields if field.name in shipping.TEXTS}

    assert columns == {name: longest for name, (_label, longest) in shipping.TEXTS.items()}


@pytest.mark.parametrize(
    ("quantity", "before", "status", "reason", "shown"),
    [
        (2, 0, "AWAITING_SHIPMENT", "", False),
        (2, 0, "SHIPPED", "", True),
        (2, 1, "SHIPPED", "", True),
        (2, 2, "SHIPPED", "", False),  # the known parcels explain it: one unit was cancelled meanwhile
        (1, 0, "DELIVERED", "", True),
        (1, 0, "CLOSED", "AUTOMATICALLY_CLOSED", True),
        (1, 0, "CLOSED", "REFUNDED", False),
        (1, 0, "CLOSED", "CANCELED", False),
        (1, 0, "CHANNEL_SPECIFIC", "", False),
    ],
)
def test_parcel_that_nobody_knows_of_is_shown_by_a_line_that_is_shipped(
    quantity: int, before: int, status: str, reason: str, shown: bool
) -> None:
    order = order_to_ship(quantity)
    action = in_state(parcel_asked(order, 1), State.UNKNOWN)
    if before:
        parcel_confirmed(order, before)
    order.lines.update(status=status, status_reason=reason)

    assert SHIP_LINES.evidence(fresh(order), action) is shown


@pytest.mark.parametrize(
    ("quantity", "status", "reason", "shown"),
    [
        (2, "AWAITING_SHIPMENT", "", True),  # nothing is missing as long as a unit is left
        (1, "AWAITING_SHIPMENT", "", False),
        (1, "SHIPPED", "", True),
        (1, "CLOSED", "REFUNDED", True),
        (0, "CLOSED", "CANCELED", False),
    ],
)
def test_confirmed_parcel_is_missed_only_where_its_line_should_have_moved(
    quantity: int, status: str, reason: str, shown: bool
) -> None:
    order = order_to_ship(2)
    action = parcel_asked(order, 1)
    confirmed(action)
    order.lines.update(quantity=quantity, status=status, status_reason=reason)

    assert SHIP_LINES.evidence(fresh(order), action) is shown


def test_order_without_the_line_shows_nothing() -> None:
    order = order_to_ship(2)
    action = parcel_asked(order, 1)
    confirmed(action)
    order.lines.all().delete()

    assert SHIP_LINES.evidence(fresh(order), action) is False


def test_unknown_parcel_is_not_taken_for_a_confirmed_one_that_is_like_it() -> None:
    order = order_to_ship(3)
    first, second = parcel_asked(order, 1), parcel_asked(order, 1)
    confirmed(first)
    in_state(second, State.UNKNOWN)

    assert [SHIP_LINES.evidence(fresh(order), one) for one in (first, second)] == [True, False]


def test_confirmed_parcel_is_written_once_with_all_that_was_asked() -> None:
    order = order_to_ship(3)
    texts = {"carrier": "DHL", "tracking_number": "N1", "tracking_url": "https://d.example/1", "warehouse_id": "W"}
    action = parcel_asked(order, 2, by=None, return_tracking_number="R1", **texts)

    confirmed(action)
    shipping.keep(action)

    parcel = order.parcels.get()
    assert (parcel.action_id, parcel.items, parcel.shipped_at) == (
        action.pk,
        action.request["items"],
        action.departed_at,
    )
    assert {name: getattr(parcel, name) for name in shipping.TEXTS} == {**texts, "return_tracking_number": "R1"}
    assert Parcel.objects.count() == 1


def test_carriers_that_worked_are_suggested_the_last_one_first() -> None:
    order, other = order_to_ship(9), order_to_ship(9, origin={"channel_id": "c2", "channel_name": "Süd"})
    for carrier in ("DHL", "Hermes", "DHL"):
        confirmed(parcel_asked(order, 1, carrier=carrier))
    confirmed(parcel_asked(other, 1, carrier="UPS"))
    confirmed(parcel_asked(order, 1))
    failed(parcel_asked(order, 1, carrier="Van"), "OTHER")

    assert shipping.suggestions(order.channel) == ["DHL", "Hermes"]


def test_carrier_that_the_channel_does_not_take_any_more_is_not_suggested() -> None:
    order = order_to_ship(9)
    confirmed(parcel_asked(order, 1, carrier="DHL"))

    tried(order, "DHL", "CARRIER_NOT_SUPPORTED")

    assert shipping.suggestions(order.channel) == []


def test_name_that_a_channel_does_not_take_is_remembered_with_the_one_it_takes() -> None:
    order = order_to_ship(9)
    first = tried(order, "Deutsche Post", "CARRIER_NOT_SUPPORTED")
    second = failed(followed_by(first, order, carrier="DHL Paket"), "CARRIER_NOT_SUPPORTED")

    confirmed(followed_by(second, order, carrier="DHL"))

    words = ["deutsche POST", "DHL Paket", "dhl", "Hermes"]
    assert [shipping.taken_as(order.channel, word) for word in words] == ["DHL", "DHL", "DHL", "Hermes"]
    assert shipping.suggestions(order.channel) == ["DHL"]
    assert shipping.taken_as(Channel.objects.create(connection=order.connection, remote_id="c2"), "dhl") == "dhl"


@pytest.mark.parametrize(
    ("code", "number"), [("CARRIER_NOT_SUPPORTED", "N2"), ("OTHER", "N1")], ids=["another parcel", "another reason"]
)
def test_carrier_of_something_else_is_not_remembered_as_another_name(code: str, number: str) -> None:
    order = order_to_ship(9)
    before = tried(order, "UPS", code, number)

    confirmed(followed_by(before, order, carrier="DHL"))

    assert shipping.taken_as(order.channel, "UPS") == "UPS"


def test_carrier_without_a_number_is_not_remembered_as_another_name() -> None:
    order = order_to_ship(9)
    before = tried(order, "UPS", "CARRIER_NOT_SUPPORTED", "")

    confirmed(followed_by(before, order, carrier="DHL", tracking_number=""))

    assert shipping.taken_as(order.channel, "UPS") == "UPS"


def test_other_names_follow_when_a_channel_takes_a_carrier_under_a_new_name() -> None:
    order = order_to_ship(9)
    Carrier.objects.create(channel=order.channel, typed="post", name="DHL")

    confirmed(followed_by(tried(order, "DHL", "CARRIER_NOT_SUPPORTED"), order, carrier="DHL Paket"))

    assert shipping.taken_as(order.channel, "Post") == "DHL Paket"


@pytest.mark.parametrize("code", ["WAREHOUSE_ID_REQUIRED", "WAREHOUSE_ID_NOT_FOUND"])
def test_channel_that_refused_for_want_of_a_warehouse_is_asked_for_one_from_then_on(code: str) -> None:
    order = order_to_ship(9)
    assert not shipping.asks_warehouse(order.channel)

    failed(parcel_asked(order, 1), code)
    confirmed(parcel_asked(order, 1, warehouse_id="LEEDS"))

    channel = fresh(order).channel
    assert (shipping.asks_warehouse(channel), shipping.last_warehouse(channel)) == (True, "LEEDS")
    assert not shipping.asks_return_number(channel)


def test_return_number_that_helped_is_asked_for_from_then_on() -> None:
    order = order_to_ship(9)
    before = failed(parcel_asked(order, 1), "INVALID_INPUT")
    assert shipping.asks_return_number(order.channel, before)
    assert not shipping.asks_return_number(order.channel)

    confirmed(followed_by(before, order, carrier="DHL", return_tracking_number="R1"))

    assert shipping.asks_return_number(fresh(order).channel)


@pytest.mark.parametrize("own", [True, False], ids=["of the channel", "of every other channel"])
def test_policy_says_what_a_channel_asks_of_a_parcel(
    own: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    channel = order_to_ship().channel
    ChannelPolicy.objects.create(channel=None, asks_warehouse=not own, asks_return_number=not own)
    if own:
        ChannelPolicy.objects.create(channel=channel, asks_warehouse=True, asks_return_number=True)

    with django_assert_num_queries(2):
        assert (shipping.asks_warehouse(channel), shipping.asks_return_number(channel)) == (True, True)


def test_policy_of_the_channel_counts_before_that_of_all_others() -> None:
    channel = order_to_ship().channel
    ChannelPolicy.objects.create(channel=None, asks_warehouse=True)
    ChannelPolicy.objects.create(channel=channel)

    assert not shipping.asks_warehouse(channel)


def test_number_of_another_order_is_found_in_parcels_and_in_what_is_asked() -> None:
    mine, sent, waiting, over, other = (order_to_ship(9) for _ in range(5))
    for order in (mine, sent):
        parcel_confirmed(order, 1, carrier="DHL", tracking_number="N1")
    parcel_asked(waiting, 1, carrier="DHL", tracking_number="N1")
    tried(over, "DHL", "OTHER")
    parcel_confirmed(other, 1, carrier="DHL", tracking_number="N2")

    assert shipping.used_elsewhere(mine, "N1") == [sent, waiting]
    assert shipping.used_elsewhere(mine, "N1", Order.objects.filter(pk=waiting.pk)) == [waiting]
    assert (shipping.used_elsewhere(mine, "N3"), shipping.used_elsewhere(mine, "")) == ([], [])


def test_words_tell_units_carrier_and_number() -> None:
    items = {"a": 1, "b": 2}

    assert SHIP_LINES.words({"items": items, "carrier": "DHL", "tracking_number": "N1"}) == "Ship 3 units with DHL, N1"
    assert (SHIP_LINES.words({"items": {"a": 1}}), SHIP_LINES.intent({"items": items})) == (
        "Ship 1 unit",
        "3 units shipped",
    )


def test_deadline_of_a_parcel_is_when_the_order_has_to_be_shipped() -> None:
    order = order_to_ship(shipping_info={"shipping_deadline": timezone.now() + timedelta(days=2)})

    assert parcel_asked(order, 1).deadline == order.ship_by

"""The page for a person: a form for every verb, and lists that show what was done."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import zip_longest
from typing import get_args

import pytest
import requests

from backoffice.sandbox.control.forms import DONE
from backoffice.sandbox.control.verbs import VERBS
from backoffice.sandbox.faults import Kind
from backoffice.sandbox.market.kinds import KINDS
from backoffice.sandbox.market.scripts import Outcome
from backoffice.sandbox.market.words import CODES, CONVERSATION_CODES
from backoffice.sandbox.operations import NAMES
from tests.sandbox.calling import Caller
from tests.sandbox.test_control import submit
from tests.sandbox_server import RunningSandbox


class Forms(HTMLParser):
    """What a browser would send for each form of the page, its fields untouched; by the last part of its address."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sent: dict[str, dict[str, str]] = {}
        self.lists: dict[str, dict[str, str]] = {}  # by form: the fields that ask for an id, and of what
        self.options: dict[tuple[str, str], list[str]] = {}  # by form and field: what can be chosen
        self._form, self._select = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "form":
            self._form = self._address(found["action"])
        elif tag == "button" and "formaction" in found:
            other = self._address(found["formaction"])
            self.sent[other], self.lists[other] = self.sent[self._form], self.lists[self._form]
        elif tag == "select":
            self._select, self.options[self._form, name] = name, []
        elif tag == "option" and self._select and "value" in found:
            self._offer(value)
        elif tag in ("input", "textarea") and (found.get("type") != "checkbox" or "checked" in found):
            self.sent[self._form][name] = "on" if found.get("type") == "checkbox" else value
            if found.get("list"):
                self.lists[self._form][name] = found["list"] or ""

    def handle_data(self, data: str) -> None:
        if (
            self._select
            and self.lasttag == "option"
            and data.strip()
            and "value" not in (self.get_starttag_text() or "")
        ):
            self._offer(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def _offer(self, value: str) -> None:
        self.options[self._form, self._select].append(value)
        self.sent[self._form].setdefault(self._select, value)

    def _address(self, path: str | None) -> str:
        name = (path or "").removeprefix("/_control/form/")
        self.sent.setdefault(name, {})
        self.lists.setdefault(name, {})
        return name


def page_of(sandbox: RunningSandbox) -> str:
    return requests.get(f"{sandbox.url}/_control/", timeout=30).text


def test_page_has_a_form_for_every_verb_but_the_raw_one(sandbox: RunningSandbox) -> None:
    assert set(Forms(page_of(sandbox)).sent) == set(VERBS) - {"put-raw"} == set(DONE)


def test_every_form_can_be_sent_as_it_stands(sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order(status="SHIPPED")["id"]
    return_id = sandbox.open_return(order_id)["id"]
    conversation_id = sandbox.customer_writes(order_id=order_id)["conversation_id"]
    sandbox.put_product(id="SKU")
    known = {
        "order-ids": order_id,
        "return-ids": return_id,
        "conversation-ids": conversation_id,
        "product-ids": "SKU",
    }
    forms = Forms(page_of(sandbox))
    last = ["anonymise-conversation", "anonymise-order", "drop-product"]
    needs = {
        "script-action": {"code": "OTHER"},
        "customer-writes": {"order_id": ""},
        "channel-writes": {"order_id": ""},
    }

    for name in sorted(forms.sent, key=lambda name: (name in last, name)):
        ids = {field: known[of] for field, of in forms.lists[name].items()}
        answer = submit(sandbox, name, **{**forms.sent[name], **ids, **needs.get(name, {})})
        assert (answer.status_code, name) == (303, name), answer.text


def test_switches_sent_as_they_stand_stay_as_they_are(sandbox: RunningSandbox) -> None:
    sandbox.configure(settle_seconds=0.25, catalog_seconds=3, strict_returns=True)
    before = sandbox.state()["switches"]

    submit(sandbox, "configure", **Forms(page_of(sandbox)).sent["configure"])

    assert sandbox.state()["switches"] == before


def test_form_moves_an_order_on(sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order(status="SHIPPED")["id"]

    submit(sandbox, "order-step", order_id=order_id, status="")

    assert sandbox.state()["orders"] == {"DELIVERED": 1}


def test_form_with_other_fields_changes_them(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]

    submit(sandbox, "update", order_id=order_id, fields='{"status_reason": "ODD", "odd": [1.10]}')

    order = caller.page()["data"][0]
    assert (order["status"], order["status_reason"], order["odd"]) == ("AWAITING_ACCEPTANCE", "ODD", [1.1])


@pytest.mark.parametrize("fields", ["{", "[]", "1", "nul"])
def test_other_fields_that_are_no_object_are_refused(sandbox: RunningSandbox, fields: str) -> None:
    answer = submit(sandbox, "put-product", id="SKU", fields=fields)

    assert answer.status_code == 400
    assert "Nothing was done: The fields are" in answer.text
    assert sandbox.products() == []


def test_forms_of_returns_and_documents_show_what_they_did(sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order(status="DELIVERED", lines=1, quantity=3)["id"]
    submit(
        sandbox,
        "open-return",
        order_id=order_id,
        label="png",
        reason="DAMAGED_ITEM",
        fields='{"lines": [{"quantity": 2}]}',
    )
    [opened] = sandbox.returns()

    submit(sandbox, "change-return", return_id=opened["id"], status="RECEIVED", fields='{"rma_id": "RMA<1>"}')
    submit(sandbox, "add-document", order_id=order_id, type="CHANNEL_SPECIFIC", channel_type="CARE<1>", format="csv")

    [changed] = sandbox.returns()
    assert [(line["quantity"], line["reason"]) for line in changed["return_lines"]] == [(2, "DAMAGED_ITEM")]
    assert (changed["status"], changed["rma_id"]) == ("RECEIVED", "RMA<1>")
    formats = sorted(document["file_format"] for document in sandbox.documents())
    assert formats == ["image/png", "text/csv"]
    text = page_of(sandbox)
    assert f"<td>{opened['id']}</td><td>{order_id}</td><td>RECEIVED</td><td>1</td><td>DAMAGED_ITEM</td>" in text
    assert "<td>CHANNEL_SPECIFIC CARE&lt;1&gt;</td>" in text


def test_forms_of_conversations_show_what_they_did(sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    submit(sandbox, "customer-writes", order_id=order_id, topic="Where <is> it?", attachments="2", format="jpeg")
    [conversation] = sandbox.conversations()

    submit(sandbox, "channel-writes", conversation_id=conversation["id"], body="Hurry.", visible_to_customer="not said")
    submit(sandbox, "customer-writes", channel_order_id="LOST-1", channel_id="0002", visible_to_customer="no")

    written, lost = sandbox.conversations()
    first, second = written["messages"]
    assert [len(first["attachments"]), first["visible_to_customer"], "visible_to_customer" in second] == [
        2,
        True,
        False,
    ]
    assert lost["messages"][0]["visible_to_customer"] is False
    text = page_of(sandbox)
    assert f"<td>{order_id}</td><td>Where &lt;is&gt; it?</td><td>2</td>" in text
    assert "<td>LOST-1 (unknown to Connect)</td>" in text
    submit(sandbox, "anonymise-conversation", conversation_id=conversation["id"])
    assert "<td>anonymised</td>" in page_of(sandbox)


def test_forms_of_products_show_what_they_did(sandbox: RunningSandbox) -> None:
    price = '"standard_prices": [{"price": {"amount": 10.50, "currency": "EUR"}}]'
    submit(sandbox, "put-product", id="A<1>", fields='{"titles": [{"locale": "en", "value": "Lamp"}], ' + price + "}")
    submit(sandbox, "put-product", id="B", fields='{"titles": 7, "quantities": {}}')

    assert "<td>A&lt;1&gt;</td><td>Lamp</td><td>10.50 EUR</td>" in page_of(sandbox)
    submit(sandbox, "drop-product", id="A<1>")
    assert [product["id"] for product in sandbox.products()] == ["B"]


def test_page_tells_each_kind_of_action_parcels_and_reports(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order(status="AWAITING_SHIPMENT", channel_id="0001", lines=1, quantity=1)
    return_id = sandbox.open_return(sandbox.place_order(status="DELIVERED")["id"])["id"]
    parcel = {"items": [{"order_line_id": order["order_lines"][0]["id"], "quantity": 1}], "carrier": "DPD"}
    report = {"type": "SYNCHRONIZE_ORDER", "status": "FAILED", "entity_type": "ORDER", "entity_id": order["id"]}
    report |= {"executed_at": "2026-01-01T00:00:00Z", "errors": [{"code": "OTHER", "message": "No <SKU>."}]}
    sandbox.script_action(kind="CLOSE_RETURN", code="OTHER", times=None)

    for method, path, body in (
        ("POST", f"{order['id']}/shipments", parcel),
        ("POST", "actions", {"actions": [report]}),
        ("PUT", f"returns/{return_id}/close", None),
    ):
        answer = requests.request(method, f"{caller.url}/{path}", json=body, headers=caller.headers, timeout=30)
        assert answer.ok, answer.text

    text = page_of(sandbox)
    assert f"<td>{order['id']}</td><td>create shipment</td><td>SUCCESS</td>" in text
    assert f"<td>{order['id']}</td><td>DPD</td>" in text
    assert f"<td>close return {return_id}</td><td>FAILED</td><td>OTHER: " in text
    assert f"<td>{order['id']}</td><td>SYNCHRONIZE_ORDER</td><td>FAILED</td><td>OTHER No &lt;SKU&gt;.</td>" in text
    assert "OTHER for close return of any order, until cleared" in text


def test_form_of_trouble_takes_the_status_of_a_web_page(sandbox: RunningSandbox, caller: Caller) -> None:
    submit(sandbox, "fault", operation="*", kind="html", status="502", times="1", after="0", share="1")

    assert caller.answer().status_code == 502


def test_every_kind_of_trouble_and_every_operation_can_be_scripted_on_the_page(sandbox: RunningSandbox) -> None:
    form = Forms(page_of(sandbox))
    kinds, operations = form.options["fault", "kind"], form.options["fault", "operation"]

    for kind, operation in zip_longest(kinds, operations, fillvalue="500"):
        chosen = {"kind": kind, "operation": "*" if operation == "500" else operation}
        assert submit(sandbox, "fault", **{**form.sent["fault"], **chosen}).status_code == 303, chosen

    faults = sandbox.state()["faults"]
    assert {fault["kind"] for fault in faults} == set(get_args(Kind))
    assert {fault["operation"] for fault in faults} == set(NAMES)


def test_every_end_of_every_kind_of_action_can_be_scripted_on_the_page(sandbox: RunningSandbox) -> None:
    form = Forms(page_of(sandbox))
    ends = {name: form.options["script-action", name][1:] for name in ("code", "outcome", "to", "kind")}

    for name in ("code", "outcome", "to"):
        for end in ends[name]:
            chosen = {name: end, "seconds": "1" if end == "slow" else ""}
            assert submit(sandbox, "script-action", **{**form.sent["script-action"], **chosen}).status_code == 303, end
    for kind in ends["kind"]:
        submit(sandbox, "script-action", **{**form.sent["script-action"], "kind": kind, "code": "OTHER"})

    scripts = sandbox.state()["scripts"]
    assert {script["code"] for script in scripts} - {None} == set(CODES) >= set(CONVERSATION_CODES)
    assert {script["outcome"] for script in scripts} - {None} == set(get_args(Outcome))
    assert {script["kind"] for script in scripts} - {None} == set(KINDS)

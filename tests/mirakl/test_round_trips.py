"""What the client writes can be read back from the sandbox by the client: each way there and back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect import types
from backoffice.mirakl.connect.inputs import conversations, documents, products, returns
from backoffice.mirakl.connect.inputs.files import File
from backoffice.mirakl.downloads import Download
from backoffice.mirakl.errors import NoAnswer, NotFound
from backoffice.mirakl.limits import Amount
from tests.sandbox_server import RunningSandbox

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ODD_ID = "0002_a/b%+é?#"
PDF = b"%PDF-1.7\nnot much more\n%%EOF\n"


def first_return(api: Connect) -> types.Return:
    return types.read(next(api.list_returns(updated_from=LONG_AGO)).data[0], types.Return)


def messages_of(api: Connect, conversation_id: str, after: datetime | None = None) -> list[types.Message]:
    return [types.read(raw, types.Message) for raw in api.get_conversation_messages(conversation_id, after).data]


def contents(download: Callable[[io.BytesIO], Download]) -> tuple[Download, dict[str, bytes]]:
    """What was downloaded, and the files in it."""
    into = io.BytesIO()
    found = download(into)
    with zipfile.ZipFile(into) as archive:
        return found, {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    ("before", "write", "after"),
    [
        ("REQUEST_INITIATED", lambda api, id_: api.accept_return(id_, True), "OPENED"),
        ("REQUEST_INITIATED", lambda api, id_: api.accept_return(id_, False, "FINAL_SALES"), "REQUEST_DECLINED"),
        ("OPENED", lambda api, id_: api.acknowledge_return_reception(id_), "RECEIVED"),
        ("RECEIVED", lambda api, id_: api.close_return(id_), "CLOSED"),
    ],
)
def test_return_moves_on(
    sandbox: RunningSandbox, api: Connect, before: str, write: Callable[[Connect, str], str], after: str
) -> None:
    sandbox.configure(settle_seconds=3600)
    opened = sandbox.open_return(sandbox.place_order(status="DELIVERED")["id"], status=before)

    action_id = write(api, opened["id"])
    pending = api.get_action_status(action_id).status
    sandbox.settle()

    assert (pending, api.get_action_status(action_id).status) == ("PENDING", "SUCCESS")
    assert (first_return(api).id, first_return(api).status) == (opened["id"], after)


def test_return_that_is_in_another_state_fails_the_action(sandbox: RunningSandbox, api: Connect) -> None:
    opened = sandbox.open_return(sandbox.place_order(status="DELIVERED")["id"], status="CLOSED")

    action_id = api.accept_return(opened["id"], True)
    sandbox.settle()

    status = api.get_action_status(action_id)
    assert (status.status, [error.code for error in status.errors]) == ("FAILED", ["RETURN_IN_WRONG_STATE"])


def test_tracking_is_read_back_under_its_other_name(sandbox: RunningSandbox, api: Connect) -> None:
    opened = sandbox.open_return(sandbox.place_order(status="DELIVERED")["id"], status="OPENED")
    tracking = returns.Tracking(carrier="DHL", tracking_number="T 1", tracking_url="https://t.test/1")

    api.update_return_tracking_information(
        opened["id"], returns.TrackingInformation(rma_id="RMA é", label_url="https://l.test", tracking=tracking)
    )
    sandbox.settle()

    found = first_return(api)
    assert (found.rma_id, found.label_url) == ("RMA é", "https://l.test")
    assert found.tracking == types.ReturnTracking("DHL", "T 1", "https://t.test/1")


def test_document_is_uploaded_listed_and_downloaded(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.place_order(id=ODD_ID)
    metadata = documents.DocumentMetadata(type="CUSTOMER_INVOICE", filename='Rechnung "ü" 中.pdf')

    api.upload_order_document(ODD_ID, documents.Document(metadata, PDF))
    sandbox.settle()

    (row,) = next(api.list_order_documents(order_ids=[ODD_ID], types=["CUSTOMER_INVOICE"])).data
    document = types.read(row, types.OrderDocument)
    assert (document.order_id, document.name, document.file_format, document.size_in_bytes) == (
        ODD_ID,
        'Rechnung "ü" 中.pdf',
        "application/pdf",
        len(PDF),
    )
    download, files = contents(lambda into: api.download_order_documents(ODD_ID, into, document_ids=[document.id]))
    assert (list(files.values()), download.content_type) == ([PDF], "application/zip")
    assert download.filename.endswith(".zip")


def test_upload_is_whole_after_a_new_token_was_needed(sandbox: RunningSandbox, api: Connect) -> None:
    order = sandbox.place_order()
    sandbox.fault("v2-uploadOrderDocument", kind="401")
    invoice = documents.DocumentMetadata(type="CUSTOMER_INVOICE", filename="invoice.pdf")

    api.upload_order_document(order["id"], documents.Document(invoice, PDF))
    sandbox.settle()

    _, files = contents(lambda into: api.download_order_documents(order["id"], into))
    assert list(files.values()) == [PDF]


def test_order_without_such_a_document_is_not_found(sandbox: RunningSandbox, api: Connect) -> None:
    order = sandbox.place_order()

    with pytest.raises(NotFound):
        api.download_order_documents(order["id"], io.BytesIO(), types=["RETURN_LABEL"])


def test_conversation_is_begun_answered_and_read(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.configure(settle_seconds=3600)
    sandbox.place_order(id=ODD_ID)
    files = [File("photo é.png", b"\x89PNG..."), File("photo é.png", b"another")]
    begun = conversations.NewConversation(
        entity=conversations.OrderEntity(id=ODD_ID),
        topic=conversations.Topic(value="Größe 😀"),
        first_message=conversations.MessageText(body="Hello <b>Carla</b>"),
    )

    action_id = api.create_conversation(begun, files)
    pending = api.get_conversation_action_status(action_id)
    sandbox.settle()
    conversation_id = api.get_conversation_action_status(action_id).conversation_id
    api.create_message(conversation_id, "And again")
    sandbox.settle()

    (row,) = next(api.list_conversations(conversation_ids=[conversation_id])).data
    conversation = types.read(row, types.Conversation)
    messages = messages_of(api, conversation_id)
    assert pending.status == "PENDING"
    assert (conversation.entity.id, conversation.topic.value) == (ODD_ID, "Größe 😀")
    assert {one.body: (one.sender.type, one.visible_to_customer) for one in messages} == {
        "And again": ("STORE", True),
        "Hello <b>Carla</b>": ("STORE", True),
    }
    _, found = contents(lambda into: api.download_conversation_attachments(conversation_id, into))
    attachments = {one.id: one for message in messages for one in message.attachments}
    assert set(found.values()) == {b"\x89PNG...", b"another"}
    assert {name.split("/")[1] for name in found} == set(attachments)
    assert {one.filename for one in attachments.values()} == {"photo é.png"}


def test_messages_after_a_moment_are_asked_for(sandbox: RunningSandbox, api: Connect) -> None:
    order = sandbox.place_order()
    first = sandbox.customer_writes(order_id=order["id"], body="one")
    sandbox.advance(5)
    sandbox.customer_writes(conversation_id=first["conversation_id"], body="two")

    (newest, oldest) = messages_of(api, first["conversation_id"])

    assert [one.body for one in (newest, oldest)] == ["two", "one"]
    assert messages_of(api, first["conversation_id"], newest.created_at) == []
    assert messages_of(api, first["conversation_id"], oldest.created_at) == [newest]
    earlier = oldest.created_at - timedelta(seconds=1)
    assert messages_of(api, first["conversation_id"], earlier) == [newest, oldest]


def test_anonymised_conversation_is_listed_but_not_found(sandbox: RunningSandbox, api: Connect) -> None:
    conversation_id = sandbox.customer_writes(order_id=sandbox.place_order()["id"], attachments=1)["conversation_id"]
    sandbox.anonymise_conversation(conversation_id)

    (row,) = next(api.list_conversations(updated_from=LONG_AGO)).data

    assert types.read(row, types.Conversation).anonymized_at is not None
    for call in (
        lambda: api.get_conversation_messages(conversation_id),
        lambda: api.download_conversation_attachments(conversation_id, io.BytesIO()),
        lambda: api.create_message(conversation_id, "x"),
    ):
        with pytest.raises(NotFound):
            call()


def test_action_about_a_conversation_fails_with_a_word_of_its_own(sandbox: RunningSandbox, api: Connect) -> None:
    conversation_id = sandbox.customer_writes(order_id=sandbox.place_order()["id"])["conversation_id"]
    sandbox.script_action(code="UNAVAILABLE", message="Zu tun.")

    action_id = api.create_message(conversation_id, "x")
    sandbox.settle()

    status = api.get_conversation_action_status(action_id)
    assert (status.status, status.errors) == ("ERROR", [types.ActionError("UNAVAILABLE", "Zu tun.")])


def listed(api: Connect) -> list[types.CatalogProduct]:
    return [types.read(raw, types.CatalogProduct) for page in api.list_products(limit=1) for raw in page.data]


def test_product_keeps_what_is_absent_loses_what_is_null_and_gets_what_is_given(api: Connect) -> None:
    euros = Amount(amount=Decimal("12.10"), currency="EUR")
    api.upsert_products(
        [
            products.Product(
                id="B",
                gtins=[products.Gtin(value="00000017")],
                titles=[products.Title(locale="en", value="Lamp"), products.Title(locale="de", value="Lampe")],
                brand="Lux",
                standard_prices=[products.StandardPrice(price=euros)],
                attributes=[products.AttributeNumeric(id="w", name="Weight", value=Decimal("6.010"))],
            ),
            products.Product(id="A"),
        ]
    )

    api.upsert_products(
        [products.Product(id="B", brand=None, gtins=[], titles=[products.Title(locale="en", value="Light")])]
    )

    assert listed(api) == [
        types.CatalogProduct(id="A"),
        types.CatalogProduct(
            id="B",
            titles=[types.LocalisedText("en", "Light")],
            standard_prices=[types.StandardPrice(types.Money(Decimal("12.10"), "EUR"))],
            attributes=[types.Attribute("w", "Weight", "NUMERIC", Decimal("6.010"))],
        ),
    ]


def test_product_is_deleted_and_unknown_ones_do_not_matter(api: Connect) -> None:
    api.upsert_products([products.Product(id="SKU/1 é"), products.Product(id="B")])

    api.delete_products(["SKU/1 é", "never seen"])

    assert [one.id for one in listed(api)] == ["B"]


@pytest.mark.parametrize("trouble", [{"kind": "cut", "when": "midway"}, {"kind": "html"}, {"kind": "500"}])
def test_download_in_trouble_is_made_again(sandbox: RunningSandbox, api: Connect, trouble: dict[str, Any]) -> None:
    order = sandbox.place_order()
    sandbox.add_document(order["id"], content=PDF, filename="a.pdf", type="DELIVERY_SLIP")
    sandbox.fault("v2-downloadOrderDocuments", times=2, **trouble)

    _, files = contents(lambda into: api.download_order_documents(order["id"], into))

    assert files == {"a.pdf": PDF}


def test_download_in_trouble_for_long_is_no_answer(sandbox: RunningSandbox, api: Connect) -> None:
    order = sandbox.place_order()
    sandbox.add_document(order["id"], content=PDF, filename="a.pdf", type="DELIVERY_SLIP")
    sandbox.fault("v2-downloadOrderDocuments", kind="cut", when="midway", times=3)

    with pytest.raises(NoAnswer):
        api.download_order_documents(order["id"], io.BytesIO())

"""What is asked about returns and documents, and done to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backoffice.mirakl.connect.inputs import documents, returns
from tests.contract.drives.drive import PAST, PDF, PNG, Drive, contains, downloaded, found, rows
from tests.contract.stage import Stage


def _return_is(**wanted: Any) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        found = stage.returned()
        assert {name: found.get(name) for name in wanted} == wanted

    return shown


RETURN_DRIVES = (
    Drive("v2-listReturns", "least", lambda api, ids: rows(api.list_returns(updated_from=PAST)), found("return_")),
    Drive(
        "v2-listReturns",
        "everything",
        lambda api, ids: rows(
            api.list_returns(updated_from=PAST, order_ids=[ids.order, "x"], statuses=["OPENED", "CLOSED"], limit=1)
        ),
        found("return_"),
    ),
    Drive(
        "v2-acceptReturn",
        "least",
        lambda api, ids: api.accept_return(ids.return_, True),
        _return_is(status="OPENED"),
        "order",
        return_status="REQUEST_INITIATED",
    ),
    Drive(
        "v2-acceptReturn",
        "everything",
        lambda api, ids: api.accept_return(ids.return_, False, "FINAL_SALES"),
        _return_is(status="REQUEST_DECLINED", rejection_reason="FINAL_SALES"),
        "order",
        return_status="REQUEST_INITIATED",
    ),
    Drive(
        "v2-acknowledgeReturnReception",
        "least",
        lambda api, ids: api.acknowledge_return_reception(ids.return_),
        _return_is(status="RECEIVED"),
        "order",
    ),
    Drive(
        "v2-closeReturn",
        "least",
        lambda api, ids: api.close_return(ids.return_),
        _return_is(status="CLOSED"),
        "order",
        return_status="RECEIVED",
    ),
    Drive(
        "v2-updateReturnTrackingInformation",
        "least",
        lambda api, ids: api.update_return_tracking_information(
            ids.return_, returns.TrackingInformation(rma_id="RMA-7")
        ),
        _return_is(rma_id="RMA-7", status="OPENED"),
        "order",
    ),
    Drive(
        "v2-updateReturnTrackingInformation",
        "everything",
        lambda api, ids: api.update_return_tracking_information(
            ids.return_,
            returns.TrackingInformation(
                rma_id="RMA-8",
                label_url="https://labels.example/8",
                tracking=returns.Tracking(carrier="DPD", tracking_number="8", tracking_url="https://dpd.example/8"),
            ),
        ),
        _return_is(
            rma_id="RMA-8",
            label_url="https://labels.example/8",
            tracking={"carrier_name": "DPD", "tracking_number": "8", "tracking_url": "https://dpd.example/8"},
        ),
        "order",
    ),
)


# Documents


def _one_document(stage: Stage, result: Any) -> None:
    _, names, difference = result
    [document] = [document for document in stage.documents() if document["id"] == stage.ids.document]
    assert (names, difference) == ([document["name"]], 0)


def _uploaded(filename: str, kind: str, media_type: str, size: int) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        [row] = [row for row in stage.documents() if row["name"] == filename]
        assert (row["type"], row["file_format"], row["size_in_bytes"], row["order_id"]) == (
            kind,
            media_type,
            size,
            stage.ids.order,
        )

    return shown


DOCUMENT_DRIVES = (
    Drive(
        "v2-listOrderDocuments",
        "least",
        lambda api, ids: rows(api.list_order_documents()),
        lambda stage, result: contains(result, stage.ids.document),
    ),
    Drive(
        "v2-listOrderDocuments",
        "everything",
        lambda api, ids: rows(
            api.list_order_documents(
                updated_from=PAST,
                order_ids=[ids.order],
                types=["CHANNEL_SPECIFIC", "CUSTOMER_INVOICE"],
                channel_types=["packing list"],
                limit=3,
            )
        ),
        lambda stage, result: None,
    ),
    Drive(
        "v2-downloadOrderDocuments",
        "least",
        lambda api, ids: downloaded(
            lambda into: api.download_order_documents(ids.order, into, types=["CUSTOMER_INVOICE"])
        ),
        _one_document,
        without=("document_ids",),
    ),
    Drive(
        "v2-downloadOrderDocuments",
        "everything",
        lambda api, ids: downloaded(
            lambda into: api.download_order_documents(ids.order, into, document_ids=[ids.document, "nobody's"])
        ),
        _one_document,
        without=("types",),
    ),
    Drive(
        "v2-uploadOrderDocument",
        "least",
        lambda api, ids: api.upload_order_document(
            ids.order,
            documents.Document(
                metadata=documents.DocumentMetadata(type="CUSTOMER_INVOICE", filename="invoice.pdf"), content=PDF
            ),
        ),
        _uploaded("invoice.pdf", "CUSTOMER_INVOICE", "application/pdf", len(PDF)),
        "order",
    ),
    Drive(
        "v2-uploadOrderDocument",
        "everything",
        lambda api, ids: api.upload_order_document(
            ids.order,
            documents.Document(
                metadata=documents.DocumentMetadata(
                    type="RETURN_LABEL",
                    filename='Rücksende "Etikett".png',
                    entity=documents.DocumentEntity(id=ids.return_),
                ),
                content=PNG,
            ),
        ),
        _uploaded('Rücksende "Etikett".png', "RETURN_LABEL", "image/png", len(PNG)),
        "order",
    ),
)

"""Calls about the documents of orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from backoffice.mirakl.connect import operations
from backoffice.mirakl.connect.calls import Calls, read_action_id
from backoffice.mirakl.connect.inputs import documents as inputs
from backoffice.mirakl.downloads import Download, check_zip, download_of
from backoffice.mirakl.limits import checked, query
from backoffice.mirakl.pages import Page, page_reader, walk
from backoffice.mirakl.transport import DOWNLOAD, Query, file_part, json_part

_read_page = page_reader("documents")


class Documents(Calls):
    """Listing, downloading and uploading the documents of orders."""

    def list_order_documents(
        self,
        *,
        updated_from: datetime | None = None,
        order_ids: Sequence[str] = (),
        types: Sequence[inputs.Type] = (),
        channel_types: Sequence[str] = (),
        limit: int = 100,
    ) -> Iterator[Page]:
        """All pages of documents of all orders, newest `updated_at` first (`v2-listOrderDocuments`, on need).

        `channel_types` go with the type CHANNEL_SPECIFIC; ids are at most 100; `limit` is documents per page, 1 to 100.
        `types.read(raw, types.OrderDocument)` makes a record typed. Raises ValueError for what Connect would refuse,
        and PageTokenExpired when the walk has to start again.
        """
        first = query(
            inputs.DocumentFilter(
                limit=limit, updated_from=updated_from, order_ids=order_ids, types=types, channel_types=channel_types
            )
        )
        return walk(lambda token: self._document_page([("page_token", token)] if token else first))

    def download_order_documents(
        self,
        order_id: str,
        into: BinaryIO,
        *,
        document_ids: Sequence[str] = (),
        types: Sequence[inputs.Type] = (),
        largest: int = DOWNLOAD,
    ) -> Download:
        """Writes a ZIP of documents of an order into a seekable file (`v2-downloadOrderDocuments`, on need).

        Those with these ids (at most 100; unknown ones are left out), or of these types, or all. The archive is flat,
        and no entry says its document's id: where names may be equal, ask for one at a time. It is not opened here.
        `largest` is in bytes. Raises ValueError for what Connect would refuse, NotFound when there is no such document,
        TooLarge, and Unreadable for what is no ZIP; the file then holds nothing of worth.
        """
        answer = self._transport.download(
            operations.DOWNLOAD_ORDER_DOCUMENTS,
            into,
            check=check_zip,
            largest=largest,
            query=query(inputs.DownloadFilter(document_ids=document_ids, types=types)),
            order_id=order_id,
        )
        return download_of(answer, f"{order_id}_documents.zip")

    def upload_order_document(self, order_id: str, document: inputs.Document) -> str:
        """Adds a document to an order (`v2-uploadOrderDocument`, on need). Returns the action id.

        Not repeatable: sent twice, it is there twice. Raises ValueError for what Connect would refuse, with the field's
        name, and OutcomeUnknown when the answer was lost or has no action id.
        """
        metadata = checked(document.metadata)
        inputs.check_content(document)
        parts = [
            file_part("file", document.metadata.filename, document.content),
            json_part("metadata", metadata),
        ]
        return self._transport.call(operations.UPLOAD_ORDER_DOCUMENT, read_action_id, parts=parts, order_id=order_id)

    def _document_page(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_ORDER_DOCUMENTS, _read_page, query=query)

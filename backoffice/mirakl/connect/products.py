"""Calls about the seller's own products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backoffice.mirakl.connect import operations
from backoffice.mirakl.connect.calls import Calls, read_nothing
from backoffice.mirakl.connect.inputs import products as inputs
from backoffice.mirakl.limits import checked, query
from backoffice.mirakl.pages import Page, read_page, walk
from backoffice.mirakl.transport import Query


class Products(Calls):
    """Reading, writing and deleting products. What became of a write shows only when the products are read again."""

    def list_products(self, limit: int = 1000) -> Iterator[Page]:
        """All pages of products, in the order of their ids (`listProducts`; at most one walk a minute).

        There is no filter. `limit` is products per page, 1 to 1,000. `types.read(raw, types.CatalogProduct)` makes a
        record typed. Raises ValueError for another limit, and PageTokenExpired when the walk has to start again.
        """
        first = query(inputs.Paging(limit=limit))
        return walk(lambda token: self._product_page([("page_token", token)] if token else first))

    def upsert_products(self, products: Sequence[inputs.Product]) -> None:
        """Creates and changes 1 to 1,000 products, each SKU once (`upsertProducts`; at most once a minute).

        A field that is left out stays, one that is given replaces the former value as a whole, None clears it. That the
        call returns means only that Connect took it. Raises ValueError for what Connect would refuse, with the field's
        name, and OutcomeUnknown when the answer was lost: sending the same again does no harm, but is for the caller.
        """
        body = checked(inputs.Products(products=products))
        self._transport.call(operations.UPSERT_PRODUCTS, read_nothing, json=body)

    def delete_products(self, product_ids: Sequence[str]) -> None:
        """Deletes 1 to 1,000 products by SKU; unknown ones are left out (`deleteProducts`; at most once a minute).

        Returns and raises as `upsert_products`.
        """
        if isinstance(product_ids, str):  # each of its characters would be a product
            raise ValueError("product_ids: a list of SKUs is expected.")  # noqa: TRY004 -- as any other limit
        body = checked(inputs.ProductIdentifiers(products=[inputs.ProductIdentifier(id=one) for one in product_ids]))
        self._transport.call(operations.DELETE_PRODUCTS, read_nothing, json=body)

    def _product_page(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_PRODUCTS, read_page, query=query)

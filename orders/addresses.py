"""An address as its country writes it on a parcel, one text per line."""

from __future__ import annotations

from typing import NamedTuple

from backoffice.mirakl.connect.types import Address

# The line of the town; what is empty drops out. Countries by their ISO 3166 alpha-3 codes.
_TOWN_FIRST = {"GBR", "IRL"}  # the postcode stands alone on the line below
_TOWN_STATE_CODE = {"USA", "CAN", "AUS"}
_CODE_TOWN_STATE = {"ITA"}  # the province stands behind the town
_STATE_IN_BRACKETS = {"ESP"}


class Written(NamedTuple):
    """An address to be shown line by line, and to be copied as one text."""

    lines: list[str]
    phone: str
    more: str

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def written(address: Address) -> Written:
    return Written(lines_of(address), address.phone, address.additional_info)


def lines_of(address: Address) -> list[str]:
    """Company, name, street, what the street needs, town and country."""
    name = f"{address.first_name} {address.last_name}".strip()
    country = address.country or address.country_iso_code
    lines = [address.company, name, address.street, address.street_additional_info, *_town(address), country]
    return [line.strip() for line in lines if line.strip()]


def _town(address: Address) -> list[str]:
    code, town, state, country = address.zip_code, address.city, address.state, address.country_iso_code
    if country in _TOWN_FIRST:
        return [town, state, code]
    if country in _TOWN_STATE_CODE:
        return [" ".join(filter(None, (f"{town}," if town and state else town, state, code)))]
    if country in _CODE_TOWN_STATE:
        return [" ".join(filter(None, (code, town, state)))]
    if country in _STATE_IN_BRACKETS:
        return [" ".join(filter(None, (code, town, f"({state})" if state else "")))]
    return [f"{code} {town}", state]

"""The marketplaces of the simulated world."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from backoffice.sandbox.worlds.places import AUSTRIA, BELGIUM, BRITAIN, FRANCE, GERMANY, IRELAND, Place


@dataclass(frozen=True)
class SubChannel:
    code: str
    name: str
    place: Place
    tax: str
    rate: Decimal  # a fraction: 0.20 is 20 %
    reduced: Decimal


@dataclass(frozen=True)
class Demands:
    """What a channel wants of a parcel, and the code that v2-createShipment fails with where it is missing.

    `carrier`: that it is named (MISSING_CARRIER). `own_carriers`: none but the channel's own, in whatever case
    (CARRIER_NOT_SUPPORTED). `warehouses`: one of these (WAREHOUSE_ID_REQUIRED, WAREHOUSE_ID_NOT_FOUND).
    `return_tracking`: a `return_tracking_number` (INVALID_INPUT). What is not wanted may be sent, and is dropped.
    """

    carrier: bool = False
    own_carriers: bool = False
    warehouses: tuple[str, ...] = ()
    return_tracking: bool = False


@dataclass(frozen=True)
class Channel:
    id: str
    name: str
    store_id: str
    store_name: str
    currency: str
    prefix: str  # of the channel's own order ids
    shipping: Decimal
    carriers: tuple[str, ...]
    methods: tuple[str, ...]
    sub_channels: tuple[SubChannel, ...]
    demands: Demands = Demands()


CHANNELS = (
    Channel(
        "0001",
        "Maison Rivoli",
        "2005",
        "Northwind Living",
        "EUR",
        "MR",
        Decimal("4.90"),
        ("Colissimo", "Chronopost", "Mondial Relay"),
        ("Livraison standard", "Livraison express", "Point relais"),
        (
            SubChannel("FR", "Maison Rivoli France", FRANCE, "FR-TVA", Decimal("0.20"), Decimal("0.055")),
            SubChannel("BE", "Maison Rivoli België", BELGIUM, "BE-BTW", Decimal("0.21"), Decimal("0.06")),
        ),
    ),
    Channel(
        "0002",
        "Nordhaus Marktplatz",
        "817",
        "Northwind Deutschland",
        "EUR",
        "NH",
        Decimal("5.95"),
        ("DHL", "Hermes", "DPD"),
        ("Standardversand", "Expressversand", "Speditionsversand"),
        (
            SubChannel("DE", "Nordhaus Deutschland", GERMANY, "DE-MWST", Decimal("0.19"), Decimal("0.07")),
            SubChannel("AT", "Nordhaus Österreich", AUSTRIA, "AT-UST", Decimal("0.20"), Decimal("0.10")),
            SubChannel("IE", "Nordhaus Ireland", IRELAND, "IE-VAT", Decimal("0.23"), Decimal("0.135")),
        ),
        Demands(carrier=True, own_carriers=True),
    ),
    Channel(
        "0003",
        "Albion Home",
        "ALB-44",
        "Northwind UK",
        "GBP",
        "AH",
        Decimal("3.99"),
        ("Royal Mail", "Evri", "DPD"),
        ("Standard delivery", "Next-day delivery", "Click and collect"),
        (SubChannel("GB", "Albion Home", BRITAIN, "GB-VAT", Decimal("0.20"), Decimal("0.05")),),
        Demands(warehouses=("LEEDS", "BRISTOL"), return_tracking=True),
    ),
)


def channel_of(channel_id: str) -> Channel:
    """Raises ValueError."""
    found = known(channel_id)
    if found is None:
        raise ValueError(f"There is no channel {channel_id!r}.")
    return found


def known(channel_id: object) -> Channel | None:
    """None for the channel of an order that was put in by hand: it may be any or anything."""
    return next((channel for channel in CHANNELS if channel.id == channel_id), None)

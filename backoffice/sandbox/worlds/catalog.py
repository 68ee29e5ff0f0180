"""What the seller sells: a small shop for kitchen, home and books, with titles in the languages of the channels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

POUNDS = Decimal("0.86")  # per euro; a price list needs no daily rate


@dataclass(frozen=True)
class Product:
    sku: str
    price: Decimal  # euro, without tax
    titles: dict[str, str]  # by language
    reduced: bool = False  # taxed at the reduced rate
    eco: Decimal = Decimal(0)  # eco contribution per piece: a second tax

    def title(self, locale: str) -> str:
        return self.titles.get(locale[:2], self.titles["en"])


def _product(sku: str, price: str, titles: tuple[str, str, str], *, reduced: bool = False, eco: str = "0") -> Product:
    return Product(sku, Decimal(price), dict(zip(("en", "fr", "de"), titles, strict=True)), reduced, Decimal(eco))


PRODUCTS = (
    _product("NW-POT-24", "54.90", ("Cast-iron casserole, 24 cm", "Cocotte en fonte, 24 cm", "Gusseisenbräter, 24 cm")),
    _product("NW-PAN-28", "32.50", ("Steel frying pan, 28 cm", "Poêle en acier, 28 cm", "Stahlpfanne, 28 cm")),
    _product("NW-KNF-20", "41.67", ("Chef's knife, 20 cm", "Couteau de chef, 20 cm", "Kochmesser, 20 cm")),
    _product("NW-BRD-OAK", "27.08", ("Oak chopping board", "Planche à découper en chêne", "Schneidebrett aus Eiche")),
    _product("NW-MUG-S4", "18.25", ("Stoneware mugs, set of 4", "Mugs en grès, lot de 4", "Steingutbecher, 4er-Set")),
    _product(
        "NW-TWL-LIN",
        "12.40",
        ("Linen tea towels, pair", "Torchons en lin, la paire", "Geschirrtücher aus Leinen, Paar"),
    ),
    _product(
        "NW-KTL-17",
        "48.33",
        ("Electric kettle, 1.7 l", "Bouilloire électrique, 1,7 l", "Wasserkocher, 1,7 l"),
        eco="0.42",
    ),
    _product(
        "NW-TST-2", "39.99", ("Two-slice toaster", "Grille-pain deux fentes", "Toaster für zwei Scheiben"), eco="0.42"
    ),
    _product(
        "NW-LMP-DSK",
        "63.75",
        ("Desk lamp, brass", "Lampe de bureau en laiton", "Schreibtischlampe, Messing"),
        eco="0.13",
    ),
    _product("NW-LMP-FLR", "118.00", ("Floor lamp, walnut", "Lampadaire en noyer", "Stehlampe, Nussbaum"), eco="0.25"),
    _product(
        "NW-RUG-160", "149.17", ("Wool rug, 160 × 230 cm", "Tapis en laine, 160 × 230 cm", "Wollteppich, 160 × 230 cm")
    ),
    _product("NW-THR-GRY", "44.95", ("Lambswool throw, grey", "Plaid en laine d'agneau, gris", "Lammwolldecke, grau")),
    _product("NW-CSH-50", "21.60", ("Velvet cushion, 50 cm", "Coussin en velours, 50 cm", "Samtkissen, 50 cm")),
    _product(
        "NW-VAS-H30", "29.30", ("Ribbed glass vase, 30 cm", "Vase en verre strié, 30 cm", "Gerippte Glasvase, 30 cm")
    ),
    _product(
        "NW-CHR-BTW", "172.50", ("Beech dining chair", "Chaise de salle à manger en hêtre", "Esszimmerstuhl aus Buche")
    ),
    _product("NW-STL-65", "88.20", ("Bar stool, 65 cm", "Tabouret de bar, 65 cm", "Barhocker, 65 cm")),
    _product(
        "NW-SHF-3", "76.00", ("Wall shelf, three boards", "Étagère murale, trois planches", "Wandregal, drei Böden")
    ),
    _product("NW-CLK-OAK", "57.42", ("Oak wall clock", "Horloge murale en chêne", "Wanduhr aus Eiche")),
    _product(
        "NW-CND-3",
        "16.95",
        ("Beeswax candles, box of 3", "Bougies en cire d'abeille, boîte de 3", "Bienenwachskerzen, 3 Stück"),
    ),
    _product(
        "NW-BSK-SEA",
        "34.10",
        ("Seagrass basket with lid", "Panier en jonc de mer avec couvercle", "Seegraskorb mit Deckel"),
    ),
    _product(
        "NW-BK-BREAD",
        "19.05",
        ("“Slow Bread”, hardcover", "« Le pain lent », relié", "„Langsames Brot“, gebunden"),
        reduced=True,
    ),
    _product(
        "NW-BK-GARDEN",
        "23.81",
        ("“A Small Garden”, hardcover", "« Un petit jardin », relié", "„Ein kleiner Garten“, gebunden"),
        reduced=True,
    ),
    _product(
        "NW-TEA-ASM",
        "7.58",
        ("Assam loose-leaf tea, 250 g", "Thé Assam en vrac, 250 g", "Assam-Tee, lose, 250 g"),
        reduced=True,
    ),
    _product(
        "NW-HNY-500", "9.01", ("Heather honey, 500 g", "Miel de bruyère, 500 g", "Heidehonig, 500 g"), reduced=True
    ),
)

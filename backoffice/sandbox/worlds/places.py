"""Buyers per locale: invented people in real towns. Their telephone numbers are from ranges kept for fiction."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """Where the buyers of one locale live. A telephone pattern's `#` are digits to fill in."""

    locale: str
    country: str
    iso3: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]  # {} is the house number
    towns: tuple[tuple[str, str, str], ...]  # zip code, town, state or ""
    phone: str
    companies: tuple[str, ...]

    def address(self, rng: Random) -> dict[str, str]:
        zip_code, city, state = rng.choice(self.towns)
        address = {
            "first_name": rng.choice(self.first_names),
            "last_name": rng.choice(self.last_names),
            "street": rng.choice(self.streets).format(rng.randint(1, 148)),
            "zip_code": zip_code,
            "city": city,
            "country": self.country,
            "country_iso_code": self.iso3,
            "phone": "".join(str(rng.randint(0, 9)) if sign == "#" else sign for sign in self.phone),
        }
        if state:
            address["state"] = state
        if rng.random() < 0.15:
            address["company"] = rng.choice(self.companies)
        if rng.random() < 0.12:
            address["street_additional_info"] = f"{rng.choice('ABCD')}{rng.randint(1, 30)}"
        return address


FRANCE = Place(
    "fr_FR",
    "France",
    "FRA",
    ("Camille", "Léa", "Thomas", "Inès", "Hugo", "Zoé", "Maëlle", "Antoine", "Chloé", "Jérôme", "Océane", "Yanis"),
    ("Martin", "Lefèvre", "Moreau", "Garnier", "Roussel", "Benali", "Chevalier", "Dupré", "Fontaine", "Le Goff"),
    ("{} rue des Lilas", "{} avenue Jean Jaurès", "{} boulevard Voltaire", "{} impasse du Moulin"),
    (
        ("75011", "Paris", ""),
        ("69003", "Lyon", ""),
        ("31000", "Toulouse", ""),
        ("44000", "Nantes", ""),
        ("59800", "Lille", ""),
        ("29200", "Brest", ""),
    ),
    "+33 6 39 98 ## ##",
    ("Atelier Garnier", "Boulangerie du Port", "Cabinet Moreau"),
)
BELGIUM = Place(
    "nl_BE",
    "België",
    "BEL",
    ("Lotte", "Wout", "Emma", "Jef", "Noor", "Senne", "Fien", "Bram"),
    ("Peeters", "Janssens", "De Smet", "Claes", "Wouters", "Van den Broeck", "Maes"),
    ("Kerkstraat {}", "Stationsstraat {}", "Molenweg {}", "Grote Markt {}"),
    (("2000", "Antwerpen", ""), ("9000", "Gent", ""), ("8000", "Brugge", ""), ("3000", "Leuven", "")),
    "+32 470 00 ## ##",
    ("Bakkerij Claes", "Studio Wouters"),
)
GERMANY = Place(
    "de_DE",
    "Deutschland",
    "DEU",
    ("Anna", "Lukas", "Jürgen", "Mia", "Björn", "Sophie", "Käthe", "Felix", "Ayşe", "Matthias", "Lena", "Paul"),
    ("Müller", "Schröder", "Weiß", "Krüger", "Yılmaz", "Hoffmann", "Böhm", "Vogel", "Schäfer", "von der Heide"),
    ("Lindenstraße {}", "Am Alten Markt {}", "Goethestraße {}", "Bahnhofstraße {}", "Mühlenweg {}"),
    (
        ("10115", "Berlin", ""),
        ("20095", "Hamburg", ""),
        ("80331", "München", ""),
        ("50667", "Köln", ""),
        ("04109", "Leipzig", ""),
        ("70173", "Stuttgart", ""),
    ),
    "+49 30 23125 ###",
    ("Krüger & Söhne GmbH", "Praxis Dr. Böhm", "Werkstatt Vogel"),
)
AUSTRIA = Place(
    "de_AT",
    "Österreich",
    "AUT",
    ("Valentina", "Maximilian", "Magdalena", "Jakob", "Johanna", "Tobias"),
    ("Gruber", "Huber", "Steiner", "Pichler", "Fürst", "Eder"),
    ("Hauptplatz {}", "Wiener Straße {}", "Kirchengasse {}"),
    (("1070", "Wien", ""), ("5020", "Salzburg", ""), ("8010", "Graz", ""), ("6020", "Innsbruck", "")),
    "+43 720 000 ###",
    ("Gasthof Steiner",),
)
BRITAIN = Place(
    "en_GB",
    "United Kingdom",
    "GBR",
    ("Olivia", "George", "Amelia", "Harry", "Priya", "Callum", "Freya", "Mohammed", "Niamh", "Oliver", "Siân", "Jack"),
    ("Smith", "O'Connor", "Patel", "Hughes", "MacDonald", "Taylor-Reid", "Khan", "Whitfield", "Evans", "Ashworth"),
    ("{} High Street", "{} Station Road", "{} Victoria Terrace", "Flat 2, {} Queen's Gardens", "{} Mill Lane"),
    (
        ("M1 4ET", "Manchester", "Greater Manchester"),
        ("BS1 5TR", "Bristol", ""),
        ("EH1 1YZ", "Edinburgh", "Scotland"),
        ("CF10 1EP", "Cardiff", "Wales"),
        ("SE1 7PB", "London", ""),
        ("LS1 4DY", "Leeds", "West Yorkshire"),
    ),
    "+44 7700 900###",
    ("Whitfield Interiors Ltd", "The Mill Café"),
)
IRELAND = Place(
    "en_IE",
    "Ireland",
    "IRL",
    ("Aoife", "Conor", "Saoirse", "Cian", "Róisín", "Eoin"),
    ("Murphy", "Ó Briain", "Kelly", "Walsh", "Doyle", "Byrne"),
    ("{} Main Street", "{} Church Road", "{} Harbour View"),
    (("D02 X285", "Dublin", "Co. Dublin"), ("T12 W8KP", "Cork", "Co. Cork"), ("H91 E2K3", "Galway", "Co. Galway")),
    "+353 20 910 ####",
    ("Doyle & Byrne",),
)

"""What customers, the store and the marketplaces write to each other, in the languages of the channels."""

from __future__ import annotations

from typing import Literal, NamedTuple

from backoffice.sandbox.market import messaging
from backoffice.sandbox.market.actions import channel_of
from backoffice.sandbox.market.kind import Json

Writer = Literal["customer", "photos", "store", "paper", "channel", "note"]


class Line(NamedTuple):
    """`photos`: the customer with pictures; `paper`: the store with a document; `note`: the marketplace to the store
    alone."""

    writer: Writer
    body: str


class Dialogue(NamedTuple):
    topic: str
    lines: tuple[Line, ...]


def _dialogue(topic: str, *lines: tuple[Writer, str]) -> Dialogue:
    return Dialogue(topic, tuple(Line(*line) for line in lines))


ENGLISH = (
    _dialogue(
        "Where is my parcel?",
        ("customer", "Hi there, the tracking page hasn't moved since Monday. Do you know where my parcel is?"),
        ("store", "Hello, thank you for your message. We have asked the carrier and will get back to you tomorrow."),
        ("customer", "Thanks. I'll be away from Friday on, so it would be good to know soon."),
        ("note", "The buyer has also called us. Please answer within 24 hours."),
        ("store", "The carrier has found it in the Leeds depot. It will be with you on Thursday."),
        ("customer", "It's here! Thank you for chasing it up. 🙂"),
    ),
    _dialogue(
        "Damaged on arrival",
        ("photos", "The box was crushed and the dish has a crack right through it. Photos attached."),
        ("store", "We are very sorry. Would you like a replacement, or your money back?"),
        ("customer", "A replacement please, it's a birthday present."),
        ("paper", "It leaves our warehouse today. The attached label takes the broken one back free of charge."),
    ),
    _dialogue(
        "Invoice <with VAT number>",
        ("customer", "Could I have an invoice made out to the company? <b>VAT no. GB 000 0000 00</b> & our PO 4711."),
        ("paper", "Of course, please find it attached."),
        ("customer", "Perfect, thanks."),
    ),
    _dialogue("Wrong colour", ("photos", "I ordered the grey throw and got a red one.")),
    _dialogue(
        "Change of address",
        ("customer", "I've moved house since I ordered. Can you send it to my new address?\n\n12 Mill Lane\nBristol"),
        ("store", "It has not left yet, but we may only ship to the address of the order. Shall we cancel it?"),
        ("customer", "No need, a neighbour can take it in."),
    ),
    _dialogue("", ("customer", "hello???")),
    _dialogue(
        "Question about the product",
        ("customer", "Can the pan go into the oven?"),
        ("store", "Yes, up to 250 °C."),
        ("customer", "With the lid on?"),
        ("store", "With the lid up to 200 °C."),
        ("customer", "And on induction?"),
        ("store", "On any hob."),
        ("customer", "Great. Last question: is it dishwasher safe?"),
        ("store", "Better not: hot water, a brush and a little oil."),
    ),
)
FRENCH = (
    _dialogue(
        "Où est mon colis ?",
        ("customer", "Bonjour, le suivi n'a pas bougé depuis lundi. Savez-vous où se trouve mon colis ?"),
        ("store", "Bonjour, nous avons ouvert une enquête auprès du transporteur et revenons vers vous demain."),
        ("customer", "Merci, je pars vendredi, ce serait bien de savoir vite."),
        ("note", "Le client nous a aussi appelés. Merci de répondre sous 24 heures."),
        ("store", "Votre colis a été retrouvé à l'agence de Lyon, il sera livré jeudi."),
        ("customer", "Bien reçu, merci beaucoup !"),
    ),
    _dialogue(
        "Article abîmé",
        ("photos", "Le carton était écrasé et le plat est fêlé. Voir les photos jointes."),
        ("store", "Nous en sommes désolés. Préférez-vous un remplacement ou un remboursement ?"),
        ("customer", "Un remplacement s'il vous plaît, c'est pour un anniversaire."),
        ("paper", "Il part aujourd'hui. L'étiquette ci-jointe permet de renvoyer l'article abîmé sans frais."),
    ),
    _dialogue(
        "Facture au nom de la société",
        ("customer", "Pourriez-vous établir une facture au nom de l'Atelier Garnier ?"),
        ("paper", "Bien sûr, vous la trouverez en pièce jointe."),
        ("customer", "Parfait, merci."),
    ),
    _dialogue("Erreur de couleur", ("photos", "J'ai commandé le plaid gris et j'ai reçu un rouge.")),
    _dialogue(
        "Changement d'adresse",
        ("customer", "J'ai déménagé depuis ma commande. Pouvez-vous livrer à la nouvelle adresse ?"),
        ("store", "La commande n'est pas encore partie, mais nous ne pouvons livrer qu'à l'adresse de la commande."),
        ("customer", "Tant pis, un voisin prendra le colis."),
    ),
    _dialogue(
        "Question sur le produit",
        ("customer", "La cocotte passe-t-elle au four ?"),
        ("store", "Oui, jusqu'à 250 °C."),
        ("customer", "Et avec le couvercle ?"),
        ("store", "Jusqu'à 200 °C."),
        ("customer", "Et sur l'induction ?"),
        ("store", "Sur tous les feux."),
        ("customer", "Dernière question : va-t-elle au lave-vaisselle ?"),
        ("store", "Plutôt non : eau chaude, une brosse et un peu d'huile."),
    ),
    _dialogue(
        "Message de la place de marché",
        ("channel", "Votre vendeur a été informé de votre réclamation."),
        ("store", "Bonjour, que pouvons-nous faire pour vous ?"),
    ),
)
GERMAN = (
    _dialogue(
        "Wo bleibt mein Paket?",
        ("customer", "Guten Tag, die Sendungsverfolgung steht seit Montag still. Wissen Sie, wo mein Paket ist?"),
        ("store", "Guten Tag, wir haben beim Versanddienst nachgefragt und melden uns morgen."),
        ("customer", "Danke. Ab Freitag bin ich verreist, es wäre schön, es bald zu wissen."),
        ("note", "Der Kunde hat auch bei uns angerufen. Bitte innerhalb von 24 Stunden antworten."),
        ("store", "Das Paket lag im Zentrum Köln und kommt am Donnerstag zu Ihnen."),
        ("customer", "Ist da! Vielen Dank für die Mühe. 😊"),
    ),
    _dialogue(
        "Beschädigt angekommen",
        ("photos", "Der Karton war eingedrückt und die Form hat einen Sprung. Fotos anbei."),
        ("store", "Das tut uns sehr leid. Möchten Sie Ersatz oder Ihr Geld zurück?"),
        ("customer", "Ersatz bitte, es ist ein Geschenk."),
        ("paper", "Er geht heute hinaus. Mit dem Etikett im Anhang geht das kaputte Stück kostenlos zurück."),
    ),
    _dialogue(
        "Rechnung auf die Firma",
        ("customer", "Könnten Sie die Rechnung auf „Krüger & Söhne GmbH“ ausstellen? Größe egal, PDF genügt."),
        ("paper", "Gern, Sie finden sie im Anhang."),
        ("customer", "Bestens, danke."),
    ),
    _dialogue("Falsche Farbe", ("photos", "Ich hatte die graue Decke bestellt, gekommen ist eine rote.")),
    _dialogue(
        "Neue Anschrift",
        ("customer", "Ich bin umgezogen. Können Sie an die neue Anschrift liefern?"),
        ("store", "Die Bestellung ist noch hier, aber wir dürfen nur an die Anschrift der Bestellung liefern."),
        ("customer", "Schade. Dann nimmt es der Nachbar an."),
    ),
    _dialogue(
        "Frage zum Artikel",
        ("customer", "Darf der Bräter in den Ofen?"),
        ("store", "Ja, bis 250 °C."),
        ("customer", "Auch mit Deckel?"),
        ("store", "Mit Deckel bis 200 °C."),
        ("customer", "Und Induktion?"),
        ("store", "Auf jedem Herd."),
        ("customer", "Letzte Frage: darf er in die Spülmaschine?"),
        ("store", "Besser nicht: heißes Wasser, eine Bürste und etwas Öl."),
    ),
    _dialogue(
        "Nachricht des Marktplatzes",
        ("note", "Bitte bestätigen Sie den Liefertermin bis morgen 12 Uhr."),
        ("store", "Der Termin bleibt wie angegeben."),
    ),
)
DUTCH = (
    _dialogue(
        "Waar blijft mijn pakket?",
        ("customer", "Goedendag, de tracking staat al sinds maandag stil. Weet u waar mijn pakket is?"),
        ("store", "Goedendag, wij hebben het bij de vervoerder nagevraagd en laten het u morgen weten."),
        ("customer", "Dank u wel!"),
    ),
    _dialogue("Beschadigd aangekomen", ("photos", "De doos was ingedeukt en de schaal is gebarsten. Zie de foto's.")),
)
BY_LANGUAGE = {"en": ENGLISH, "fr": FRENCH, "de": GERMAN, "nl": DUTCH}

# What a customer writes back while the world is alive.
REPLIES = {
    "en": ("Thank you, that helps.", "When will that be?", "I'd rather have my money back."),
    "fr": ("Merci, c'est noté.", "Quand cela arrivera-t-il ?", "Je préférerais être remboursé."),
    "de": ("Danke, das hilft mir.", "Wann wird das sein?", "Dann möchte ich lieber mein Geld zurück."),
    "nl": ("Dank u, dat helpt.", "Wanneer is dat?", "Dan heb ik liever mijn geld terug."),
}
# As customers' devices and habits name files.
PHOTO_NAMES = (
    "IMG_2041.PNG",
    "photo (1).png",
    "Foto März – Küche.png",
    "été à la plage.png",
    "снимок.png",
    "image.png",
    "image.png",
    " leading space.png",
    "-rf.png",
    "CON.png",
    "no-extension",
    "a.b..c.png",
    "50%25 & more #1?.png",
    "very-" + "long-" * 40 + "name.png",
)
PAPER_NAMES = ("label.pdf", "Rechnung Nr. 7.pdf", "facture n° 12.pdf", "invoice.PDF")

LANGUAGES = {"FRA": "fr", "BEL": "nl", "DEU": "de", "AUT": "de"}  # by the buyer's country; English elsewhere
BY_CHANNEL = {"0001": "fr", "0002": "de"}


def language_of(record: Json) -> str:
    """Of the buyer of an order; of a conversation whose order is not known, of its channel."""
    country = messaging.customer_address(record).get("country_iso_code")
    return LANGUAGES.get(str(country), "en") if country else BY_CHANNEL.get(channel_of(record), "en")

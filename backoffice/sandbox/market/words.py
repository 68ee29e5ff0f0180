"""Why a marketplace fails an action (domain.md §2.5), in its own words and its own language."""

from __future__ import annotations

LANGUAGES = {"0001": 1, "0002": 2}  # by channel: French, German; English elsewhere

# English, French, German
TEXTS: dict[str, tuple[str, str, str]] = {
    "INVALID_INPUT": (
        "The request was rejected: it is incomplete, or asks for more than is possible.",
        "La requête a été rejetée : elle est incomplète ou demande plus que possible.",
        "Die Anfrage wurde abgelehnt: Sie ist unvollständig oder verlangt mehr, als möglich ist.",
    ),
    "DATA_NOT_FOUND": (
        "No such order on this marketplace.",
        "Commande introuvable sur cette place de marché.",
        "Diese Bestellung ist auf dem Marktplatz nicht bekannt.",
    ),
    "UNEXPECTED": (
        "Something went wrong on our side (ref. 7F3A-11).",
        "Une erreur interne est survenue (réf. 7F3A-11).",
        "Bei uns ist ein unerwarteter Fehler aufgetreten (Ref. 7F3A-11).",
    ),
    "UNAVAILABLE": (
        "The order system is under maintenance. Please come back later.",
        "Le système de commandes est en maintenance. Merci de réessayer plus tard.",
        "Das Bestellsystem wird gerade gewartet. Bitte versuchen Sie es später erneut.",
    ),
    "TOO_MANY_REQUEST": (
        "Too many requests from this shop.",
        "Trop de requêtes pour cette boutique.",
        "Zu viele Anfragen von diesem Shop.",
    ),
    "ACTION_NOT_SUPPORTED": (
        "This cannot be done on our marketplace.",
        "Cette opération n'est pas possible sur notre place de marché.",
        "Das ist auf unserem Marktplatz nicht möglich.",
    ),
    "ORDER_IN_WRONG_STATE": (
        "The order was not in the expected status.",
        "La commande n'était pas dans le statut attendu.",
        "Die Bestellung hatte nicht den erwarteten Status.",
    ),
    "RETURN_IN_WRONG_STATE": (
        "The return was not in the expected status.",
        "Le retour n'était pas dans le statut attendu.",
        "Die Retoure hatte nicht den erwarteten Status.",
    ),
    "INVALID_PRODUCT_ID": (
        "SKU not matched with our catalogue.",
        "Référence produit non rapprochée de notre catalogue.",
        "Die Artikelnummer ist keinem Artikel unseres Katalogs zugeordnet.",
    ),
    "OUT_OF_STOCK": (
        "Stock for this offer is 0.",
        "Le stock de cette offre est à 0.",
        "Der Bestand zu diesem Angebot ist 0.",
    ),
    "ORDER_FULFILLED_BY_PARTNER": (
        "This order is handled by our logistics centre.",
        "Cette commande est traitée par notre centre logistique.",
        "Diese Bestellung wird von unserem Logistikzentrum bearbeitet.",
    ),
    "PAYMENT_REQUIRED": (
        "The buyer's payment has not been confirmed yet.",
        "Le paiement de l'acheteur n'est pas encore confirmé.",
        "Die Zahlung des Käufers ist noch nicht bestätigt.",
    ),
    "SYNCHRONIZATION_DEACTIVATED": (
        "Order synchronisation is switched off for this store.",
        "La synchronisation des commandes est désactivée pour cette boutique.",
        "Die Bestellsynchronisation ist für diesen Shop deaktiviert.",
    ),
    "CARRIER_NOT_SUPPORTED": (
        "We do not know this carrier.",
        "Ce transporteur n'est pas reconnu.",
        "Dieser Versanddienstleister wird nicht unterstützt.",
    ),
    "MISSING_CARRIER": (
        "A carrier is mandatory.",
        "Le transporteur est obligatoire.",
        "Ein Versanddienstleister muss angegeben werden.",
    ),
    "WAREHOUSE_ID_REQUIRED": (
        "A warehouse is mandatory.",
        "L'entrepôt est obligatoire.",
        "Ein Lager muss angegeben werden.",
    ),
    "WAREHOUSE_ID_NOT_FOUND": (
        "Unknown warehouse.",
        "Entrepôt inconnu.",
        "Das Lager ist nicht bekannt.",
    ),
    "OTHER": (
        "Refused. Please contact your account manager.",
        "Refusé. Veuillez contacter votre gestionnaire de compte.",
        "Abgelehnt. Bitte wenden Sie sich an Ihren Kundenbetreuer.",
    ),
}
CODES = tuple(TEXTS)
CONVERSATION_CODES = ("INVALID_INPUT", "DATA_NOT_FOUND", "UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST")


def text_of(code: str, channel_id: str) -> str:
    """Raises KeyError for a code that no document knows."""
    return TEXTS[code][LANGUAGES.get(channel_id, 0)]

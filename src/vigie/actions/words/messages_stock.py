"""Sentences on what to order and what stock covers."""

from __future__ import annotations

__all__ = ["STOCK_MESSAGES"]

STOCK_MESSAGES: dict[str, tuple[str, str]] = {
    "stock.order_by": (
        "order by {day}: {packs} ({amount})",
        "commander au plus tard le {day} : {packs} ({amount})",
    ),
    "stock.order_today": (
        "order today: {packs} ({amount})",
        "commander aujourd'hui : {packs} ({amount})",
    ),
    "stock.order_late": (
        "already late: {chances} of running short before an order of today comes; order now: "
        "{packs} ({amount})",
        "déjà trop tard : {chances} de rupture avant l'arrivée d'une commande d'aujourd'hui ; "
        "commander maintenant : {packs} ({amount})",
    ),
    "stock.late": (
        "already late: {chances} of running short before an order of today comes; what is on "
        "order is enough after that",
        "déjà trop tard : {chances} de rupture avant l'arrivée d'une commande d'aujourd'hui ; "
        "ce qui est en commande suffit ensuite",
    ),
    "stock.no_order": ("no order needed before {day}", "aucune commande à passer avant le {day}"),
    "stock.no_lead": (
        "no order date: no lead time is known",
        "pas de date de commande : délai de livraison inconnu",
    ),
    "stock.packs.one": ("{count} pack", "{count} conditionnement"),
    "stock.packs.many": ("{count} packs", "{count} conditionnements"),
    "stock.held": (
        "in stock {stock}, on order {on_order}; stock alone covers {cover}",
        "en stock {stock}, en commande {on_order} ; le stock seul couvre {cover}",
    ),
    "stock.coming": (
        "on order {on_order}; stock alone covers {cover}",
        "en commande {on_order} ; le stock seul couvre {cover}",
    ),
    "stock.orders_unknown": ("not reported", "non déclaré"),
    "stock.cover": ("{low} to {high} days", "{low} à {high} jours"),
    "stock.cover_least": ("{low} days or more", "{low} jours ou plus"),
    "stock.cover_same.one": ("{count} day", "{count} jour"),
    "stock.cover_same.many": ("{count} days", "{count} jours"),
    "stock.sent": (
        "taken off: {amount} sent to others since the stock was last told",
        "déduction faite de l'envoi à d'autres de {amount} depuis la dernière déclaration du stock",
    ),
    "stock.expired": (
        "{amount} in stock past the last day of use, not counted",
        "{amount} en stock au-delà de la date limite d'utilisation, hors compte",
    ),
    "stock.next_expiry": (
        "next to expire: {amount}, last day of use {day}",
        "prochaine péremption : {amount}, à utiliser jusqu'au {day}",
    ),
    "stock.expiring.one": (
        "about {amount} expected to expire unused within {days} days",
        "environ {amount} devrait se périmer sans servir d'ici {days} jours",
    ),
    "stock.expiring.many": (
        "about {amount} expected to expire unused within {days} days",
        "environ {amount} devraient se périmer sans servir d'ici {days} jours",
    ),
    "plan.expires": (
        "{sender} expects {amount} to expire unused, the first after {day}.",
        "{sender} prévoit une perte de {amount} par péremption, la première après le {day}.",
    ),
    "stock.expires": (
        "Stock that expires",
        "Stock qui se périme",
    ),
    "stock.also": (
        "Also to order within {days} days",
        "Également à commander d'ici {days} jours",
    ),
    "stock.also_more.one": ("and 1 more order", "et 1 autre commande"),
    "stock.also_more.many": ("and {count} more orders", "et {count} autres commandes"),
}

"""Sentences on central depots and on suppliers that cannot deliver all."""

from __future__ import annotations

__all__ = ["DEPOT_MESSAGES"]

DEPOT_MESSAGES: dict[str, tuple[str, str]] = {
    "place.kind.depot": ("Depot", "Dépôt"),
    "depot.title": ("Held here for others", "Détenu ici pour les autres"),
    "depot.lead": (
        "A depot has no patients and no use of its own. What it holds above its reserve may leave.",
        "Un dépôt n'a ni patients ni consommation propre. Ce qu'il détient au-delà de sa réserve "
        "peut partir.",
    ),
    "depot.serves": ("It serves {places}.", "Il dessert {places}."),
    "depot.serves_all": (
        "every site that its ways reach",
        "tout site que ses trajets atteignent",
    ),
    "depot.none": (
        "This depot reports no stock: nothing can leave it in the plan.",
        "Ce dépôt ne déclare aucun stock : rien ne peut en partir dans le plan.",
    ),
    "depot.product": ("Product", "Produit"),
    "depot.stock": ("Held", "Détenu"),
    "depot.reserve": ("Reserve", "Réserve"),
    "depot.free": ("May leave", "Peut partir"),
    "depot.promised": ("Leaves in the plan", "Part dans le plan"),
    "depot.on_order": ("On order", "En commande"),
    "depot.day": ("Told on", "Déclaré le"),
    "depot.too_old": (
        "the report is too old: nothing may leave",
        "la déclaration est trop ancienne : rien ne peut partir",
    ),
    "depot.below_reserve": (
        "less can be used than the reserve: nothing may leave",
        "il y a moins d'unités utilisables que la réserve : rien ne peut partir",
    ),
    "depot.expired_column": ("Expired", "Périmé"),
    "depot.expired": (
        "{amount} past the last day of use: no stock, may not leave",
        "{amount} au-delà de la date limite d'utilisation : hors stock, ne peuvent partir",
    ),
    "depot.expiring.one": (
        "{amount} would expire unused within {days} days if nothing leaves",
        "{amount} se périmerait sans servir d'ici {days} jours si rien ne part",
    ),
    "depot.expiring.many": (
        "{amount} would expire unused within {days} days if nothing leaves",
        "{amount} se périmeraient sans servir d'ici {days} jours si rien ne part",
    ),
    "depot.hold": (
        "{place} holds {stock} and keeps its reserve of {reserve}: {free} may leave, and this "
        "takes {quantity}.",
        "{place} détient {stock} et garde sa réserve de {reserve} : {free} peuvent partir, et ceci "
        "en prend {quantity}.",
    ),
    "depot.hold_too_old": (
        "{place}: the last report of its stock is too old, nothing may leave.",
        "{place} : sa dernière déclaration de stock est trop ancienne, rien ne peut partir.",
    ),
    "depot.left": (
        "{left} left after the plan (reserve {reserve})",
        "il en reste {left} après le plan (réserve {reserve})",
    ),
    "plan.reason_depot": (
        "{receiver}: {chances} of running short of {what} by {day}. {sender} keeps its "
        "reserve of {reserve} and has {left} left after the plan.",
        "{receiver} : {chances} de manquer d'ici au {day} ({what}). {sender} garde sa "
        "réserve de {reserve} et il lui en reste {left} après le plan.",
    ),
    "plan.map_finding_places": (
        "The {count} moves that help most, between {places} sites and depots",
        "Les {count} transferts qui aident le plus, entre {places} sites et dépôts",
    ),
    "plan.map_alternative_places": (
        "Map of {count} moves between {places} sites and depots; the first goes from {sender} to "
        "{receiver}: {quantity}.",
        "Carte de {count} transferts entre {places} sites et dépôts ; le premier va de {sender} à "
        "{receiver} : {quantity}.",
    ),
    "move.here_depot": (
        "{quantity} {unit} from {other}, {day}; chance of shortage {here_before} to {here_after} "
        "in 100 here; {other}: {left}",
        "{quantity} {unit} depuis {other}, {day} ; risque de pénurie de {here_before} à "
        "{here_after} sur 100 ici ; {other} : {left}",
    ),
    "move.away_depot": (
        "{quantity} {unit} to {other}, {day}; chance of shortage {there_before} to {there_after} "
        "in 100 there; here {left}",
        "{quantity} {unit} vers {other}, {day} ; risque de pénurie de {there_before} à "
        "{there_after} sur 100 là-bas ; ici {left}",
    ),
    "stock.capped": (
        "{supplier} can deliver {cap} a day to all places together; up to {waiting} of the units "
        "on order here wait for their turn, {rest} of them after {day}; an order of today waits "
        "behind them",
        "{supplier} peut livrer {cap} par jour à tous les lieux ensemble ; jusqu'à {waiting} des "
        "unités en commande ici attendent leur tour, dont {rest} après le {day} ; une commande "
        "d'aujourd'hui attend derrière elles",
    ),
    "stock.capped_all": (
        "{supplier} can deliver {cap} a day to all places together; up to {waiting} of the units "
        "on order here wait for their turn, all of them still after {day}; an order of today waits "
        "behind them",
        "{supplier} peut livrer {cap} par jour à tous les lieux ensemble ; jusqu'à {waiting} des "
        "unités en commande ici attendent leur tour, toutes encore après le {day} ; une commande "
        "d'aujourd'hui attend derrière elles",
    ),
    "stock.capped_none": (
        "{supplier} can deliver {cap} a day to all places together; nothing on order here waits, "
        "a large order of today may",
        "{supplier} peut livrer {cap} par jour à tous les lieux ensemble ; rien de commandé ici "
        "n'attend, une grande commande d'aujourd'hui le peut",
    ),
    "supplier.capped.one": (
        "{what}: {supplier} can deliver {cap} a day to all places together; {count} unit of the "
        "open orders waits.",
        "{what} : {supplier} peut livrer {cap} par jour à tous les lieux ensemble ; {count} unité "
        "des commandes en cours attend.",
    ),
    "supplier.capped.many": (
        "{what}: {supplier} can deliver {cap} a day to all places together; about {about} units "
        "of the open orders wait.",
        "{what} : {supplier} peut livrer {cap} par jour à tous les lieux ensemble ; environ "
        "{about} unités des commandes en cours attendent.",
    ),
}

"""Messages of the pages of shortages and of the plan."""

from __future__ import annotations

__all__ = ["SHORTAGE_MESSAGES"]

SHORTAGE_MESSAGES: dict[str, tuple[str, str]] = {
    # The page of shortages
    "shortages.title": ("Shortages", "Pénuries"),
    "shortages.lead": (
        "What may run short, where and when. First what must be acted on first, then what would "
        "be lacking most.",
        "Ce qui peut manquer, où et quand. D'abord ce sur quoi il faut agir en premier, puis ce "
        "qui manquerait le plus.",
    ),
    "shortages.filter": ("Show only", "Afficher seulement"),
    "shortages.kind": ("Kind", "Nature"),
    "shortages.region": ("Region", "Région"),
    "shortages.all_kinds": ("all kinds", "toutes"),
    "shortages.all_regions": ("all regions", "toutes"),
    "shortages.apply": ("Show", "Afficher"),
    "shortages.unknown_kind": (
        'No kind of shortage "{kind}". Nearest: {near}.',
        "Aucune pénurie de nature « {kind} ». Proches : {near}.",
    ),
    "shortages.unknown_region": (
        'No region "{region}". Nearest: {near}.',
        "Aucune région « {region} ». Proches : {near}.",
    ),
    "shortages.caption": (
        "Rows {first} to {last} of {count} with 10 in 100 or more; {high} reach 33 in 100.",
        "Lignes {first} à {last} sur {count} à 10 sur 100 ou plus ; {high} atteignent 33 sur 100.",
    ),
    "shortages.none": (
        "No shortage reaches 10 in 100 here ({count} assessed).",
        "Aucune pénurie n'atteint 10 sur 100 ici ({count} évaluées).",
    ),
    "shortages.list": ("By last useful day to act", "Par dernier jour utile pour agir"),
    "shortages.next": ("Next rows", "Lignes suivantes"),
    "shortages.previous": ("Previous rows", "Lignes précédentes"),
    "shortages.pages": ("Pages of the list", "Pages de la liste"),
    "shortages.reason": ("Reason", "Raison"),
    "shortages.lacking": ("Expected lack", "Manque attendu"),
    "shortages.lack": ("{amount} {unit}", "{amount} {unit}"),
    "shortages.by_day": ("Day by day", "Jour par jour"),
    "shortages.no_days": (
        "This release keeps no days of shortages: it was made before they were kept.",
        "Cette publication ne garde pas les pénuries par jour : elle est antérieure à leur suivi.",
    ),
    "shortages.stale": (
        "Last report: {day}. What follows rests on older figures.",
        "Dernières données : {day}. La suite repose sur des chiffres plus anciens.",
    ),
    "reason.beds": (
        "{patients}, {beds}; limited by {binds}",
        "{patients}, {beds} ; limité par {binds}",
    ),
    "reason.patients.one": ("{count} patient", "{count} patient"),
    "reason.patients.many": ("{count} patients", "{count} patients"),
    "reason.usable.one": ("{count} usable bed", "{count} lit utilisable"),
    "reason.usable.many": ("{count} usable beds", "{count} lits utilisables"),
    "reason.staff": (
        "{need} needed, {capacity} present",
        "besoin : {need}, présents : {capacity}",
    ),
    "reason.equipment": (
        "{need} in use of {capacity}",
        "{need} en service sur {capacity}",
    ),
    "reason.products": (
        "{need} used a day, {capacity} in stock",
        "{need} consommés par jour, {capacity} en stock",
    ),
    "reason.open": ("{reason}; {alone}", "{reason} ; {alone}"),
    "risk.open": (
        "if nothing more is ordered: {chance} by {day}",
        "si rien d'autre n'est commandé : {chance} d'ici au {day}",
    ),
    "shortages.usual_orders": (
        "Where a reason says what holds if nothing more is ordered, the chances beside it count on "
        "the orders that the site usually places.",
        "Là où la raison dit ce qu'il en est si rien d'autre n'est commandé, les risques affichés "
        "comptent sur les commandes que le site passe d'habitude.",
    ),
    "place.usual_orders": (
        "Chances count on the orders that the site usually places; beside them stands what holds "
        "if nothing more is ordered.",
        "Les risques comptent sur les commandes que le site passe d'habitude ; à côté figure ce "
        "qu'il en est si rien d'autre n'est commandé.",
    ),
    "place.open_orders": (
        "Chances count the orders that are open: no further order is foreseen.",
        "Les risques comptent les commandes en cours : aucune autre n'est prévue.",
    ),
    "reason.unknown": ("limited by {binds}", "limité par {binds}"),
    # The risk table by day
    "days.finding": (
        "{count} of the {shown} shortages above reach 33 in 100 by {day}",
        "{count} des {shown} pénuries ci-dessus atteignent 33 sur 100 d'ici au {day}",
    ),
    "days.subtitle": (
        "Chance in 100 of having run short by that day, {first} to {last}",
        "Chances sur 100 d'avoir manqué d'ici à ce jour, du {first} au {last}",
    ),
    "days.alternative": (
        "Table of {shown} shortages by day; the highest chance by {day} is {chance}: {name}.",
        "Tableau de {shown} pénuries par jour ; le risque le plus élevé d'ici au {day} est "
        "{chance} : {name}.",
    ),
    "days.source": ("Release {release}.", "Publication {release}."),
    # The days ahead of one thing at one place
    "ahead.subtitle_need": (
        "Need and what can be used, {place}, {unit}, {first} to {last}",
        "Besoin et capacité utilisable, {place}, {unit}, du {first} au {last}",
    ),
    "ahead.subtitle_stock": (
        "Stock at the end of the day and deliveries, {place}, {unit}, {first} to {last}",
        "Stock en fin de journée et livraisons, {place}, {unit}, du {first} au {last}",
    ),
    "ahead.alternative_need": (
        "{name}, {place}: need {need} on {last} (80 in 100), usable {capacity}; limited mostly by "
        "{binds}.",
        "{name}, {place} : besoin de {need} le {last} (80 sur 100), utilisable {capacity} ; "
        "limité surtout par {binds}.",
    ),
    "ahead.alternative_stock": (
        "{name}, {place}: stock {stock} on {last} (80 in 100); expected deliveries: {delivered}.",
        "{name}, {place} : stock {stock} le {last} (80 sur 100) ; livraisons attendues : "
        "{delivered}.",
    ),
    "ahead.no_delivery": ("none", "aucune"),
    "ahead.range_80": ("80 in 100", "80 sur 100"),
    "ahead.usable": ("usable (80 in 100)", "utilisable (80 sur 100)"),
    "ahead.limited_by": ("Limited by", "Limité par"),
    "ahead.act_by": ("act by {day}", "agir avant le {day}"),
    "ahead.order_by": ("order by {day}", "commander avant le {day}"),
    "ahead.on": ("Short that day, in 100", "Manque ce jour, sur 100"),
    "ahead.by": ("By that day, in 100", "D'ici ce jour, sur 100"),
    "ahead.need": ("Need, median (80 in 100)", "Besoin, médiane (80 sur 100)"),
    "ahead.used": ("Use, median (80 in 100)", "Consommation, médiane (80 sur 100)"),
    "ahead.capacity": ("Usable, median (80 in 100)", "Utilisable, médiane (80 sur 100)"),
    "ahead.stock": ("Stock, median (80 in 100)", "Stock, médiane (80 sur 100)"),
    "ahead.delivered": ("Expected delivery", "Livraison attendue"),
    "ahead.cell": ("{middle} ({range})", "{middle} ({range})"),
    "ahead.binds.beds": ("beds", "lits"),
    "ahead.binds.staff": ("staff", "personnel"),
    "ahead.binds.equipment": ("equipment", "équipement"),
    "ahead.binds.stock": ("stock", "stock"),
    # The page of the plan
    "plan.title": ("Plan", "Plan"),
    "plan.lead": (
        "Who can help whom, and what it costs the helper. Nothing leaves before both sites "
        "accept and a second person approves.",
        "Qui peut aider qui, et ce qu'il en coûte. Rien ne part avant l'accord des deux sites et "
        "l'approbation d'une seconde personne.",
    ),
    "plan.moves": ("Proposed moves", "Transferts proposés"),
    "plan.caption": (
        "Moves {first} to {last} of {count}, the largest help first.",
        "Transferts {first} à {last} sur {count}, la plus grande aide d'abord.",
    ),
    "plan.filtered_out": (
        "No move of the plan matches this choice ({count} in all).",
        "Aucun transfert du plan ne correspond à ce choix ({count} en tout).",
    ),
    "plan.quantity": ("Quantity", "Quantité"),
    "plan.receiver": ("Helped: {place}", "Aidé : {place}"),
    "plan.sender": ("Gives: {place}", "Donne : {place}"),
    "plan.patients": ("patients", "patients"),
    "plan.when": ("Leaves, used from", "Départ, utilisable dès"),
    "plan.dates": ("{depart}; {arrive}", "{depart} ; {arrive}"),
    "plan.km": ("{km} km", "{km} km"),
    "plan.no_km": ("distance unknown", "distance inconnue"),
    "plan.to": ("to", "à"),
    "plan.decide": ("Decide", "Décider"),
    "plan.decisions": ("All decisions", "Toutes les décisions"),
    "plan.reason": (
        "{receiver}: {chances} of running short of {what} by {day}. After sending, {sender} "
        "keeps {keeps} of having enough.",
        "{receiver} : {chances} de manquer d'ici au {day} ({what}). Après l'envoi, {sender} garde "
        "{keeps} d'en avoir assez.",
    ),
    "plan.stays_movements": (
        "Mean stay {days} days, from movements.",
        "Séjour moyen de {days} jours, d'après les mouvements.",
    ),
    "plan.stays_later": (
        "Mean stay {days} days, from movements; {share} later need: {later}.",
        "Séjour moyen de {days} jours, d'après les mouvements ; {share} ont plus tard besoin "
        "de : {later}.",
    ),
    "plan.stays_totals": (
        "Mean stay {days} days, from totals; nobody is followed into another ward.",
        "Séjour moyen de {days} jours, d'après les totaux ; personne n'est suivi dans un autre "
        "service.",
    ),
    "plan.reason_patients": (
        "{sender}: {chances} of lacking beds by {day} ({what}). After taking them, {receiver} "
        "keeps {keeps} of having enough.",
        "{sender} : {chances} de manquer de lits d'ici au {day} ({what}). Après leur accueil, "
        "{receiver} garde {keeps} d'en avoir assez.",
    ),
    "plan.none_needed": (
        "No move is proposed, because no shortage reaches 33 in 100.",
        "Aucun transfert n'est proposé, car aucune pénurie n'atteint 33 sur 100.",
    ),
    "plan.none_without_ways": (
        "No move is proposed: no way between sites is declared. Ways are rows of "
        "reference/arcs.csv.",
        "Aucun transfert n'est proposé : aucun trajet entre sites n'est déclaré. Les trajets sont "
        "des lignes de reference/arcs.csv.",
    ),
    "plan.none_possible": (
        "No move is proposed: every site that could send would come into trouble itself, or a "
        "move would arrive too late.",
        "Aucun transfert n'est proposé : tout site pouvant donner se mettrait lui-même en "
        "difficulté, ou l'aide arriverait trop tard.",
    ),
    "plan.compared": ("What the plan changes", "Ce que change le plan"),
    "plan.compared_note": (
        "Units of all products added up: they compare plans, not products.",
        "Unités de tous les produits additionnées : elles comparent des plans, pas des produits.",
    ),
    "plan.planner": ("Plan", "Plan"),
    "plan.number_of_moves": ("Moves", "Transferts"),
    "plan.unmet": ("Expected lack, units", "Manque attendu, unités"),
    "plan.less": ("Against doing nothing", "Par rapport à ne rien faire"),
    "plan.do_nothing": ("do nothing", "ne rien faire"),
    "plan.shown": ("shown here", "présenté ici"),
    "plan.map_finding": (
        "The {count} moves that help most, between {places} sites",
        "Les {count} transferts qui aident le plus, entre {places} sites",
    ),
    "plan.map_subtitle": (
        "From who gives to who is helped; numbers as in the list below",
        "De qui donne à qui est aidé ; numéros de la liste ci-dessous",
    ),
    "plan.map_alternative": (
        "Map of {count} moves between {places} sites; the first goes from {sender} to "
        "{receiver}: {quantity}.",
        "Carte de {count} transferts entre {places} sites ; le premier va de {sender} à "
        "{receiver} : {quantity}.",
    ),
    "plan.map_gives": ("gives", "donne"),
    "plan.map_helped": ("is helped", "est aidé"),
    "plan.map_depot": ("depot, gives", "dépôt, donne"),
    "plan.map_other": ("other site", "autre site"),
    "plan.number": ("Move", "Transfert"),
    "plan.from_place": ("From", "De"),
    "plan.to_place": ("To", "Vers"),
    "plan.effect": ("Before and after", "Avant et après"),
    "plan.effect_finding": (
        "With the plan, {count} of the {shown} shortages that it helps most fall below 33 in 100",
        "Avec le plan, {count} des {shown} pénuries qu'il aide le plus passent sous 33 sur 100",
    ),
    "plan.effect_subtitle": (
        "Chance of a shortage by {day}, without the plan and with it, at both ends",
        "Risque de pénurie d'ici au {day}, sans et avec le plan, aux deux bouts",
    ),
    "plan.effect_alternative": (
        "Chances before and after for {shown} places; the largest change: {name}, {before} to "
        "{after} in 100.",
        "Risques avant et après pour {shown} lieux ; le plus grand changement : {name}, de "
        "{before} à {after} sur 100.",
    ),
    "plan.before": ("without the plan", "sans le plan"),
    "plan.after": ("with the plan", "avec le plan"),
    "plan.scale": ("chances in 100", "chances sur 100"),
    "plan.helped": ("Helped", "Aidés"),
    "plan.gives": ("Giving", "Donnent"),
    "plan.unhelped": ("Without a proposed move", "Sans transfert proposé"),
    "plan.unhelped_row": (
        "{what}, {where}: {chances}; {why}",
        "{what}, {where} : {chances} ; {why}",
    ),
    "plan.why.kind": ("no plan of this release moves this", "aucun plan ne déplace ceci"),
    "plan.why.late": (
        "needed before a move can arrive",
        "nécessaire avant l'arrivée d'une aide",
    ),
    "plan.why.harm": (
        "nobody within reach can give without running short",
        "personne à portée ne peut donner sans manquer à son tour",
    ),
    "plan.unhelped_more.one": ("and 1 more shortage", "et 1 autre pénurie"),
    "plan.unhelped_more.many": ("and {count} more shortages", "et {count} autres pénuries"),
    "plan.see_shortages": ("All shortages", "Toutes les pénuries"),
    "model.vigie-optimal-moves": ("best use of all sites", "meilleur emploi de tous les sites"),
    "model.vigie-nearest-surplus": (
        "the nearest site with a surplus",
        "le site en excédent le plus proche",
    ),
    "model.vigie-proportional-share": ("the same share for all", "la même part pour tous"),
}

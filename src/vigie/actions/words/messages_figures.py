"""Messages about figures: state, chance, shortage, tile, chart, place."""

from __future__ import annotations

__all__ = ["FIGURE_MESSAGES"]

FIGURE_MESSAGES: dict[str, tuple[str, str]] = {
    # State of figures
    "state.fine": ("up to date", "à jour"),
    "state.stale": ("old", "ancien"),
    "state.conflict": ("feeds disagree", "sources en désaccord"),
    "state.missing": ("no report", "sans données"),
    "state.withheld": ("withheld", "masqué"),
    "figure.no_report_since": ("no report since {day}", "aucune donnée depuis le {day}"),
    "figure.last_value": ("last value: {value}", "dernière valeur : {value}"),
    "figure.never_reported": ("never reported", "jamais transmis"),
    "figure.withheld": (
        "withheld: the count is small enough to point at a person",
        "masqué : l'effectif est assez petit pour désigner une personne",
    ),
    "figure.stale": (
        "last value of {day}, {age} old",
        "dernière valeur du {day}, vieille de {age}",
    ),
    "figure.conflict": (
        "{feed} says {value}, {other_feed} says {other_value}; in force: {feed}",
        "{feed} indique {value}, {other_feed} indique {other_value} ; fait foi : {feed}",
    ),
    "figure.conflicts.one": ("feeds disagree at 1 place", "sources en désaccord pour 1 lieu"),
    "figure.conflicts.many": (
        "feeds disagree at {count} places",
        "sources en désaccord pour {count} lieux",
    ),
    "figure.of": ("{reported} of {expected} {reporters}", "{reported} {reporters} sur {expected}"),
    "reporters.site.one": ("hospital", "hôpital"),
    "reporters.site.many": ("hospitals", "hôpitaux"),
    "reporters.place.one": ("place", "lieu"),
    "reporters.place.many": ("places", "lieux"),
    "age.day.one": ("1 day", "1 jour"),
    "age.day.many": ("{count} days", "{count} jours"),
    # Briefing: state line and notice
    "briefing.title": ("Briefing", "Point de situation"),
    "briefing.as_of_time": ("{day}, as of {time}.", "{day}, données reçues à {time}."),
    "briefing.as_of": ("{day}.", "{day}."),
    "briefing.reported": (
        "{reported} of {expected} {reporters}.",
        "{reported} {reporters} sur {expected}.",
    ),
    "briefing.reported_part": (
        "Least complete: {title}, {reported} of {expected} {reporters}.",
        "Le moins complet : {title}, {reported} {reporters} sur {expected}.",
    ),
    "briefing.feeds_disagree": ("{count} feeds disagree.", "{count} sources en désaccord."),
    "briefing.feeds_late.one": ("1 feed is late.", "1 source en retard."),
    "briefing.feeds_late.many": ("{count} feeds are late.", "{count} sources en retard."),
    "briefing.checks.one": ("1 check gave a warning.", "1 contrôle a émis une alerte."),
    "briefing.checks.many": (
        "{count} checks gave a warning.",
        "{count} contrôles ont émis une alerte.",
    ),
    "briefing.released": ("Released {time}.", "Publié à {time}."),
    "briefing.released_on": ("Released {day}, {time}.", "Publié le {day} à {time}."),
    "notice.earlier": (
        "An earlier picture (released {day}, {time}).",
        "Situation antérieure (publiée le {day} à {time}).",
    ),
    "notice.yesterday": (
        "Yesterday's picture (released {day}, {time}).",
        "Situation de la veille (publiée le {day} à {time}).",
    ),
    "notice.stopped": (
        "Today's run stopped: {reason}",
        "Le calcul du jour s'est arrêté : {reason}",
    ),
    "notice.kept": (
        "The figures below stay as they were released; nothing was lost.",
        "Les chiffres ci-dessous restent tels que publiés ; rien n'est perdu.",
    ),
    # Briefing: to decide today
    "decide.title": ("To decide today", "À décider aujourd'hui"),
    "decide.none": (
        "No shortage with a chance of 33 in 100 or more. Rows appear here when one does.",
        "Aucune pénurie avec 33 chances sur 100 ou plus. Les lignes apparaîtront ici.",
    ),
    "decide.none_assessed": (
        "No shortage is assessed in this room. It appears once needs and capacities are declared.",
        "Aucune pénurie n'est évaluée ici. Elles apparaîtront quand besoins et capacités seront "
        "déclarés.",
    ),
    "decide.more.one": ("1 more is in the list below.", "1 autre figure dans la liste ci-dessous."),
    "decide.more.many": (
        "{count} more are in the list below.",
        "{count} autres figurent dans la liste ci-dessous.",
    ),
    "decide.also": ("Same cause", "Même cause"),
    "decide.other": ("{what} ({chance})", "{what} ({chance})"),
    "decide.others_more.one": ("and 1 more", "et 1 autre"),
    "decide.others_more.many": ("and {count} more", "et {count} autres"),
    "decide.what": ("What", "Quoi"),
    "decide.where": ("Where", "Où"),
    "decide.in_100": ("In 100", "Sur 100"),
    "decide.from": ("From when, if it happens", "Dès quand, si cela arrive"),
    "decide.act_by": ("Act before", "Agir avant"),
    "decide.move": ("Proposed move", "Transfert proposé"),
    "decide.owner": ("Who decides", "Qui décide"),
    "decide.state": ("State", "État"),
    "decide.too_late": (
        "At once: the quickest remedy arrives too late",
        "Sans délai : le remède le plus rapide arrive trop tard",
    ),
    "decide.late": ("too late", "trop tard"),
    "decide.today": ("today", "aujourd'hui"),
    "decide.no_lead_time": ("no lead time known", "délai d'action inconnu"),
    "decide.no_owner": ("no duty role recorded", "aucune fonction d'astreinte enregistrée"),
    "decide.no_move": ("no move is proposed", "aucun transfert proposé"),
    "decide.new": ("new", "nouveau"),
    "decide.open": ("still open", "toujours ouvert"),
    "move.here": (
        "{quantity} {unit} from {other}, {day}; chance of shortage {here_before} to {here_after} "
        "in 100 here, {there_before} to {there_after} there",
        "{quantity} {unit} depuis {other}, {day} ; risque de pénurie de {here_before} à "
        "{here_after} sur 100 ici, de {there_before} à {there_after} là-bas",
    ),
    "move.away": (
        "{quantity} {unit} to {other}, {day}; chance of shortage {here_before} to {here_after} "
        "in 100 here, {there_before} to {there_after} there",
        "{quantity} {unit} vers {other}, {day} ; risque de pénurie de {here_before} à "
        "{here_after} sur 100 ici, de {there_before} à {there_after} là-bas",
    ),
    "move.more.one": ("and 1 more move", "et 1 autre transfert"),
    "move.more.many": ("and {count} more moves", "et {count} autres transferts"),
    # Shortages
    "kind.beds": ("Beds", "Lits"),
    "kind.staff": ("Staff", "Personnel"),
    "kind.equipment": ("Equipment", "Équipement"),
    "kind.products": ("Products", "Produits"),
    "lack.beds": ("of lacking beds", "de manquer de lits"),
    "lack.staff": ("of lacking staff", "de manquer de personnel"),
    "lack.equipment": ("of lacking equipment", "de manquer d'équipement"),
    "lack.products": ("of running out", "de rupture"),
    "risk.sentence": ("{chances} {lack} by {day}", "{chances} {lack} d'ici au {day}"),
    "risk.if_short": (
        "if so, most likely from {middle} (range {span})",
        "si cela arrive, le plus probablement dès le {middle} (fourchette : {span})",
    ),
    "risk.if_short_by": (
        "if it happens by {day}, most likely from {middle} (range {span})",
        "si cela arrive d'ici au {day}, le plus probablement dès le {middle} (fourchette : {span})",
    ),
    "risk.from": ("{middle} ({span})", "{middle} ({span})"),
    "risk.no_date": ("too unlikely to date", "trop peu probable à dater"),
    "risk.leaves_out": (
        "The range holds if no ward closes and no order fails unannounced.",
        "La fourchette vaut si aucun service ne ferme et si aucune commande n'échoue sans annonce.",
    ),
    "risk.young": ("{count} days of data", "{count} jours de données"),
    "binds.beds": ("beds", "les lits"),
    "binds.staff": ("staff", "le personnel"),
    "binds.equipment": ("equipment", "l'équipement"),
    "binds.stock": ("stock", "le stock"),
    # Tiles
    "tiles.title": ("The whole", "L'ensemble"),
    "tiles.none": (
        "No figure is chosen for the briefing. Name measures under [briefing] in vigie.toml.",
        "Aucun chiffre n'est choisi pour ce point. Nommez des indicateurs sous [briefing] dans "
        "vigie.toml.",
    ),
    "tile.completed": (
        "estimate for all: {middle} ({range})",
        "estimation pour tous : {middle} ({range})",
    ),
    "tile.completed_sure": (
        "estimate for all: {middle} (range below 1)",
        "estimation pour tous : {middle} (fourchette de moins de 1)",
    ),
    "tile.change": (
        "{change} in 7 days, over the {count} {reporters} present on both days",
        "{change} en 7 jours, sur les {count} {reporters} présents aux deux dates",
    ),
    "tile.no_change": ("change over 7 days not known", "évolution sur 7 jours inconnue"),
    "tile.own_change": ("{change} in 7 days", "{change} en 7 jours"),
    "tile.outlook": (
        "{day}: {range} (95 in 100)",
        "{day} : {range} (95 sur 100)",
    ),
    "tile.no_outlook": ("no forecast for the whole", "pas de prévision d'ensemble"),
    "tile.at_risk": ("{kind} at risk", "{kind} à risque"),
    "tile.at_risk_unit.one": ("shortage with 33 in 100 or more", "pénurie à 33 sur 100 ou plus"),
    "tile.at_risk_unit.many": (
        "shortages with 33 in 100 or more",
        "pénuries à 33 sur 100 ou plus",
    ),
    "tile.at_risk_stock.one": (
        "stock-out with 33 in 100 or more",
        "rupture à 33 sur 100 ou plus",
    ),
    "tile.at_risk_stock.many": (
        "stock-outs with 33 in 100 or more",
        "ruptures à 33 sur 100 ou plus",
    ),
    "tile.at_risk_outlook": (
        "by {day}, at {count} of {expected} {reporters}",
        "d'ici au {day}, dans {count} {reporters} sur {expected}",
    ),
    "tile.since": (
        "{change} since the release of {day}",
        "{change} depuis la publication du {day}",
    ),
    # Since yesterday
    "since.title": ("Since the last release", "Depuis la dernière publication"),
    "since.appeared": ("Appeared", "Apparus"),
    "since.ended": ("Ended", "Terminés"),
    "since.rose": ("Rose", "En hausse"),
    "since.fell": ("Fell", "En baisse"),
    "since.row": (
        "{what}, {where}: {before} to {after} in 100",
        "{what}, {where} : de {before} à {after} sur 100",
    ),
    "since.more": ("and {count} more", "et {count} de plus"),
    "since.none": (
        "No risk rose, fell, appeared or ended since {day}.",
        "Aucun risque n'a augmenté, baissé, apparu ou cessé depuis le {day}.",
    ),
    "since.first": (
        "This is the first release; changes are shown from the second on.",
        "C'est la première publication ; les évolutions s'affichent dès la deuxième.",
    ),
    # Ranked list and map
    "list.title": ("All risks, highest first", "Tous les risques, du plus élevé au plus faible"),
    "list.caption": (
        "Chance of a shortage by {day}; {shown} of {count} rows with 10 in 100 or more.",
        "Risque de pénurie d'ici au {day} ; {shown} lignes sur {count} à 10 sur 100 ou plus.",
    ),
    "list.print": (
        "Printed: the first {count} rows. All rows stand at the address below.",
        "Imprimé : les {count} premières lignes. Toutes figurent à l'adresse ci-dessous.",
    ),
    "list.none": (
        "No risk reaches 10 in 100 ({count} assessed).",
        "Aucun risque n'atteint 10 sur 100 ({count} évalués).",
    ),
    "list.need": ("Need now", "Besoin actuel"),
    "list.capacity": ("Usable now", "Utilisable"),
    "list.binds": ("Limited by", "Limité par"),
    "list.chance_7": ("in 7 days", "à 7 jours"),
    "list.chance_14": ("in 14 days", "à 14 jours"),
    "map.title": ("Highest chance of a shortage at each site", "Risque le plus élevé par site"),
    "map.alternative": (
        "Map of {count} sites; {high} have a chance of shortage of 33 in 100 or more, the "
        "highest is {name} with {chance}. The list beside it holds the same figures.",
        "Carte de {count} sites ; {high} ont un risque de pénurie de 33 sur 100 ou plus, le plus "
        "élevé est {name} avec {chance}. La liste voisine porte les mêmes chiffres.",
    ),
    "map.step_0": ("below 10 in 100", "moins de 10 sur 100"),
    "map.step_1": ("10 to 32", "10 à 32"),
    "map.step_2": ("33 to 65", "33 à 65"),
    "map.step_3": ("66 to 89", "66 à 89"),
    "map.step_4": ("90 or more", "90 ou plus"),
    "map.not_assessed": ("not assessed", "non évalué"),
    # Accuracy
    "accuracy.title": ("How good were we", "Avons-nous vu juste"),
    "accuracy.text": (
        "From {first} to {last}, {share} of 100 outcomes fell inside the 95 in 100 range "
        "({tasks} forecasts).",
        "Du {first} au {last}, {share} résultats sur 100 sont tombés dans la fourchette à 95 sur "
        "100 ({tasks} prévisions).",
    ),
    "accuracy.worse": (
        "The forecasts were worse than the simple baseline; read the ranges with care.",
        "Les prévisions ont fait moins bien que la référence simple ; lisez les fourchettes avec "
        "prudence.",
    ),
    "accuracy.none": (
        "No forecast has met its outcome yet. This line fills as days pass.",
        "Aucune prévision n'a encore rencontré son résultat. Cette ligne se remplira avec le "
        "temps.",
    ),
    # Charts
    "chart.today": ("today", "aujourd'hui"),
    "chart.incomplete": ("still incomplete", "encore incomplet"),
    "chart.median": ("median {value}", "médiane {value}"),
    "chart.range_50": ("50 in 100", "50 sur 100"),
    "chart.range_95": ("95 in 100", "95 sur 100"),
    "chart.short": ("first short day", "début de pénurie"),
    "chart.finding_forecast": (
        "{name}: {range} on {day} (95 in 100)",
        "{name} : {range} le {day} (95 sur 100)",
    ),
    "chart.finding_past": ("{name}: {value} on {day}", "{name} : {value} le {day}"),
    "chart.subtitle": (
        "{measure}, {place}, {unit}, {first} to {last}",
        "{measure}, {place}, {unit}, du {first} au {last}",
    ),
    "chart.alternative": (
        "{name}: {value} on {day}; forecast {range} on {last} (95 in 100).",
        "{name} : {value} le {day} ; prévision {range} le {last} (95 sur 100).",
    ),
    "chart.alternative_past": (
        "{name}: {value} on {day}; no forecast.",
        "{name} : {value} le {day} ; pas de prévision.",
    ),
    "chart.table": ("Table of this picture", "Tableau de cette figure"),
    "chart.day": ("Day", "Jour"),
    "chart.observed": ("Reported", "Transmis"),
    "chart.col_median": ("Median", "Médiane"),
    "chart.source": (
        "Source: {feeds}. Release {release}.",
        "Source : {feeds}. Publication {release}.",
    ),
    "dates.same": ("{day} only", "le {day} seulement"),
    "dates": ("{early} to {late}", "du {early} au {late}"),
    "range": ("{low} to {high}", "{low} à {high}"),
    "points.one": ("{change} point", "{change} point"),
    "points.many": ("{change} points", "{change} points"),
    # Place page
    "place.no_contact": (
        "No duty role is recorded for this place. It is a column of reference/places.csv.",
        "Aucune fonction d'astreinte n'est enregistrée ici. C'est une colonne de "
        "reference/places.csv.",
    ),
    "place.reports_by": ("Its figures are due by {hour}.", "Ses données sont attendues à {hour}."),
    "place.last_report": ("Last report for {day}.", "Dernières données pour le {day}."),
    "place.no_reports": ("No report yet.", "Aucune donnée pour l'instant."),
    "place.kind.nation": ("Nation", "Pays"),
    "place.kind.region": ("Region", "Région"),
    "place.kind.site": ("Hospital", "Hôpital"),
    "place.kind.unit": ("Unit", "Unité"),
    "place.capacity": ("Need against capacity", "Besoins et capacités"),
    "place.no_capacity": (
        "No need is compared with a capacity here. Declare both under [[shortage]] in vigie.toml.",
        "Aucun besoin n'est comparé à une capacité ici. Déclarez les deux sous [[shortage]] dans "
        "vigie.toml.",
    ),
    "place.see_inside": (
        "Shortages are assessed at each hospital; the highest of each stands under Places inside.",
        "Les pénuries sont évaluées par hôpital ; la plus élevée figure sous Lieux inclus.",
    ),
    "place.products": ("Products", "Produits"),
    "place.products_rest.one": (
        "1 other product stays below 10 in 100.",
        "1 autre produit reste sous 10 sur 100.",
    ),
    "place.products_rest.many": (
        "{count} other products stay below 10 in 100.",
        "{count} autres produits restent sous 10 sur 100.",
    ),
    "place.no_products": (
        "No product is followed here. Products come with a feed of stock and use.",
        "Aucun produit n'est suivi ici. Ils viennent avec une source de stocks et de consommation.",
    ),
    "place.help": ("Help proposed", "Aides proposées"),
    "place.help_in": ("Could receive", "Pourrait recevoir"),
    "place.help_out": ("Could lend", "Pourrait prêter"),
    "place.no_help": (
        "No move from or to this place is proposed.",
        "Aucun transfert depuis ou vers ce lieu n'est proposé.",
    ),
    "place.help_inside": (
        "Moves are proposed between hospitals, not for a whole region.",
        "Les transferts sont proposés entre hôpitaux, non pour une région entière.",
    ),
    "place.help_plan": ("See them in the plan", "Les voir dans le plan"),
    "place.outlook": ("Outlook", "Perspectives"),
    "place.no_outlook": (
        "No series is shown for this place. They appear with its first reports.",
        "Aucune série pour ce lieu. Elles apparaîtront avec ses premières données.",
    ),
    "place.inside": ("Places inside", "Lieux inclus"),
    "place.highest": ("Highest chance", "Risque le plus élevé"),
    "place.conflicts": ("Feeds that disagree", "Sources en désaccord"),
    "place.figure": ("Figure", "Chiffre"),
    "place.latest": ("Latest figures", "Derniers chiffres"),
    "place.value": ("Value", "Valeur"),
    "place.trend": ("Change over 7 days", "Évolution sur 7 jours"),
    "place.accuracy_scope": (
        "Measured over all places together.",
        "Mesuré sur l'ensemble des lieux.",
    ),
    "place.unknown": (
        'No place has the key "{place}". Nearest: {near}.',
        "Aucun lieu n'a la clé « {place} ». Proches : {near}.",
    ),
}

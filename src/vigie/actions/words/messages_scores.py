"""Messages about how good the forecasts were: the score board and the lines beside forecasts."""

from __future__ import annotations

__all__ = ["SCORE_MESSAGES"]

SCORE_MESSAGES: dict[str, tuple[str, str]] = {
    "app.scores": ("Scores", "Scores"),
    "scores.title": ("Were we right before?", "Avons-nous vu juste ?"),
    "scores.lead": (
        "Every past forecast is compared with what happened. The figures are of the outcomes of "
        "the last 8 weeks.",
        "Chaque prévision passée est comparée à ce qui s'est produit. Les chiffres portent sur "
        "les résultats des 8 dernières semaines.",
    ),
    "scores.none": (
        "No measure is forecast in this release. Scores appear here once one is.",
        "Aucun indicateur n'est prévu dans cette publication. Les scores apparaîtront ici dès "
        "qu'il y en aura un.",
    ),
    "scores.published": (
        "Published model: {model}.",
        "Modèle publié : {model}.",
    ),
    "scores.published_since": (
        "Published model: {model}, since {day}.",
        "Modèle publié : {model}, depuis le {day}.",
    ),
    "scores.is_baseline": (
        "It is the simple baseline that others must beat.",
        "C'est la référence simple que les autres doivent battre.",
    ),
    "scores.against": (
        "Over 8 weeks its error was {ratio} times that of the simple baseline.",
        "Sur 8 semaines, son erreur a été {ratio} fois celle de la référence simple.",
    ),
    "scores.totals_sum": (
        "Regions and nation: the sum of their places is published.",
        "Régions et pays : la somme de leurs lieux est publiée.",
    ),
    "scores.totals_own": (
        "Regions and nation: the forecast from their own history is published, by {model}; the "
        "sum of their places is kept beside it.",
        "Régions et pays : la prévision issue de leur propre historique est publiée, par {model} ; "
        "la somme de leurs lieux est conservée à côté.",
    ),
    "scores.totals_reported": (
        "Regions and nation report themselves and are forecast from that; the sum of their places "
        "is kept beside it.",
        "Régions et pays ont leurs propres relevés et sont prévus à partir d'eux ; la somme de "
        "leurs lieux est conservée à côté.",
    ),
    "scores.totals_ratios": (
        "Over 8 weeks the error of the sum was {sum} times that of the simple baseline, that of "
        "the forecast from their own history {own} times.",
        "Sur 8 semaines, l'erreur de la somme a été {sum} fois celle de la référence simple, celle "
        "de la prévision issue de leur propre historique {own} fois.",
    ),
    "scores.coverage": (
        "{inside_95} of 100 outcomes fell inside the 95 in 100 range, {inside_50} inside the 50 "
        "in 100 range.",
        "{inside_95} résultats sur 100 sont tombés dans la fourchette à 95 sur 100, {inside_50} "
        "dans celle à 50 sur 100.",
    ),
    "scores.not_yet": (
        "No outcome of its forecasts is known yet.",
        "Aucun résultat de ses prévisions n'est encore connu.",
    ),
    "scores.replaced": (
        "{model} did worse than the simple baseline over 8 weeks (error {ratio} times that of "
        "the baseline) and has been replaced by it since {day}. It comes back when it is better "
        "over 8 weeks; both stay scored.",
        "{model} a fait moins bien que la référence simple sur 8 semaines (erreur {ratio} fois "
        "celle de la référence) et est remplacé par elle depuis le {day}. Il reviendra quand il "
        "aura fait mieux sur 8 semaines ; les deux restent évalués.",
    ),
    "scores.drift": (
        "Drift alarm of {day}: the forecasts have become clearly worse than they used to be. "
        "Read the ranges with care.",
        "Alerte de dérive du {day} : les prévisions sont devenues nettement moins bonnes "
        "qu'avant. Lisez les fourchettes avec prudence.",
    ),
    "accuracy.drift": (
        "Drift alarm: forecasts have become clearly worse than they used to be ({names}).",
        "Alerte de dérive : des prévisions sont devenues nettement moins bonnes qu'avant "
        "({names}).",
    ),
    "scores.all_made_after": (
        "All {tasks} forecasts were made again for past days, from what was known then: the room "
        "has no release of those days.",
        "Les {tasks} prévisions ont toutes été refaites pour des jours passés, avec ce qui était "
        "connu alors : la salle n'a pas de publication de ces jours.",
    ),
    "scores.made_after": (
        "Of {tasks} forecasts, {count} were made again for past days, from what was known then: "
        "the room has no release of those days.",
        "Sur {tasks} prévisions, {count} ont été refaites pour des jours passés, avec ce qui "
        "était connu alors : la salle n'a pas de publication de ces jours.",
    ),
    "scores.models": ("Models", "Modèles"),
    "scores.model": ("Model", "Modèle"),
    "scores.state": ("State", "État"),
    "scores.tasks": ("Forecasts", "Prévisions"),
    "scores.ratio": ("Error ratio", "Rapport d'erreur"),
    "scores.log_ratio": ("Relative ratio", "Rapport relatif"),
    "scores.inside_50": ("In 50", "Dans 50"),
    "scores.inside_95": ("In 95", "Dans 95"),
    "scores.brier": ("Brier", "Brier"),
    "scores.wis": ("Mean error", "Erreur moyenne"),
    "scores.since": ("Since", "Depuis"),
    "scores.state.baseline": ("simple baseline", "référence simple"),
    "scores.state.published": ("published", "publié"),
    "scores.state.published_baseline": ("published, simple baseline", "publié, référence simple"),
    "scores.state.replaced": ("replaced by the baseline", "remplacé par la référence"),
    "scores.state.not_better": ("scored only: not better", "évalué seulement : pas meilleur"),
    "scores.state.new": ("scored only: too new", "évalué seulement : trop récent"),
    "scores.state.beside": ("kept beside the sum", "conservé à côté de la somme"),
    "scores.state.reported": (
        "scored only: the totals report themselves",
        "évalué seulement : les totaux ont leurs propres relevés",
    ),
    "scores.state.published_totals": (
        "published for regions and nation",
        "publié pour régions et pays",
    ),
    "scores.state.failed": ("no forecast today", "pas de prévision aujourd'hui"),
    "scores.by": ("By phase, horizon and place", "Par phase, échéance et lieu"),
    "scores.part": ("Part", "Partie"),
    "scores.phase.rise": ("while rising", "en hausse"),
    "scores.phase.peak": ("at a peak", "au pic"),
    "scores.phase.fall": ("while falling", "en baisse"),
    "scores.phase.steady": ("steady", "stable"),
    "scores.phase.recent": ("last days, phase not known yet", "derniers jours, phase inconnue"),
    "scores.horizon.day.one": ("1 day ahead", "à 1 jour"),
    "scores.horizon.day.many": ("{count} days ahead", "à {count} jours"),
    "scores.horizon.week.one": ("1 week ahead", "à 1 semaine"),
    "scores.horizon.week.many": ("{count} weeks ahead", "à {count} semaines"),
    "scores.horizon.month.one": ("1 month ahead", "à 1 mois"),
    "scores.horizon.month.many": ("{count} months ahead", "à {count} mois"),
    "scores.group.nation": ("nation", "pays"),
    "scores.group.region": ("regions", "régions"),
    "scores.group.site": ("hospitals", "hôpitaux"),
    "scores.group.unit": ("wards", "services"),
    "scores.group.other": ("other places", "autres lieux"),
    "scores.pit.even": (
        "{name}: outcomes fell evenly over the forecast",
        "{name} : les résultats se répartissent également dans la prévision",
    ),
    "scores.pit.narrow": (
        "{name}: ranges were too narrow",
        "{name} : les fourchettes étaient trop étroites",
    ),
    "scores.pit.wide": (
        "{name}: ranges were wider than needed",
        "{name} : les fourchettes étaient plus larges que nécessaire",
    ),
    "scores.pit.low": (
        "{name}: outcomes were often lower than forecast",
        "{name} : les résultats ont souvent été plus bas que prévu",
    ),
    "scores.pit.high": (
        "{name}: outcomes were often higher than forecast",
        "{name} : les résultats ont souvent été plus hauts que prévu",
    ),
    "scores.pit_subtitle": (
        "{model}, {first} to {last}: outcomes in 100 by tenth of the forecast. Level bars are "
        "best; high ends mean ranges too narrow, a high middle means ranges too wide.",
        "{model}, du {first} au {last} : résultats sur 100 par dixième de la prévision. Des "
        "barres égales sont l'idéal ; des extrêmes hauts disent des fourchettes trop étroites, "
        "un milieu haut des fourchettes trop larges.",
    ),
    "scores.pit_alternative": (
        "{name}, {model}: {low} in 100 outcomes in the lowest tenth of the forecast, {high} in "
        "the highest; 10 each is best.",
        "{name}, {model} : {low} résultats sur 100 dans le dixième le plus bas de la prévision, "
        "{high} dans le plus haut ; l'idéal est 10 chacun.",
    ),
    "scores.pit_low": ("lower than forecast", "plus bas que prévu"),
    "scores.pit_middle": ("as forecast", "comme prévu"),
    "scores.pit_high": ("higher", "plus haut"),
    "scores.pit_expected": ("best: 10 in 100 each", "idéal : 10 sur 100 chacun"),
    "scores.pit_bin": ("Tenth of the forecast", "Dixième de la prévision"),
    "scores.pit_share": ("Outcomes in 100", "Résultats sur 100"),
    "scores.weeks_title": (
        "{name}: {model} was better than the baseline in {better} of {weeks} weeks",
        "{name} : {model} a fait mieux que la référence {better} semaines sur {weeks}",
    ),
    "scores.weeks_subtitle": (
        "Weeks of outcomes from {first} to {last}: sum of errors divided by the baseline's; "
        "below 1 is better.",
        "Semaines des résultats du {first} au {last} : somme des erreurs divisée par celle de la "
        "référence ; sous 1, c'est mieux.",
    ),
    "scores.weeks_alternative": (
        "{name}: in {better} of {weeks} weeks {model} was better than the baseline; its last "
        "week was {last} times the baseline's error.",
        "{name} : {model} a fait mieux que la référence {better} semaines sur {weeks} ; la "
        "dernière, son erreur a été {last} fois celle de la référence.",
    ),
    "scores.week": ("Week from", "Semaine du"),
    "scores.baseline_line": ("baseline", "référence"),
    "scores.source": ("Vigie, release {release}", "Vigie, publication {release}"),
    "scores.how": ("How to read this", "Comment lire cette page"),
    "scores.how_error": (
        "Error is the weighted interval score, which grows with the distance from the outcome "
        "and with the width of the range. The error ratio is the sum of a model's errors divided "
        "by that of the simple baseline: below 1 is better. The relative ratio is the same for "
        "logarithms, so that small hospitals count as much as large ones.",
        "L'erreur est le score d'intervalle pondéré, qui croît avec la distance au résultat et "
        "avec la largeur de la fourchette. Le rapport d'erreur est la somme des erreurs d'un "
        "modèle divisée par celle de la référence simple : sous 1, c'est mieux. Le rapport "
        "relatif est le même pour les logarithmes : les petits hôpitaux comptent autant que les "
        "grands.",
    ),
    "scores.how_inside": (
        "In 50 and in 95: of 100 outcomes, those inside the 50 in 100 and the 95 in 100 range; "
        "50 and 95 are best. Brier: how well the chance of a rise was told, from 0 (sure and "
        "right) to 1 (sure and wrong).",
        "Dans 50 et dans 95 : sur 100 résultats, ceux qui sont dans la fourchette à 50 et à 95 "
        "sur 100 ; l'idéal est 50 et 95. Brier : qualité de la chance de hausse annoncée, de 0 "
        "(sûr et juste) à 1 (sûr et faux).",
    ),
    "scores.how_choice": (
        "A model is published while it is better than the baseline over 8 weeks. If it becomes "
        "worse, the baseline is published until the model is better over 8 weeks again. Regions "
        "and nation are also forecast as the sum of their places; the sum is published while it "
        "is better over 8 weeks than the best forecast from their own history.",
        "Un modèle est publié tant qu'il fait mieux que la référence sur 8 semaines. S'il fait "
        "moins bien, la référence est publiée jusqu'à ce qu'il ait de nouveau fait mieux sur 8 "
        "semaines. Les régions et le pays sont aussi prévus comme la somme de leurs lieux ; cette "
        "somme est publiée tant qu'elle fait mieux sur 8 semaines que la meilleure prévision issue "
        "de leur propre historique.",
    ),
    "scores.line": (
        "Model {model}: here {inside_95} of {tasks} outcomes of the last 8 weeks fell "
        "inside the 95 in 100 range",
        "Modèle {model} : ici, {inside_95} résultats sur {tasks} des 8 dernières semaines "
        "sont tombés dans la fourchette à 95 sur 100",
    ),
    "scores.line_ratio": (
        "error {ratio} times that of the baseline",
        "erreur {ratio} fois celle de la référence",
    ),
    "scores.line_none": (
        "Model {model}: no outcome known here yet",
        "Modèle {model} : aucun résultat connu ici pour l'instant",
    ),
    "scores.damping": (
        "log R is expected to shrink to {damping} of itself a day, chosen by {origins} past days",
        "log R rétrécit à {damping} de lui-même par jour, choisi d'après {origins} jours passés",
    ),
    "scores.damping_usual": (
        "log R is expected to shrink to {damping} of itself a day, as long as few days are scored",
        "log R rétrécit à {damping} de lui-même par jour, tant que peu de jours sont notés",
    ),
    "scores.spread": (
        "spread by past forecasts: {factors}",
        "dispersion d'après les prévisions passées : {factors}",
    ),
    "scores.spread_at.one": ("× {factor} at {count} day", "× {factor} à {count} jour"),
    "scores.spread_at.many": ("× {factor} at {count} days", "× {factor} à {count} jours"),
    "model.vigie-renewal": ("renewal of infections", "renouvellement des infections"),
    "scores.line_total_own": (
        "This total is forecast from its own history; the sum of its places is kept beside it.",
        "Ce total est prévu à partir de son propre historique ; la somme de ses lieux est "
        "conservée à côté.",
    ),
    "scores.line_total_sum": (
        "This total is the sum of the forecasts of its places; the forecast from its own history "
        "is kept beside it.",
        "Ce total est la somme des prévisions de ses lieux ; la prévision issue de son propre "
        "historique est conservée à côté.",
    ),
    "scores.all": ("All scores", "Tous les scores"),
    "model.vigie-flat": ("like today", "comme aujourd'hui"),
    "model.vigie-persistence": ("like today", "comme aujourd'hui"),
    "model.vigie-bed-flow": ("who comes and how long they stay", "entrées et durées de séjour"),
    "model.vigie-absence": ("rosters and the epidemic around", "plannings et épidémie alentour"),
    "model.vigie-last-week": ("like last week", "comme la semaine dernière"),
    "model.vigie-pooled-daily": ("learnt from all places", "appris de tous les lieux"),
    "model.vigie-pooled-daily-signals": (
        "learnt from all places, with leading signals",
        "appris de tous les lieux, avec des signaux précurseurs",
    ),
    "scores.signals": ("leading signals: {names}", "signaux précurseurs : {names}"),
    "scores.signal.one": ("{name}, {count} day ahead", "{name}, {count} jour d'avance"),
    "scores.signal.many": ("{name}, {count} days ahead", "{name}, {count} jours d'avance"),
    "model.vigie-pooled-weekly": ("learnt from all places", "appris de tous les lieux"),
    "model.vigie-pooled-monthly": ("learnt from all places", "appris de tous les lieux"),
    "model.sum-of-places": ("sum of the places", "somme des lieux"),
    "model.vigie-two-state": ("two states", "deux états"),
}

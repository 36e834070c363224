"""Messages about how an epidemic spreads: reproduction number, growth, peak."""

from __future__ import annotations

__all__ = ["SPREAD_MESSAGES"]

SPREAD_MESSAGES: dict[str, tuple[str, str]] = {
    "spread.title": ("Is it growing?", "L'épidémie progresse-t-elle ?"),
    "spread.sentence": (
        "{name}: {chances} that the epidemic is growing (R above 1) on {day}. Trend: {trend}.",
        "{name} : {chances} que l'épidémie progresse (R supérieur à 1) le {day}. "
        "Tendance : {trend}.",
    ),
    "spread.trend.growing": ("growing", "en hausse"),
    "spread.trend.likely_growing": ("likely growing", "probablement en hausse"),
    "spread.trend.not_clear": ("not clear", "incertaine"),
    "spread.trend.likely_declining": ("likely declining", "probablement en baisse"),
    "spread.trend.declining": ("declining", "en baisse"),
    "spread.r": ("Reproduction number R", "Taux de reproduction R"),
    "spread.growth": ("Growth of infections a day", "Évolution des infections par jour"),
    "spread.doubles": ("Infections double in", "Les infections doublent en"),
    "spread.halves": ("Infections halve in", "Les infections diminuent de moitié en"),
    "spread.peak": ("Chance that the peak has passed", "Chance que le pic soit passé"),
    "spread.days": ("{days} days", "{days} jours"),
    "spread.with_range": (
        "{value} (90 in 100 range: {low} to {high})",
        "{value} (fourchette à 90 sur 100 : {low} à {high})",
    ),
    "spread.finding": (
        "R was {value} on {day}, 90 in 100 range {low} to {high}",
        "R était de {value} le {day}, fourchette à 90 sur 100 : {low} à {high}",
    ),
    "spread.subtitle": (
        "{name}, {place}: reproduction number R by day of infection, {first} to {last}. "
        "Above 1 the epidemic grows.",
        "{name}, {place} : taux de reproduction R par jour d'infection, du {first} au {last}. "
        "Au-dessus de 1, l'épidémie progresse.",
    ),
    "spread.alternative": (
        "Reproduction number at {place} from {first} to {last}: {value} on the last day, 90 in "
        "100 range {low} to {high}; {days} of {count} days had a median above 1.",
        "Taux de reproduction, {place}, du {first} au {last} : {value} le dernier jour, "
        "fourchette à 90 sur 100 : {low} à {high} ; médiane supérieure à 1 pour {days} jours "
        "sur {count}.",
    ),
    "spread.median": ("median {value}", "médiane {value}"),
    "spread.range_50": ("50 in 100 range", "fourchette à 50 sur 100"),
    "spread.range_90": ("90 in 100 range", "fourchette à 90 sur 100"),
    "spread.line": ("1: neither grows nor declines", "1 : ni hausse ni baisse"),
    "spread.source": ("Vigie, release {release}", "Vigie, publication {release}"),
    "spread.note": (
        "R is the number of people whom one infected person infects. Admissions follow "
        "infections by days to weeks: the last days are known least, and are drawn towards 1. "
        "Admissions that are still to be reported are allowed for where earlier reports tell how "
        "late they come.",
        "R est le nombre de personnes qu'une personne infectée contamine. Les admissions suivent "
        "les infections de quelques jours à quelques semaines : les derniers jours sont les moins "
        "bien connus et sont ramenés vers 1. Les admissions encore à déclarer sont prises en "
        "compte là où les déclarations passées montrent leur retard.",
    ),
}

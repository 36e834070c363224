"""Messages about reports that come late, and about changes of what is counted."""

from __future__ import annotations

__all__ = ["NOWCAST_MESSAGES"]

NOWCAST_MESSAGES: dict[str, tuple[str, str]] = {
    "nowcast.title": ("What is still to be reported", "Ce qui reste à déclarer"),
    "nowcast.finding.yesterday.one": (
        "Yesterday 1 was reported; probably {value} ({low} to {high}) happened",
        "Hier : 1 cas déclaré ; il y en a probablement eu {value} (de {low} à {high})",
    ),
    "nowcast.finding.yesterday.many": (
        "Yesterday {count} were reported; probably {value} ({low} to {high}) happened",
        "Hier : {count} cas déclarés ; il y en a probablement eu {value} (de {low} à {high})",
    ),
    "nowcast.finding.yesterday.none": (
        "Yesterday nothing has been reported yet; probably {value} ({low} to {high}) happened",
        "Hier : rien n'est encore déclaré ; il y a probablement eu {value} cas (de {low} à {high})",
    ),
    "nowcast.finding.day.one": (
        "For {day} 1 is reported; probably {value} ({low} to {high}) happened",
        "Pour le {day} : 1 cas déclaré ; il y en a probablement eu {value} (de {low} à {high})",
    ),
    "nowcast.finding.day.many": (
        "For {day} {count} are reported; probably {value} ({low} to {high}) happened",
        "Pour le {day} : {count} cas déclarés ; il y en a probablement eu {value} "
        "(de {low} à {high})",
    ),
    "nowcast.finding.day.none": (
        "For {day} nothing is reported yet; probably {value} ({low} to {high}) happened",
        "Pour le {day} : rien n'est encore déclaré ; il y a probablement eu {value} cas "
        "(de {low} à {high})",
    ),
    "tile.late": (
        "probably {middle} ({range}) when all is reported",
        "probablement {middle} ({range}) quand tout sera déclaré",
    ),
    "tile.late_change": (
        "{change} in 7 days, reports still to come included",
        "{change} en 7 jours, déclarations à venir comprises",
    ),
    "nowcast.subtitle": (
        "{name}, {place}, by day, {first} to {last}: reported so far, and what probably happened.",
        "{name}, {place}, par jour, du {first} au {last} : déclaré à ce jour, et ce qui s'est "
        "probablement passé.",
    ),
    "nowcast.alternative": (
        "{name} at {place} from {first} to {last}, bars of what is reported below the range of "
        "what probably happened. {finding}.",
        "{name}, {place}, du {first} au {last} : barres de ce qui est déclaré, sous la fourchette "
        "de ce qui s'est probablement passé. {finding}.",
    ),
    "nowcast.reported": ("reported so far", "déclaré à ce jour"),
    "nowcast.median": ("probably", "probablement"),
    "nowcast.share": ("Reported in 100", "Déclarés sur 100"),
    "nowcast.later.one": ("{count} day later", "{count} jour plus tard"),
    "nowcast.later.many": ("{count} days later", "{count} jours plus tard"),
    "nowcast.same_day": ("on the same day", "le jour même"),
    "nowcast.days.one": ("{count} day", "{count} jour"),
    "nowcast.days.many": ("{count} days", "{count} jours"),
    "nowcast.triangle.finding": (
        "{share} in 100 are reported {when}, 95 in 100 within {days}",
        "{share} sur 100 sont déclarés {when}, 95 sur 100 en {days}",
    ),
    "nowcast.triangle.subtitle": (
        "{name}, {place}: how many in 100 of those who were probably admitted on a day were known "
        "so many days later, {first} to {last}.",
        "{name}, {place} : combien sur 100 de ceux qui ont probablement été admis un jour étaient "
        "connus tant de jours plus tard, du {first} au {last}.",
    ),
    "nowcast.triangle.alternative": (
        "Table of shades, {first} to {last}: a row for each day, a column for each number of days "
        "later, in the cell how many in 100 were known then. {finding}.",
        "Tableau de teintes, du {first} au {last} : une ligne par jour, une colonne par nombre de "
        "jours écoulés, dans la case combien sur 100 étaient connus alors. {finding}.",
    ),
    "nowcast.triangle.across": ("days later", "jours plus tard"),
    "nowcast.note": (
        "Late reports are learnt from what was known of earlier days after as many days. The "
        "reproduction number above allows for them.",
        "Les retards sont appris de ce qui était connu des jours précédents après autant de jours. "
        "Le taux de reproduction ci-dessus en tient compte.",
    ),
    "late.day.one": (
        "the last day is still being reported: forecasts rest on the count expected once it is "
        "complete",
        "le dernier jour est encore en cours de déclaration : les prévisions reposent sur le "
        "nombre attendu une fois complet",
    ),
    "late.day.many": (
        "the last {count} days are still being reported: forecasts rest on the counts expected "
        "once they are complete",
        "les {count} derniers jours sont encore en cours de déclaration : les prévisions reposent "
        "sur les nombres attendus une fois complets",
    ),
    "late.week.one": (
        "the last week is still being reported: forecasts rest on the count expected once it is "
        "complete",
        "la dernière semaine est encore en cours de déclaration : les prévisions reposent sur le "
        "nombre attendu une fois complète",
    ),
    "late.week.many": (
        "the last {count} weeks are still being reported: forecasts rest on the counts expected "
        "once they are complete",
        "les {count} dernières semaines sont encore en cours de déclaration : les prévisions "
        "reposent sur les nombres attendus une fois complètes",
    ),
    "late.left_out_day.one": (
        "of the last one too little is known and it is left out",
        "le dernier, trop peu connu, n'est pas pris en compte",
    ),
    "late.left_out_day.many": (
        "of the last {count} too little is known and they are left out",
        "les {count} derniers, trop peu connus, ne sont pas pris en compte",
    ),
    "late.left_out_week.one": (
        "of the last one too little is known and it is left out",
        "la dernière, trop peu connue, n'est pas prise en compte",
    ),
    "late.left_out_week.many": (
        "of the last {count} too little is known and they are left out",
        "les {count} dernières, trop peu connues, ne sont pas prises en compte",
    ),
    "nowcast.change": (
        "{name}: since {day} something else is counted ({what}). Figures before are not compared "
        "with those after.",
        "{name} : depuis le {day}, le décompte a changé ({what}). Les chiffres d'avant ne sont pas "
        "comparés à ceux d'après.",
    ),
}

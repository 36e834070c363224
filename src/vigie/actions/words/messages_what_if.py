"""Messages about what-ifs: shortages under changes of R, beds, staff, electives, orders, use."""

from __future__ import annotations

__all__ = ["WHAT_IF_MESSAGES"]

WHAT_IF_MESSAGES: dict[str, tuple[str, str]] = {
    "what_if.reproduction": ("R × {factor}", "R × {factor}"),
    "what_if.reaches": ("From R to beds", "De R aux lits"),
    "what_if.through_entries": (
        "{wards}, through entries and stays",
        "{wards}, par les entrées et les séjours",
    ),
    "what_if.through_patients": (
        "{wards}, through patients in bed, as entries are not known",
        "{wards}, par les patients hospitalisés, faute d'entrées connues",
    ),
    "what_if.returns": (
        "{share} in 100 of those put off come back, over {over} days from day {after} after its "
        "end",
        "{share} reportés sur 100 reviennent, sur {over} jours, dès le jour {after} après la fin",
    ),
    "what_if.no_returns": ("nobody comes back", "personne ne revient"),
    "what_if.beds": ("beds × {factor}", "lits × {factor}"),
    "what_if.beds_add": (
        "{count} beds with their staff at each place",
        "{count} lits avec leur personnel par site",
    ),
    "what_if.electives": (
        "of the entries, {share} in 100 planned; {kept} in 100 of these take place (mean stay "
        "{days} days)",
        "{share} entrées sur 100 programmées, dont {kept} sur 100 ont lieu (séjour moyen de "
        "{days} jours)",
    ),
    "what_if.ratios": (
        "patients per member of staff × {factor}",
        "patients par soignant × {factor}",
    ),
    "what_if.mode": ("ratios of {mode}", "ratios {mode}"),
    "what_if.mode_normal": ("normal days", "habituels"),
    "what_if.mode_stretched": ("stretched days", "sous tension"),
    "what_if.mode_crisis": ("crisis days", "de crise"),
    "what_if.skill_mix": (
        "registered nurses at least {share} % of the nursing staff",
        "infirmiers diplômés : au moins {share} % de l'équipe soignante",
    ),
    "what_if.absence": ("absence × {factor}", "absences × {factor}"),
    "what_if.delay.one": (
        "open orders {count} day later",
        "commandes en cours livrées {count} jour plus tard",
    ),
    "what_if.delay.many": (
        "open orders {count} days later",
        "commandes en cours livrées {count} jours plus tard",
    ),
    "what_if.orders": ("quantities delivered × {factor}", "quantités livrées × {factor}"),
    "what_if.doses": ("use per patient × {factor}", "consommation par patient × {factor}"),
    "what_if.since": ("from {first}", "à partir du {first}"),
    "what_if.span": ("from {first} to {last}", "du {first} au {last}"),
    "what_if.never": ("on no day of this outlook", "aucun jour de cet horizon"),
    "what_if.finding": (
        "Chance of a shortage by {day}: {higher} higher and {lower} lower by 1 in 100 or more.",
        "Probabilité de pénurie d'ici le {day} : {higher} en hausse et {lower} en baisse d'au "
        "moins 1 sur 100.",
    ),
    "what_if.same": (
        "No chance of a shortage by {day} changes by 1 in 100 or more.",
        "Aucune probabilité de pénurie d'ici le {day} ne change d'au moins 1 sur 100.",
    ),
    "what_if.with": ("with it, {days} days", "avec, {days} jours"),
    "what_if.without": ("without", "sans"),
    "what_if.change": ("change", "écart"),
    "what_if.lacking": ("lack with it", "manque avec"),
    "what_if.lacking_without": ("lack without", "manque sans"),
    "what_if.table": ("The largest changes", "Les plus grands écarts"),
    "what_if.more.one": (
        "{count} more change: vigie show scenarios.",
        "{count} autre écart : vigie show scenarios.",
    ),
    "what_if.more.many": (
        "{count} more changes: vigie show scenarios.",
        "{count} autres écarts : vigie show scenarios.",
    ),
    "what_if.rest.one": (
        "{count} more scenario: vigie show scenarios.",
        "{count} autre scénario : vigie show scenarios.",
    ),
    "what_if.rest.many": (
        "{count} more scenarios: vigie show scenarios.",
        "{count} autres scénarios : vigie show scenarios.",
    ),
    "what_if.note": (
        "The same futures as the shortages of this release, judged again with the changes; never "
        "scored, and not in alerts or plans. Everything else stays as it is expected; planned beds "
        "and rosters do not follow other patients.",
        "Les mêmes futurs que les pénuries de cette publication, jugés à nouveau avec ces "
        "hypothèses ; jamais notés, ni repris dans les alertes ou les plans. Tout le reste suit "
        "les prévisions ; lits prévus et plannings ne s'adaptent pas aux patients.",
    ),
}

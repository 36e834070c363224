"""Sentences on what the patients in bed consist of."""

from __future__ import annotations

__all__ = ["BED_PART_MESSAGES"]

BED_PART_MESSAGES: dict[str, tuple[str, str]] = {
    "parts.waiting.one": (
        "{ward}: of {patients}, {count} is fit and waits to leave",
        "{ward} : sur {patients}, {count} est prêt à sortir et attend",
    ),
    "parts.waiting.many": (
        "{ward}: of {patients}, {count} are fit and wait to leave",
        "{ward} : sur {patients}, {count} sont prêts à sortir et attendent",
    ),
    "parts.waiting.about.one": (
        "{ward}: of {patients}, about {count} is fit and waits to leave, by the share declared",
        "{ward} : sur {patients}, environ {count} est prêt à sortir et attend, selon la part "
        "déclarée",
    ),
    "parts.waiting.about.many": (
        "{ward}: of {patients}, about {count} are fit and wait to leave, by the share declared",
        "{ward} : sur {patients}, environ {count} sont prêts à sortir et attendent, selon la part "
        "déclarée",
    ),
    "parts.patients.one": ("{count} patient in bed", "{count} patient hospitalisé"),
    "parts.patients.many": ("{count} patients in bed", "{count} patients hospitalisés"),
    "parts.causes": (
        "{ward}, patients expected on the days ahead by entry: {shares}",
        "{ward}, patients attendus les prochains jours selon l'entrée : {shares}",
    ),
    "parts.rest": ("other entries", "autres entrées"),
}

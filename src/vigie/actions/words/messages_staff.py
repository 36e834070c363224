"""Sentences on hours of staff missing, skill mix and rest."""

from __future__ import annotations

__all__ = ["STAFF_MESSAGES"]

STAFF_MESSAGES: dict[str, tuple[str, str]] = {
    "staff.mix": (
        "share of registered nurses below {share} %: {chance} by {day}",
        "part des infirmiers diplômés sous {share} % : {chance} d'ici au {day}",
    ),
    "staff.mix_rule": (
        "{mix} (rule in force from {since}: {source})",
        "{mix} (règle en vigueur depuis le {since} : {source})",
    ),
    "staff.hours": (
        "expected hours missing: {near} within 7 days, {far} within {days} days",
        "heures manquantes attendues : {near} sous 7 jours, {far} sous {days} jours",
    ),
    "staff.nurses": (
        "registered nurses to add to keep their share, all shifts together: {near} within 7 days, "
        "{far} within {days} days",
        "infirmiers diplômés à ajouter pour tenir leur part, tous postes confondus : {near} sous "
        "7 jours, {far} sous {days} jours",
    ),
    "staff.rest.one": (
        "{count} of {planned} planned shifts within {days} days breaks the rest rule, {hours} "
        "hours ({source})",
        "{count} poste sur {planned} planifiés sous {days} jours enfreint la règle de repos, "
        "{hours} heures ({source})",
    ),
    "staff.rest.many": (
        "{count} of {planned} planned shifts within {days} days break the rest rule, {hours} "
        "hours ({source})",
        "{count} postes sur {planned} planifiés sous {days} jours enfreignent la règle de repos, "
        "{hours} heures ({source})",
    ),
    "staff.rest_told": (
        "the roster counts on hours that may not be worked",
        "le planning compte sur des heures qui pourraient ne pas être faites",
    ),
    "staff.rest_off.one": (
        "{count} shift is taken off the roster",
        "{count} poste est retiré du planning",
    ),
    "staff.rest_off.many": (
        "{count} shifts are taken off the roster",
        "{count} postes sont retirés du planning",
    ),
    "staff.overlapping.one": (
        "{count} planned shift overlaps another of the same person and is not judged: correct the "
        "planning",
        "{count} poste planifié en chevauche un autre de la même personne et n'est pas jugé : "
        "corriger le planning",
    ),
    "staff.overlapping.many": (
        "{count} planned shifts overlap another of the same person and are not judged: correct the "
        "planning",
        "{count} postes planifiés en chevauchent un autre de la même personne et ne sont pas "
        "jugés : corriger le planning",
    ),
}

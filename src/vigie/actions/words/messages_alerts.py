"""Sentences of alerts."""

from __future__ import annotations

__all__ = ["ALERT_MESSAGES"]

ALERT_MESSAGES: dict[str, tuple[str, str]] = {
    "alert.notice": ("Notice", "Avis"),
    "alert.warning": ("Warning", "Alerte"),
    "alert.critical": ("Critical", "Critique"),
    "alert.one": (
        "{severity}. {what}, {where}: {chance} to run short by {day}. {when} {act}",
        "{severity}. {what}, {where} : {chance} de manquer d'ici le {day}. {when} {act}",
    ),
    "alert.many": (
        "{severity}. {what}, {area}: {count} shortages ahead by {day}; likeliest {where}, "
        "{chance}. {when} {act}",
        "{severity}. {what}, {area} : {count} pénuries attendues d'ici le {day} ; le plus à "
        "craindre : {where}, {chance}. {when} {act}",
    ),
    "alert.when": ("If so, from {from_when}.", "Le cas échéant, dès le {from_when}."),
    "alert.act": (
        "Last useful moment to act: {act_by}.",
        "Dernier moment utile pour agir : {act_by}.",
    ),
    "alert.too_late": (
        "Act at once: the quickest remedy arrives too late.",
        "Agir sans délai : le remède le plus rapide arrive trop tard.",
    ),
    "alert.head.one": ("{room}, for {role}:", "{room}, pour {role} :"),
    "alert.head.many": (
        "{room}, for {role}: {count} alerts",
        "{room}, pour {role} : {count} alertes",
    ),
    "alert.answer": (
        "To say that you have taken note: the page /alerts, or vigie alerts answer {number}",
        "Pour dire que vous en avez pris note : la page /alerts, ou vigie alerts answer {number}",
    ),
}

"""Sentences of the page of alerts."""

from __future__ import annotations

__all__ = ["ALERT_PAGE_MESSAGES"]

ALERT_PAGE_MESSAGES: dict[str, tuple[str, str]] = {
    "app.alerts": ("Alerts", "Alertes"),
    "alerts.title": ("Alerts", "Alertes"),
    "alerts.lead": (
        "Who was told of which shortage, who has taken note, and who is told next.",
        "Qui a été prévenu de quelle pénurie, qui en a pris note, et qui est prévenu ensuite.",
    ),
    "alerts.now": (
        "Alerts are shown as they stand now, beside the release in force.",
        "Les alertes sont montrées en leur état actuel, avec la publication en vigueur.",
    ),
    "alerts.list": (
        "Open alerts, by the last useful moment to act",
        "Alertes ouvertes, selon le dernier moment utile pour agir",
    ),
    "alerts.none": (
        "No alert is open. One appears here when a release foresees a shortage that deserves it.",
        "Aucune alerte n'est ouverte. Il en apparaît ici quand une publication prévoit une pénurie "
        "qui le mérite.",
    ),
    "alerts.filtered_out": (
        "No open alert fits this choice.",
        "Aucune alerte ouverte ne correspond à ce choix.",
    ),
    "alerts.open.one": ("{count} open alert", "{count} alerte ouverte"),
    "alerts.open.many": ("{count} open alerts", "{count} alertes ouvertes"),
    "alerts.fresh.one": ("{count} waits for an answer", "{count} attend une réponse"),
    "alerts.fresh.many": ("{count} wait for an answer", "{count} attendent une réponse"),
    "alerts.by.role": ("Told to", "Fonction prévenue"),
    "alerts.by.severity": ("Severity", "Gravité"),
    "alerts.by.place": ("Place", "Lieu"),
    "alerts.every.role": ("every role", "toutes les fonctions"),
    "alerts.every.severity": ("every severity", "toutes les gravités"),
    "alerts.every.place": ("every place", "tous les lieux"),
    "alerts.unknown.role": (
        'No duty role at "{value}" was told. Nearest: {near}.',
        "Aucune fonction d'astreinte de « {value} » n'a été prévenue. Le plus proche : {near}.",
    ),
    "alerts.unknown.severity": (
        'No severity "{value}". Nearest: {near}.',
        "Aucune gravité « {value} ». La plus proche : {near}.",
    ),
    "alerts.unknown.place": (
        'No place "{value}". Nearest: {near}.',
        "Aucun lieu « {value} ». Le plus proche : {near}.",
    ),
    "alerts.number": ("Alert {number}", "Alerte {number}"),
    "alerts.state.new": ("new", "nouvelle"),
    "alerts.state.answered": (
        "acknowledged by {by}, {when}",
        "prise en compte par {by}, {when}",
    ),
    "alerts.state.ended": ("ended {when}", "close le {when}"),
    "alerts.acknowledged": ("acknowledged", "prise en compte"),
    "alerts.answer": ("Answer", "Réponse"),
    "alerts.unanswered": ("no answer", "sans réponse"),
    "alerts.covers.one": ("One shortage", "Une pénurie"),
    "alerts.covers.many": ("One cause, {count} shortages", "Une cause, {count} pénuries"),
    "alerts.members_more.one": ("and {count} more", "et {count} autre"),
    "alerts.members_more.many": ("and {count} more", "et {count} autres"),
    "alerts.calm": (
        "The release in force finds this danger no more; the alert ends if the next one agrees.",
        "La publication en vigueur ne voit plus ce danger ; l'alerte se clôt si la suivante le "
        "confirme.",
    ),
    "alerts.most_pressing": (
        "Most pressing is {where}: {said}",
        "Le plus urgent, {where} : {said}",
    ),
    "alerts.opened": ("Opened", "Ouverte"),
    "alerts.ended": ("Ended", "Close"),
    "alerts.ended_count.one": (
        "{count} alert ended in the last {days} days",
        "{count} alerte close ces {days} derniers jours",
    ),
    "alerts.ended_count.many": (
        "{count} alerts ended in the last {days} days",
        "{count} alertes closes ces {days} derniers jours",
    ),
    "alerts.told": ("Who was told", "Qui a été prévenu"),
    "alerts.told.sent": ("{who}: {ways}, {when}", "{who} : {ways}, {when}"),
    "alerts.told.held": (
        "{who}: held by quiet hours until {when}",
        "{who} : retenue par les heures calmes jusqu'au {when}",
    ),
    "alerts.told.part": (
        "{who}: {ways} so far; the other way is tried again",
        "{who} : {ways} pour l'instant ; l'autre voie est réessayée",
    ),
    "alerts.told.waiting": (
        "{who}: not sent yet, ready since {when}",
        "{who} : pas encore partie, prête depuis le {when}",
    ),
    "alerts.told.given_up": (
        "{who}: not accepted within a day, given up; ready since {when}",
        "{who} : refusée pendant un jour, abandonnée ; prête depuis le {when}",
    ),
    "alerts.told.list": (
        "No message: the room names no webhook and no mail server. On this page since {when}",
        "Aucun message : la salle n'a ni webhook ni serveur de courriel. Sur cette page depuis le "
        "{when}",
    ),
    "alerts.addresses": ("the addresses of the room", "les adresses de la salle"),
    "alerts.way.webhook": ("webhook", "webhook"),
    "alerts.way.mail": ("e-mail", "courriel"),
    "alerts.next_title": ("Who is told next", "Qui est prévenu ensuite"),
    "alerts.next": ("goes to {role}, on {when}", "passe à {role}, le {when}"),
    "alerts.next_none": ("nobody, as it is acknowledged", "personne : elle est prise en compte"),
    "alerts.next_last": (
        "nobody: every role up to the top was told",
        "personne : toutes les fonctions jusqu'au sommet sont prévenues",
    ),
    "alerts.next_notice": (
        "nobody: a notice is not passed on",
        "personne : un avis n'est pas transmis",
    ),
    "alerts.moves": ("Moves of the plan that help", "Transferts du plan qui aident"),
    "alerts.no_moves": ("the plan has none", "le plan n'en a pas"),
    "alerts.do_answer": ("Acknowledge", "Prendre en compte"),
    "alerts.field.answer": (
        "Note: what is being done (no names)",
        "Note : ce qui est fait (sans noms)",
    ),
    "alerts.briefing": ("Alert", "Alerte"),
    "alerts.csv": ("These alerts as CSV", "Ces alertes en CSV"),
}

"""Messages of the frame around every page: sections, releases, sign-in, errors."""

from __future__ import annotations

__all__ = ["FRAME_MESSAGES"]

FRAME_MESSAGES: dict[str, tuple[str, str]] = {
    # The frame of every page
    "app.skip": ("Skip to the content", "Aller au contenu"),
    "app.sections": ("Sections", "Rubriques"),
    "app.briefing": ("Briefing", "Point de situation"),
    "app.shortages": ("Shortages", "Pénuries"),
    "app.plan": ("Plan", "Plan"),
    "app.propagation": ("Propagation", "Propagation"),
    "app.data": ("Data", "Données"),
    "app.governance": ("Governance", "Gouvernance"),
    "app.not_built": ("not built yet", "pas encore construit"),
    "app.language": ("Language", "Langue"),
    "app.as_known_on": ("As known on", "Tel que connu le"),
    "app.show": ("Show", "Afficher"),
    "app.release": ("Release {release}", "Publication {release}"),
    "app.releases": ("All releases", "Toutes les publications"),
    "app.footer": (
        "Release {release}, as of {day}, published {published}.",
        "Publication {release}, au {day}, diffusée le {published}.",
    ),
    "app.advises": (
        "Vigie advises; a named role decides.",
        "Vigie conseille ; une fonction nommée décide.",
    ),
    "app.older": (
        "You read an older release. Release {release} of {published} is in force.",
        "Vous lisez une publication antérieure. La publication {release} du {published} fait foi.",
    ),
    "app.show_current": ("Show it", "L'afficher"),
    # Releases
    "releases.title": ("Releases", "Publications"),
    "releases.caption": (
        "Each release stays readable as it was.",
        "Chaque publication reste lisible telle quelle.",
    ),
    "releases.id": ("Release", "Publication"),
    "releases.as_of": ("As of", "Au"),
    "releases.published": ("Published", "Diffusée"),
    "releases.state": ("State", "État"),
    "releases.current": ("in force", "en vigueur"),
    "releases.earlier": ("earlier", "antérieure"),
    "releases.none": (
        "No release yet. The first appears when vigie run has ended well.",
        "Aucune publication. La première apparaîtra quand vigie run aura réussi.",
    ),
    # Sign-in and errors
    "sign_in.title": ("Sign in", "Connexion"),
    "sign_in.needed": (
        "This room is open to its operator only.",
        "Cette salle n'est ouverte qu'à son opérateur.",
    ),
    "sign_in.how": (
        "Open the sign-in link that vigie serve printed when it started. It is valid as long as "
        "that server runs.",
        "Ouvrez le lien de connexion affiché par vigie serve au démarrage. Il est valable tant "
        "que ce serveur tourne.",
    ),
    "sign_in.wrong": (
        "This sign-in link is not the one of the running server.",
        "Ce lien de connexion n'est pas celui du serveur en marche.",
    ),
    "sign_in.done": ("You are signed in.", "Vous êtes connecté."),
    "sign_in.go": ("Open the briefing", "Ouvrir le point de situation"),
    "error.title": ("This did not work", "Cela n'a pas fonctionné"),
    "error.not_found": ("There is no such page", "Cette page n'existe pas"),
    "error.no_page": (
        "No page has this address. The briefing is at /briefing.",
        "Aucune page n'a cette adresse. Le point de situation est à /briefing.",
    ),
    "error.refused": ("You may not see this", "Vous n'avez pas accès à ceci"),
    "error.refused_act": (
        "You may not do this; nothing was changed",
        "Vous ne pouvez pas faire ceci ; rien n'a changé",
    ),
    "error.broken": (
        "A fault in Vigie stopped this page. Nothing was changed; the last release stays "
        "readable. Tell your operator the time of this message.",
        "Un défaut de Vigie a arrêté cette page. Rien n'a changé ; la dernière publication reste "
        "lisible. Indiquez l'heure de ce message à votre opérateur.",
    ),
    "error.back": ("Back to the briefing", "Retour au point de situation"),
    "error.date": (
        'as_known_on: "{text}" is not a day (expected YYYY-MM-DD).',
        "as_known_on : « {text} » n'est pas un jour (attendu : AAAA-MM-JJ).",
    ),
}

"""Messages about scenarios: what would be otherwise, and by how much. Never called a forecast."""

from __future__ import annotations

__all__ = ["SCENARIO_MESSAGES"]

SCENARIO_MESSAGES: dict[str, tuple[str, str]] = {
    "scenario.title": ("What if?", "Et si ?"),
    "scenario.label": ("Not a forecast.", "Ceci n'est pas une prévision."),
    "scenario.notice": ("Scenario, not a forecast", "Scénario, pas une prévision"),
    "scenario.from": (
        "If R were multiplied by {factor} from {first}",
        "Si R était multiplié par {factor} à partir du {first}",
    ),
    "scenario.span": (
        "If R were multiplied by {factor} from {first} to {last}",
        "Si R était multiplié par {factor} du {first} au {last}",
    ),
    "scenario.finding": (
        "{condition}: {difference} in {days} days ({range}). Not a forecast.",
        "{condition} : {difference} en {days} jours ({range}). Ceci n'est pas une prévision.",
    ),
    "scenario.no_difference": (
        "{condition}: less than 1 more or fewer of {unit} in {days} days. Not a forecast.",
        "{condition} : moins de 1 de plus ou de moins en {days} jours ({unit}). Ceci n'est pas une "
        "prévision.",
    ),
    "scenario.fewer": ("{count} fewer {unit}", "{count} {unit} de moins"),
    "scenario.more": ("{count} more {unit}", "{count} {unit} de plus"),
    "scenario.range": ("{low} to {high}", "{low} à {high}"),
    "scenario.range_across": (
        "{low} fewer to {high} more",
        "de {low} de moins à {high} de plus",
    ),
    "scenario.sentence": ("{title}. {label}", "{title}. {label}"),
    "scenario.assumed": ("Assumed", "Hypothèse"),
    "scenario.change_from": ("R × {factor} from {first}", "R × {factor} à partir du {first}"),
    "scenario.change_span": (
        "R × {factor} from {first} to {last}",
        "R × {factor} du {first} au {last}",
    ),
    "scenario.change_past": (
        "R × {factor}: on no day of this outlook",
        "R × {factor} : aucun jour de cet horizon",
    ),
    "scenario.clipped": (
        "{change} (declared from {declared}; the days before are reported already)",
        "{change} (déclaré à partir du {declared} ; les jours précédents sont déjà connus)",
    ),
    "scenario.immunity": ("Immunity", "Immunité"),
    "scenario.susceptible": (
        "{share}% of people can still be infected on the last day reported, where the population "
        "is known",
        "{share} % des personnes peuvent encore être infectées le dernier jour déclaré, là où la "
        "population est connue",
    ),
    "scenario.why": ("Why it is asked", "Question posée"),
    "scenario.source": ("Source of the figures", "Source des hypothèses"),
    "scenario.subtitle": (
        "{name}, {place}, {unit} a day to {last} (blue: nothing changes; brown, dashed: the "
        "scenario, median and 90 in 100 range)",
        "{name}, {place}, {unit} par jour jusqu'au {last} (bleu : rien ne change ; brun, tirets : "
        "le scénario, médiane et fourchette à 90 sur 100)",
    ),
    "scenario.alternative": (
        "Scenario, not a forecast. {name}, {place}: median of {value} on {last} under the scenario "
        "(90 in 100 range {low} to {high}), {without} if nothing changes.",
        "Scénario, pas une prévision. {name}, {place} : médiane de {value} le {last} dans le "
        "scénario (fourchette à 90 sur 100 : {low} à {high}), {without} si rien ne change.",
    ),
    "scenario.range_90": ("90 in 100", "90 sur 100"),
    "scenario.median": ("scenario: {value}", "scénario : {value}"),
    "scenario.without": ("unchanged: {value}", "inchangé : {value}"),
    "scenario.col_scenario": ("scenario, median", "scénario, médiane"),
    "scenario.col_scenario_range": (
        "scenario, 90 in 100 range",
        "scénario, fourchette à 90 sur 100",
    ),
    "scenario.col_without": ("unchanged, median", "inchangé, médiane"),
    "scenario.col_without_range": (
        "unchanged, 90 in 100 range",
        "inchangé, fourchette à 90 sur 100",
    ),
    "scenario.col_difference": ("difference up to this day", "écart cumulé jusqu'à ce jour"),
    "scenario.picture_source": (
        "Scenario {scenario}. Vigie, release {release}",
        "Scénario {scenario}. Vigie, publication {release}",
    ),
    "scenario.note": (
        "A scenario says what would follow if its assumptions held. Nobody says that they will: it "
        "is compared with the same outlook without them, on the same draws, and never scored. "
        "Ranges of the difference are 90 in 100. Left out: what people do by themselves when the "
        "epidemic changes, and mixing between places.",
        "Un scénario dit ce qui suivrait si ses hypothèses étaient vraies, sans dire qu'elles le "
        "seront : il est comparé au même horizon sans elles, sur les mêmes tirages, et n'est "
        "jamais noté. Les fourchettes de l'écart sont à 90 sur 100. Non pris en compte : les "
        "changements spontanés de comportement et les contacts entre territoires.",
    ),
    "scenario.rest.one": (
        "{count} more scenario: vigie show scenarios.",
        "{count} autre scénario : vigie show scenarios.",
    ),
    "scenario.rest.many": (
        "{count} more scenarios: vigie show scenarios.",
        "{count} autres scénarios : vigie show scenarios.",
    ),
}

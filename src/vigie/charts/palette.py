"""Every colour of pages, charts and print, once.

A network may change its logo, its name and ``accent``; nothing else. Contrast and distance
under simulated colour-blind vision are tests of this file.
"""

from __future__ import annotations

__all__ = [
    "ACCENT",
    "CAPACITY",
    "CHANCE_FILLS",
    "FORECAST",
    "FORECAST_50",
    "FORECAST_95",
    "GROUND",
    "GROUND_SOFT",
    "INK",
    "REPORTED",
    "RULE",
    "SCENARIO",
    "SHARE_FILLS",
    "STATUS",
    "css_variables",
]

GROUND = "#FFFFFF"
GROUND_SOFT = "#F6F7F9"
INK = "#14181F"
ACCENT = "#0B4F8A"
RULE = "#C9CED6"

FORECAST = "#1F5FA8"
FORECAST_50 = "#9DBDE2"
FORECAST_95 = "#D6E4F3"
REPORTED = "#7A828E"
SCENARIO = "#8C4A00"
CAPACITY = INK

CHANCE_FILLS = (
    ("#FFFFFF", INK),
    ("#FBE5BD", INK),
    ("#F4B063", INK),
    ("#DD5B22", INK),
    ("#8A1538", "#FFFFFF"),
)
"""Fill and text colour of the five steps of a chance of shortage, from low to high."""

SHARE_FILLS = (
    ("#F8FAFD", INK),
    ("#C6DAF0", INK),
    ("#93B9E0", INK),
    ("#3E76B6", "#FFFFFF"),
    ("#0F3B6E", "#FFFFFF"),
)
"""Fill and text colour of the five steps of a share that is known, from little to all."""

STATUS = {
    "fine": "#1B6E4A",
    "stale": "#5B6470",
    "conflict": "#7A4B00",
    "missing": "#5B6470",
    "withheld": "#5B6470",
    "failed": "#8A1538",
}
"""Colour that repeats what the word and the sign of a state already say."""


def css_variables(accent: str = ACCENT) -> str:
    """The palette as custom properties of a style sheet, with the network's accent."""
    names = {
        "ground": GROUND,
        "ground-soft": GROUND_SOFT,
        "ink": INK,
        "accent": accent,
        "rule": RULE,
        "forecast": FORECAST,
        **{f"status-{state}": colour for state, colour in STATUS.items()},
    }
    for step, (fill, text) in enumerate(CHANCE_FILLS):
        names[f"chance-{step}"] = fill
        names[f"chance-{step}-ink"] = text
    return ":root{" + "".join(f"--{name}:{colour};" for name, colour in names.items()) + "}\n"

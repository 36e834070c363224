"""What a model of the product set itself in this run: kept with the choice of models, and told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from vigie.actions.forecasts.flow_models import baseline_of
from vigie.actions.forecasts.forecasting import History
from vigie.actions.forecasts.renewal_forecasts import RENEWAL_FLOW_MODEL
from vigie.actions.views.late_lines import late_sentence, open_steps
from vigie.actions.words.wording import Words
from vigie.epidemiology import SIGNALS_MODEL

__all__ = ["setting_sentence", "settings_of"]


def settings_of(histories: Mapping[str, History]) -> dict[tuple[str, str], str]:
    """Settings as text of JSON, by measure and model.

    Args:
        histories: forecast measures with what stands beside them, by name.
    """
    found = {}
    for name, history in histories.items():
        late = open_steps(history)
        if late is not None:
            found[name, baseline_of(history).name] = json.dumps(late.as_settings())
        epidemics = history.beside.epidemics
        if epidemics:
            rows = [
                {
                    "category": category,
                    "damping_per_day": terms.damping_per_day or _usual_damping(),
                    "origins": terms.origins,
                    "spread": {str(horizon): factor for horizon, factor in terms.spread.items()},
                    "forecasts": terms.forecasts,
                }
                for category, terms in sorted(epidemics.items())
            ]
            found[name, RENEWAL_FLOW_MODEL] = json.dumps({"epidemics": rows})
        if history.beside.signals:
            signals = [
                {"signal": each.name, "lead_days": each.lead_days}
                for each in history.beside.signals
            ]
            found[name, SIGNALS_MODEL] = json.dumps({"signals": signals})
    return found


def _usual_damping() -> float:
    from vigie.epidemiology.renewal import RenewalRules

    return RenewalRules().damping_per_day


def setting_sentence(text: str, words: Words) -> str:
    """Settings as people read them; "" without any.

    Args:
        text: as ``settings_of`` gives it, or "".
        words: of the reader.
    """
    if not text:
        return ""
    told: Mapping[str, Any] = json.loads(text)
    parts: list[str] = []
    for one in told.get("epidemics", ()):
        said = words.semicolon.join(_of_epidemic(one, words))
        # Categories of one epidemic have the same settings.
        if said not in parts:
            parts.append(said)
    signals = [
        words.count("scores.signal", each["lead_days"], name=each["signal"])
        for each in told.get("signals", ())
    ]
    if signals:
        parts.append(words.say("scores.signals", names=words.semicolon.join(signals)))
    if told.get("late"):
        parts.append(late_sentence(told["late"], words))
    return words.semicolon.join(parts)


def _of_epidemic(one: Mapping[str, Any], words: Words) -> Iterator[str]:
    damping = words.decimal(one["damping_per_day"], 2)
    if one["origins"]:
        yield words.say("scores.damping", damping=damping, origins=words.number(one["origins"]))
    else:
        yield words.say("scores.damping_usual", damping=damping)
    if one["spread"]:
        factors = ", ".join(
            words.count("scores.spread_at", int(horizon), factor=words.decimal(factor, 2))
            for horizon, factor in one["spread"].items()
        )
        yield words.say("scores.spread", factors=factors)

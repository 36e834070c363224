"""The pictures of the page of scores: error by week, and where outcomes fell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from vigie.actions.forecasts.summed_totals import SUM_MODEL
from vigie.actions.views.score_board import MeasureScores
from vigie.actions.views.views import Picture
from vigie.actions.words.wording import Words
from vigie.charts import (
    PitWords,
    RatioLine,
    RatioWords,
    draw_pit,
    draw_ratios,
    whole_in_100,
)

__all__ = ["pit_picture", "weeks_picture"]

_MOST_LINES = 4
_FULL = 1.3
NameOf = Callable[[str, Words], str]
FloatArray = NDArray[np.float64]


def pit_picture(
    scores: MeasureScores, measure: str, words: Words, release: str, name_of: NameOf
) -> Picture | None:
    """Where the outcomes fell in the forecasts of the published model; None before any."""
    model = scores.published
    if model.whole is None or not model.whole.pit:
        return None
    shares = np.array(model.whole.pit, dtype=np.float64)
    name = name_of(model.model, words)
    finding = words.say(f"scores.pit.{_shape(shares)}", name=measure)
    alternative = words.say(
        "scores.pit_alternative",
        name=measure,
        model=name,
        low=whole_in_100(shares[0]),
        high=whole_in_100(shares[-1]),
    )
    pit_words = PitWords(
        title=finding,
        description=alternative,
        low=words.say("scores.pit_low"),
        middle=words.say("scores.pit_middle"),
        high=words.say("scores.pit_high"),
        expected=words.say("scores.pit_expected"),
        number=words.number,
    )
    return Picture(
        name=f"scores-pit-{scores.measure}",
        finding=finding,
        subtitle=words.say(
            "scores.pit_subtitle",
            model=name,
            first=words.day(model.whole.from_date),
            last=words.day(model.whole.to_date),
        ),
        alternative=alternative,
        source=words.say("scores.source", release=release),
        header=(words.say("scores.pit_bin"), words.say("scores.pit_share")),
        rows=tuple(
            (words.number(number + 1), words.number(round(100 * share, 1)))
            for number, share in enumerate(shares.tolist())
        ),
        draw=lambda is_narrow: draw_pit(shares, pit_words, is_narrow=is_narrow),
    )


def weeks_picture(
    scores: MeasureScores, measure: str, words: Words, release: str, name_of: NameOf
) -> Picture | None:
    """Weekly error of the models against the baseline; None with fewer than two weeks of them."""
    # The sum of places has tasks of totals alone: its weeks are not those of the others.
    scored = [m for m in scores.models if m.cuts.get("week") and m.model != SUM_MODEL]
    models = [model for model in scored if not model.is_baseline][:_MOST_LINES]
    weeks = sorted({cut.name for model in models for cut in model.cuts["week"]})
    if len(weeks) < 2:
        return None
    mondays = np.array(weeks, dtype="datetime64[D]")
    lines = []
    for model in models:
        by_week = {cut.name: cut.wis_ratio for cut in model.cuts["week"]}
        told = [by_week.get(week) for week in weeks]
        ratios = np.array([np.nan if each is None else each for each in told])
        lines.append(RatioLine(model.model, ratios, model.is_published))
    known = lines[0].ratios[np.isfinite(lines[0].ratios)]
    if not len(known):
        return None
    better = words.number(int((known < 1).sum()))
    count = words.number(len(known))
    finding = words.say(
        "scores.weeks_title", name=measure, model=models[0].model, better=better, weeks=count
    )
    alternative = words.say(
        "scores.weeks_alternative",
        name=measure,
        model=name_of(models[0].model, words),
        better=better,
        weeks=count,
        last=words.number(round(float(known[-1]), 2)),
    )
    ratio_words = RatioWords(
        title=finding,
        description=alternative,
        baseline=words.say("scores.baseline_line"),
        day=words.day,
        number=words.number,
    )
    return Picture(
        name=f"scores-weeks-{scores.measure}",
        finding=finding,
        subtitle=words.say(
            "scores.weeks_subtitle",
            first=words.day(date.fromisoformat(weeks[0])),
            last=words.day(date.fromisoformat(weeks[-1])),
        ),
        alternative=alternative,
        source=words.say("scores.source", release=release),
        header=(words.say("scores.week"), *(line.name for line in lines)),
        rows=tuple(
            (
                words.day(date.fromisoformat(week)),
                *(_cell(float(line.ratios[at]), words) for line in lines),
            )
            for at, week in enumerate(weeks)
        ),
        draw=lambda is_narrow: draw_ratios(mondays, lines, ratio_words, is_narrow=is_narrow),
    )


def _shape(shares: FloatArray) -> str:
    """What a histogram says: an end counts as high from 1.3 times its even share on."""
    even = 1 / len(shares)
    is_low, is_high = shares[0] > _FULL * even, shares[-1] > _FULL * even
    if is_low and is_high:
        return "narrow"
    if is_low or is_high:
        return "low" if is_low else "high"
    is_wide = shares[0] < even / _FULL and shares[-1] < even / _FULL
    return "wide" if is_wide else "even"


def _cell(ratio: float, words: Words) -> str:
    return words.say("state.missing") if np.isnan(ratio) else words.number(round(ratio, 2))

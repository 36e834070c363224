"""The page of scores: which model is published, how good each was, when and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vigie.actions.forecasts.summed_totals import SUM_MODEL
from vigie.actions.pages.model_settings import setting_sentence
from vigie.actions.pages.score_pictures import pit_picture, weeks_picture
from vigie.actions.scores.levels import Level
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.score_board import Cut, MeasureScores, ModelScores, read_score_board
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.messages import MESSAGES, Language
from vigie.actions.words.wording import Words, words_for
from vigie.charts import whole_in_100

__all__ = [
    "MeasureBoard",
    "ModelRow",
    "PartRow",
    "ScoresPage",
    "build_scores_page",
    "model_name",
    "ratio_text",
]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in the table of a measure; texts as read, "" where nothing is known."""

    name: str
    key: str
    state: str
    is_published: bool
    tasks: str
    ratio: str
    log_ratio: str
    inside_50: str
    inside_95: str
    brier: str
    since: str
    note: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A phase, horizon or group of places, with the error ratio of each model."""

    name: str
    tasks: str
    wis: str
    inside_95: str
    ratios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureBoard:
    """The scores of a measure.

    Attributes:
        key, name: of the measure.
        sentences: what is published and how good it was.
        warnings: replaced models and drift, to be read first.
        models: rows of all models, the published one first.
        others: names of the models of the columns of ratios.
        parts: rows by phase, horizon and group of places, for the published model.
        pictures: error by week, and PIT histogram.
    """

    key: str
    name: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    models: tuple[ModelRow, ...]
    others: tuple[str, ...]
    parts: tuple[PartRow, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class ScoresPage:
    """The page of one release, in one language."""

    language: Language
    room_name: str
    release: str
    as_of: date
    published_at: datetime
    boards: tuple[MeasureBoard, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of all measures."""
        return tuple(picture for board in self.boards for picture in board.pictures)


def build_scores_page(tables: ReleaseTables, *, language: Language) -> ScoresPage:
    """The page of scores of a release, in one language."""
    words = words_for(language)
    names = read_names(tables, language)
    boards = [
        _board(scores, names, words, tables.release)
        for scores in read_score_board(tables)
        if scores.measure in names.measures
    ]
    return ScoresPage(
        language,
        tables.room_name,
        tables.release,
        tables.as_of,
        tables.published_at,
        tuple(boards),
    )


def model_name(model: str, words: Words) -> str:
    """A model as people read it: its name, and what it does."""
    key = f"model.{model}"
    return f"{model} ({words.say(key)})" if key in MESSAGES else model


def ratio_text(ratio: float | None, words: Words) -> str:
    """A ratio with two decimals; "" when unknown."""
    if ratio is None:
        return ""
    text = f"{ratio:.2f}"
    return text.replace(".", ",") if words.language == "fr" else text


def _board(scores: MeasureScores, names: RoomNames, words: Words, release: str) -> MeasureBoard:
    measure = names.measures[scores.measure]
    pictures = (
        weeks_picture(scores, measure.name, words, release, model_name),
        pit_picture(scores, measure.name, words, release, model_name),
    )
    return MeasureBoard(
        key=scores.measure,
        name=measure.name,
        sentences=(*_sentences(scores, words), *_totals_sentences(scores, words)),
        warnings=_warnings(scores, words),
        models=tuple(_model_row(model, words) for model in scores.models),
        others=tuple(model.model for model in scores.models if not model.is_baseline),
        parts=tuple(_parts(scores, measure.step, words)),
        pictures=tuple(picture for picture in pictures if picture is not None),
    )


def _sentences(scores: MeasureScores, words: Words) -> tuple[str, ...]:
    model = scores.published
    name = model_name(model.model, words)
    said = (
        words.say("scores.published_since", model=name, day=words.full_day(model.since))
        if model.since and not model.is_baseline
        else words.say("scores.published", model=name)
    )
    found = [said]
    if model.is_baseline:
        found.append(words.say("scores.is_baseline"))
    elif model.ratio is not None:
        # As the table below has it; the ratio of the choice counts other weeks.
        told = model.whole.wis_ratio if model.whole else None
        ratio = model.ratio if told is None else told
        found.append(words.say("scores.against", ratio=ratio_text(ratio, words)))
    if model.whole is None:
        return (*found, words.say("scores.not_yet"))
    whole = model.whole
    found.append(
        words.say(
            "scores.coverage",
            inside_95=whole_in_100(whole.coverage_95),
            inside_50=whole_in_100(whole.coverage_50),
        )
    )
    if whole.made_after:
        found.append(
            words.say(
                "scores.made_after" if whole.made_after < whole.tasks else "scores.all_made_after",
                tasks=words.number(whole.tasks),
                count=words.number(whole.made_after),
            )
        )
    return tuple(found)


def _totals_sentences(scores: MeasureScores, words: Words) -> tuple[str, ...]:
    """Which forecast of regions and nation is published, and how the two compare."""
    summed = next((each for each in scores.totals if each.model == SUM_MODEL), None)
    if summed is None:
        return ()
    if summed.state == "reported":
        return (words.say("scores.totals_reported"),)
    if summed.is_published:
        own = next((each for each in scores.totals if each.state == "beside"), None)
        said = words.say("scores.totals_sum")
    else:
        own = scores.totals[0]
        said = words.say("scores.totals_own", model=model_name(own.model, words))
    if own is None or own.ratio is None or summed.ratio is None:
        return (said,)
    ratios = words.say(
        "scores.totals_ratios",
        sum=ratio_text(summed.ratio, words),
        own=ratio_text(own.ratio, words),
    )
    return said, ratios


def _warnings(scores: MeasureScores, words: Words) -> tuple[str, ...]:
    found = [
        words.say(
            "scores.replaced",
            model=model_name(model.model, words),
            ratio=ratio_text(model.ratio, words),
            day=words.full_day(model.since),
        )
        for model in scores.models
        if model.state == "replaced" and model.since is not None
    ]
    drift = scores.published.drift_date
    if drift is not None:
        found.append(words.say("scores.drift", day=words.full_day(drift)))
    return tuple(found)


def _model_row(model: ModelScores, words: Words) -> ModelRow:
    whole = model.whole
    state = model.state
    if model.is_published and model.is_baseline:
        state = "published_baseline"
    elif model.is_published and model.level == Level.TOTALS:
        state = "published_totals"
    return ModelRow(
        name=words.say(f"model.{model.model}") if f"model.{model.model}" in MESSAGES else "",
        key=model.model,
        state=words.say(f"scores.state.{state}"),
        is_published=model.is_published,
        tasks=words.number(whole.tasks) if whole else "0",
        ratio=ratio_text(whole.wis_ratio, words) if whole else "",
        log_ratio=ratio_text(whole.log_wis_ratio, words) if whole else "",
        inside_50=str(whole_in_100(whole.coverage_50)) if whole else "",
        inside_95=str(whole_in_100(whole.coverage_95)) if whole else "",
        brier=ratio_text(whole.brier, words) if whole else "",
        since=words.day(model.since) if model.since else "",
        note=model.message or setting_sentence(model.settings, words),
    )


def _parts(scores: MeasureScores, step: str, words: Words) -> list[PartRow]:
    """Phases, horizons and groups, of the published model; ratios of all but the baseline."""
    found = []
    others = [model for model in scores.models if not model.is_baseline]
    for kind in ("phase", "horizon", "group"):
        for cut in scores.published.cuts.get(kind, ()):
            if kind == "horizon":
                name = words.count(f"scores.horizon.{step}", int(cut.name))
            else:
                name = words.say(f"scores.{kind}.{cut.name}")
            ratios = tuple(_ratio_of(model.cuts.get(kind, ()), cut.name, words) for model in others)
            found.append(
                PartRow(
                    name=name,
                    tasks=words.number(cut.tasks),
                    wis=words.number(cut.wis),
                    inside_95=str(whole_in_100(cut.coverage_95)),
                    ratios=ratios,
                )
            )
    return found


def _ratio_of(cuts: Sequence[Cut], name: str, words: Words) -> str:
    found = next((cut for cut in cuts if cut.name == name), None)
    return ratio_text(found.wis_ratio, words) if found else ""

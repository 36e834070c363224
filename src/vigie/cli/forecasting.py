"""Commands that make and score forecasts, of hubs and of files of series."""

from __future__ import annotations

import argparse

from vigie.cli.context import Context

__all__ = ["forecast_hub", "forecast_occupancy", "forecast_series", "forecast_shares", "score"]

_COLUMNS = {
    "model": "model",
    "tasks": "tasks",
    "share": "share",
    "wis_ratio": "WIS ratio",
    "relative_wis": "rel. WIS",
    "log_wis_ratio": "log-WIS ratio",
    "coverage_50": "50 %",
    "coverage_95": "95 %",
    "mean_wis": "mean WIS",
}


def score(context: Context, arguments: argparse.Namespace) -> int:
    """vigie score FILE... --truth FILE --baseline MODEL."""
    from vigie.actions.loose_files.scoring import Selection, score_files

    selection = Selection(
        horizons=tuple(arguments.horizons),
        since=arguments.since,
        until=arguments.until,
        locations=arguments.locations,
        models=tuple(arguments.models),
        target=arguments.target,
        only_of_baseline=not arguments.all_tasks,
        least_share=arguments.least_share,
    )
    tables = score_files(
        arguments.forecasts,
        arguments.truth,
        baseline=arguments.baseline,
        selection=selection,
        by=arguments.by or "",
    )
    lines: list[str] = []
    for value, rows in tables.items():
        lines += [f"{arguments.by} {value}"] if arguments.by else []
        cells = [[_cell(getattr(row, name)) for name in _COLUMNS] for row in rows]
        lines += context.table(list(_COLUMNS.values()), cells)
    context.give(tables if arguments.by else tables[""], lines)
    return 0


def _cell(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value


def forecast_hub(context: Context, arguments: argparse.Namespace) -> int:
    """vigie forecast hub --data DIR --season SEASON --out FILE."""
    from vigie.actions.loose_files.hub_forecasting import forecast_hub as act

    made = act(
        arguments.data,
        arguments.season,
        arguments.out,
        model=f"vigie-{arguments.model}",
        progress=context.progress,
    )
    context.give(
        made,
        [
            f"{made.file}: {made.rows} quantiles of {made.model}, {made.rounds} rounds of "
            f"{made.locations} locations."
        ],
    )
    return 0


def forecast_series(context: Context, arguments: argparse.Namespace) -> int:
    """vigie forecast series --data FILE --target NAME --origins FILE --horizons 7,14 --out FILE."""
    from vigie.actions.loose_files.series_forecasting import forecast_series as act

    made = act(
        arguments.data,
        arguments.target,
        arguments.origins,
        arguments.horizons,
        arguments.out,
        id_column=arguments.id,
        progress=context.progress,
    )
    context.give(
        made,
        [
            f"{made.file}: {made.rows} quantiles of {made.model}, {made.origins} origins of "
            f"{made.series} series by {made.step}."
        ],
    )
    return 0


def forecast_occupancy(context: Context, arguments: argparse.Namespace) -> int:
    """vigie forecast occupancy --data DIR --origins FILE --out FILE."""
    from vigie.actions.loose_files.occupancy_forecasting import forecast_occupancy as act

    made = act(
        arguments.data,
        arguments.origins,
        arguments.out,
        horizons=arguments.horizons,
        progress=context.progress,
    )
    known = ", ".join(made.known)
    context.give(
        made,
        [
            f"{made.file}: {made.rows} quantiles of {made.model}, {made.origins} origins of "
            f"{made.series} places, from {known}."
        ],
    )
    return 0


def forecast_shares(context: Context, arguments: argparse.Namespace) -> int:
    """vigie forecast shares --data FILE --target NAME --of NAME --origins FILE --out FILE."""
    from vigie.actions.loose_files.share_forecasting import forecast_shares as act

    made = act(
        arguments.data,
        arguments.target,
        arguments.origins,
        arguments.horizons,
        arguments.out,
        of=arguments.of,
        where=dict(arguments.where),
        id_column=arguments.id,
        unit=arguments.unit,
        alerts=arguments.alerts,
        progress=context.progress,
    )
    lines = [
        f"{made.file}: {made.rows} quantiles of {made.model}, {made.origins} origins of "
        f"{made.series} places, from {', '.join(made.known)}."
    ]
    if made.left_out:
        lines.append(f"Left out: {made.left_out} times a place before its first value.")
    if arguments.alerts:
        lines.append(f"{arguments.alerts}: {made.alerts} chances of an unusually high share.")
    context.give(made, lines)
    return 0

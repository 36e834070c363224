"""Forecasts and scores of files outside any room: hubs, series, occupancy and shares.

The same models as in a room, asked by one command with a file in and a file out.
"""

__all__: list[str] = []

"""Forecasts of measures in a room: histories, models that compete, what they know beside a measure.

Models themselves live on floor 2; here they are handed the days, places and surroundings that a
room has, and what was known on an earlier day is put together again.
"""

__all__: list[str] = []

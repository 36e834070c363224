"""Every forecast scored: tasks that fall due, rows of scores, standings of models, alarms of drift.

What is published follows from the standings kept here; the page of scores shows the same rows.
"""

__all__: list[str] = []

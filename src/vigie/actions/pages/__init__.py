"""One builder for each page, and what it shows: briefing, place, shortages, plan, scores, pictures.

A builder opens the release, takes its views and pictures, and hands them to ``web`` or to paper.
"""

__all__: list[str] = []

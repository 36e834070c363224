"""Declared epidemics of a room: fits, reproduction numbers, nowcasts from the revisions kept.

The equations live in ``epidemiology``; these modules hand them the reports of a room.
"""

__all__: list[str] = []

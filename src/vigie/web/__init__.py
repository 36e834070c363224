"""Pages for people: sign-in, the briefing, the pages of places and the list of releases.

Here live addresses, templates, the style sheet and the headers of answers. No figure is computed
and no rule is kept here: a page parses its address, asks actions for a view and renders it.
"""

from vigie.web.app import create_app
from vigie.web.room import RoomReader

__all__ = ["RoomReader", "create_app"]

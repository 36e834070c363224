"""File access for Iceberg in a room that may have moved since its metadata were written."""

from __future__ import annotations

from collections.abc import Mapping

from pyiceberg.io.pyarrow import PyArrowFileIO

__all__ = ["RoomFileIO"]

_FILE = "file://"


class RoomFileIO(PyArrowFileIO):  # type: ignore[misc]  # pyiceberg's types are not followed
    """Finds locations below the recorded folder in the folder where the lake is now.

    Files keep their recorded location as their name, so that what is written after a move can
    be read after the next one.
    """

    @staticmethod
    def parse_location(location: str, properties: Mapping[str, str]) -> tuple[str, str, str]:
        """Scheme, host and path of a location; the path is where the file is now.

        The path is taken as it stands: a folder may be named "room #1".
        """
        path = location.removeprefix(_FILE)
        recorded = properties["vigie.recorded"]
        if path.startswith(recorded + "/"):
            path = properties["vigie.actual"] + path[len(recorded) :]
        return "file", "", path

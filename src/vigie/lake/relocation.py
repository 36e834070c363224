"""File access for Iceberg in a room that may have moved since its metadata were written."""

from __future__ import annotations

from pyiceberg.io import InputFile, OutputFile
from pyiceberg.io.pyarrow import PyArrowFileIO

__all__ = ["RoomFileIO"]


class RoomFileIO(PyArrowFileIO):  # type: ignore[misc]  # pyiceberg's types are not followed
    """Maps locations below the recorded folder to the folder where the lake is now."""

    def _here(self, location: str) -> str:
        recorded: str = self.properties["vigie.recorded"]
        path = location.removeprefix("file://")
        if path.startswith(recorded + "/"):
            return f"file://{self.properties['vigie.actual']}{path[len(recorded) :]}"
        return location

    def new_input(self, location: str) -> InputFile:
        """A file to read, where it is now."""
        return super().new_input(self._here(location))

    def new_output(self, location: str) -> OutputFile:
        """A file to write, where the room is now."""
        return super().new_output(self._here(location))

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Remove a file, where it is now."""
        where = location if isinstance(location, str) else location.location
        super().delete(self._here(where))

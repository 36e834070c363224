"""What people write into the folders of a room beside its tables: scenarios, wishes, own models.

Each reader says what is wrong, in which file and what to do; nothing is computed from the files
here, so that ``vigie check`` may read them without a lake.
"""

__all__: list[str] = []

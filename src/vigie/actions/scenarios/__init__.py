"""Named scenarios of a room, run beside their baseline on the same samples.

Files of scenarios are read in ``declared``; their effect on epidemics, beds and stocks is made
here.
"""

__all__: list[str] = []

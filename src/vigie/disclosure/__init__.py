"""Empty yet: what a table that leaves the house may reveal of persons.

Here will live suppression, rounding, the audit of tables against differencing, and noise, as pure
functions at the one exit. Pseudonyms on the way in are made by ``linkage``.
"""

__all__: list[str] = []

"""One function for each thing a person can do with a room; nothing else is called from above.

An act asks the one access decision, loads, calls the core, and commits its state row and its audit
record together. Packages from top to bottom: ``daily``, ``decisions``, ``pages``, ``views``,
``scenarios``, ``shortages``, ``scores``, ``epidemics``, ``forecasts``, ``rooms``, ``declared``,
``words``; ``loose_files`` stands beside ``daily``. Imports go down only. Modules are named after
the deeds (``receiving``, ``cycle``, ``releasing``) and after what a reader sees (``briefing``,
``place_page``); each is imported by its own name, so that a command loads no more than it needs. No
figure is invented here and no page is written: models live on floor 2, words on paper and screen in
``cli`` and ``web``.
"""

__all__: list[str] = []

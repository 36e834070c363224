"""What runs short: beds, staff, equipment and products on the same paths, and who can lend.

Histories, capacity and stock of a room are handed to ``hospital``, ``supply`` and ``planning``;
rows of chances, dates, advice and moves come back. What-ifs on wards and products run the same
code.
"""

__all__: list[str] = []

"""From a proposed move to its arrival: acceptance, approval, orders, outcomes, the book.

Who may decide what, and when an edited move is refused, is told by ``planning``; here it is
recorded in one transaction with its audit record.
"""

__all__: list[str] = []

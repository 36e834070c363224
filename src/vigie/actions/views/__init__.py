"""Tables of a release turned into what a reader sees: figures, sentences, lists, in their order.

No page is laid out here and no storage is opened: the rows of a release come in, frozen views go
out.
"""

__all__: list[str] = []

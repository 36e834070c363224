"""The words of pages and messages in both languages, in catalogues by subject.

Nothing here reads a room: a word is looked up by its key and its language. A change of wording
happens here and nowhere else.
"""

__all__: list[str] = []

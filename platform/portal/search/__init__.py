"""Finding: text cut into words, an index that follows the facts, one query that asks and permits at once."""

from portal.search.finding import Results, search

__all__ = ["Results", "search"]

"""Facts that change the search index."""

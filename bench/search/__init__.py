"""The search judged against queries with known answers (`python -m bench.search`)."""

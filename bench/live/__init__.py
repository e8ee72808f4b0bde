"""How fast and how surely live updates reach many: `make bench-live`."""

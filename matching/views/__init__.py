"""Pages of matching, one file a reader: volunteers and studio leads, workers, households, everybody."""

"""The reasons to refuse, one small function each, one file a process."""

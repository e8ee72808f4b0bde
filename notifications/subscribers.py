"""Which fact becomes which message for whom: the one screen that says so."""

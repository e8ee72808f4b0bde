"""500 people check in at one activity within one minute."""

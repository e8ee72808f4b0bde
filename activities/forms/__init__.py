"""What is typed about activities, one file a process."""

"""Pages of activities, attendance, hours and rankings; each view fetches by `visible_to`, asks a service, renders."""

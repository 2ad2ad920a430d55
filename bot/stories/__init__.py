"""Stories that the demo plays, and the configuration it plays them in: data."""

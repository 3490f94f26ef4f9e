"""Size of event tests and coverage of intervals in named designs."""

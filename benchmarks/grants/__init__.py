"""Values of granted patents."""

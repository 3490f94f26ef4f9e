"""A panel regression beside pyfixest."""

"""A book of pledge loans in many scenarios."""

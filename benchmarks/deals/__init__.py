"""A deal of 100 loans and three classes, beside peers."""

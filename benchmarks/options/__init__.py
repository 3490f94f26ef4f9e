"""American options under ruin, beside QuantLib."""

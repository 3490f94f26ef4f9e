"""An R&D project with uncertain cost and cash, in both conventions of its first outlay."""

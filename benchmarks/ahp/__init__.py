"""Pairwise judgements, beside ahpy."""

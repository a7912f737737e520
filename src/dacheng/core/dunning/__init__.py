"""Dunning (催收): what was done to collect a term, what was promised of it, and what follows (R151, R153)."""

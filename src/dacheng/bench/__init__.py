"""Benchmarks: ratios measured in one run against the contender that each goal names."""

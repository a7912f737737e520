"""The invented company: a seeded generator of facts, small for a first look and large for benchmarks."""

from dacheng.demo.company import generate, sign_in_people

__all__ = ["generate", "sign_in_people"]

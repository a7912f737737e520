"""The examples in the docstrings of the setting methods."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from dacheng.core.targets.setting import blending, composite, compounding, funnelling, outcome, wording


@pytest.mark.parametrize("module", [blending, composite, compounding, funnelling, outcome, wording])
def test_the_examples_in_the_docstrings_of_a_module_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)

    assert found.attempted and not found.failed

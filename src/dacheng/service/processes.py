"""Processes of this machine."""

from __future__ import annotations

import os


def has_ended(number: int) -> bool:
    """Tell whether a process of this machine has ended; one that is not ours to ask has not."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

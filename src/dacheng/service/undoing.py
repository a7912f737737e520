"""Taking back what was just saved."""

from __future__ import annotations

from dacheng.store.actions.undo import Undone, changes_of, entry_written, may_try_undo, may_undo, undo_edit

__all__ = ["Undone", "changes_of", "entry_written", "may_try_undo", "may_undo", "undo_edit"]

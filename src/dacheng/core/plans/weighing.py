"""What a breakdown can go by (权重来源): what each row achieved, is expected to, and how many people it has (R048)."""

from __future__ import annotations

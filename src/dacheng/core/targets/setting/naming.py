"""What the methods are called, and the words of the opportunity inventory."""

from __future__ import annotations

from dacheng.core.errors import Text

WEIGHTED, FUNNEL, INVENTORY, FORCED = "weighted", "funnel", "inventory", "forced"
METHODS: tuple[tuple[str, Text], ...] = (
    (WEIGHTED, Text("加权测算法", "Weighted estimate")),
    (FUNNEL, Text("销售漏斗法", "Funnel method")),
    (INVENTORY, Text("机会盘点法", "Opportunity inventory")),
    (FORCED, Text("强制增长法", "Forced growth")),
)
KINDS: tuple[tuple[str, Text], ...] = (
    ("renewal", Text("续约", "Renewal")),
    ("expansion", Text("增购扩容", "Expansion")),
    ("call_off", Text("框架下单", "Framework call-off")),
    ("named", Text("已有名目的新机会", "Named new opportunity")),
    ("potential", Text("尚无名目的潜力", "Unnamed potential")),
)
OPEN, ACCEPTED, REDUCED, REJECTED = "open", "accepted", "reduced", "rejected"
VERDICTS: tuple[tuple[str, Text], ...] = (
    (OPEN, Text("未质询", "Not challenged yet")),
    (ACCEPTED, Text("认可", "Accepted")),
    (REDUCED, Text("调减", "Reduced")),
    (REJECTED, Text("不认可", "Rejected")),
)

"""Every relation of Dacheng, in an order in which references point backwards."""

from __future__ import annotations

from dataclasses import replace

from dacheng.core.activity.schema import RELATIONS as ACTIVITY
from dacheng.core.budget.schema import RELATIONS as BUDGET
from dacheng.core.cash.schema import ALLOCATIONS as ALLOCATION
from dacheng.core.cash.schema import RELATIONS as CASH
from dacheng.core.checklists.schema import RELATIONS as CHECKLISTS
from dacheng.core.contracts.schema import CONTRACTS as CONTRACT
from dacheng.core.contracts.schema import RELATIONS as CONTRACTS
from dacheng.core.customers.schema import RELATIONS as CUSTOMERS
from dacheng.core.deals.schema import DEALS as DEAL
from dacheng.core.deals.schema import RELATIONS as DEALS
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.delivery.schema import DELIVERED
from dacheng.core.delivery.schema import RELATIONS as DELIVERY
from dacheng.core.dunning.schema import RELATIONS as DUNNING
from dacheng.core.errors import Text
from dacheng.core.estimates.schema import RELATIONS as ESTIMATES
from dacheng.core.factors.schema import FACTOR_FIGURES, FACTORS, PLAN_FACTORS
from dacheng.core.history.schema import ACTUALS, SEGMENTS
from dacheng.core.org.schema import RELATIONS as ORG
from dacheng.core.plans.schema import RELATIONS as PLANS
from dacheng.core.products.schema import RELATIONS as PRODUCTS
from dacheng.core.relation import Column, Relation
from dacheng.core.strategy.schema import RELATIONS as STRATEGY
from dacheng.core.targets.schema import RELATIONS as TARGETS

DOMAINS: tuple[Relation, ...] = (
    *ORG,
    *CUSTOMERS,
    *PRODUCTS,
    SEGMENTS,
    *DEALS,
    *CONTRACTS,
    *DELIVERY,
    *CASH,
    *DUNNING,
    *DELIVERED,
    *TARGETS,
    ACTUALS,
    FACTORS,
    FACTOR_FIGURES,
    *PLANS,
    PLAN_FACTORS,
    *ESTIMATES,
    *BUDGET,
    *ACTIVITY,
    *STRATEGY,
    *CHECKLISTS,
)
RELATIONS: dict[str, Relation] = {relation.name: relation for relation in DOMAINS}

INTERVAL = ("from_day", "to_day")
KNOWLEDGE = ("seq_from", "seq_to")

PARTS = (
    Column("part", "flag", Text("分成", "Shared with"), help=Text("0 负责人，1 分成的人", "0 the owner, 1 a partner")),
    Column("share_bp", "bp", Text("份额", "Share"), default=WHOLE_BP),
    Column("before_bp", "bp", Text("之前的比例", "Shares before")),
)
WHOLE = Column("whole", "money", Text("商机金额", "Amount of the opportunity"), nullable=True)

CREDITS: dict[str, Relation] = {
    "credits": replace(
        DEAL,
        name="credits",
        label=Text("商机业绩归属", "Credits of opportunities"),
        key=("deal_id", "part", "owner_id"),
        columns=(*DEAL.columns, *PARTS, WHOLE),
    ),
    "contract_credits": replace(
        CONTRACT,
        name="contract_credits",
        label=Text("合同业绩归属", "Credits of contracts"),
        key=("contract_id", "part", "owner_id"),
        columns=(*CONTRACT.columns, *PARTS),
    ),
    "allocation_credits": replace(
        ALLOCATION,
        name="allocation_credits",
        label=Text("回款业绩归属", "Credits of cash"),
        key=("allocation_id", "part", "owner_id"),
        columns=(*ALLOCATION.columns, *PARTS),
    ),
}
"""Relations that no table holds: the engine makes them of deals, contracts, cash and splits (``core.crediting``)."""

"""Every relation of Dacheng, in an order in which references point backwards."""

from __future__ import annotations

from dacheng.core.contracts.schema import RELATIONS as CONTRACTS
from dacheng.core.customers.schema import RELATIONS as CUSTOMERS
from dacheng.core.deals.schema import RELATIONS as DEALS
from dacheng.core.org.schema import RELATIONS as ORG
from dacheng.core.products.schema import RELATIONS as PRODUCTS
from dacheng.core.relation import Relation
from dacheng.core.targets.schema import RELATIONS as TARGETS

RELATIONS: dict[str, Relation] = {
    relation.name: relation for relation in (*ORG, *CUSTOMERS, *PRODUCTS, *DEALS, *CONTRACTS, *TARGETS)
}

INTERVAL = ("from_day", "to_day")
KNOWLEDGE = ("seq_from", "seq_to")

"""Contacts of a file without numbers of their own, met with those that stand at the same customer (认人)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.customers.meeting import Met, Person, met
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import Finding, Text
from dacheng.core.staging import Staged
from dacheng.store.bulk import among, select_rows
from dacheng.store.standing import record_table


@dataclass
class Meeting:
    """Tells which rows are contacts that stand; each of these is at most one row's.

    Args:
        found: grows by row code -> number of the contact; findings: by what people should look at.
    """

    taken: set[int]
    known: Mapping[int, Sequence[Person]]
    found: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def meet(self, row: Staged, customer: int) -> None:
        """Find the contact of one row."""
        told = {name: str(row.values.get(name) or "") for name in ("name", "phone", "email")}
        free = [one for one in self.known.get(customer, ()) if one.number not in self.taken]
        who = met(Person(0, **told), free)
        if len(who.people) == 1:
            self.taken.add(who.people[0].number)
            self.found[row.code] = who.people[0].number
            self.findings.append(_same(row, who))
        elif who.people:
            self.findings.append(_several(row, who))


def met_contacts(
    rows: Iterable[Staged], standing: Mapping[str, int], customers: Mapping[str, int]
) -> tuple[dict[str, int], list[Finding]]:
    """Return row code -> number of the contact that a row without a number of its own is, and what to look at.

    Args:
        standing: codes of the file that stand already; customers: code -> number.
    """
    open_rows = [(row, _customer(row, customers)) for row in rows if row.made_code and row.code not in standing]
    meeting = Meeting(set(standing.values()), _known({customer for _, customer in open_rows if customer}))
    for row, customer in open_rows:
        if customer:
            meeting.meet(row, customer)
    return meeting.found, meeting.findings


def _customer(row: Staged, customers: Mapping[str, int]) -> int:
    return customers.get(str(row.values.get("customer_id") or ""), 0)


def _known(customers: set[int]) -> dict[int, list[Person]]:
    """Return the contacts that stand, by customer."""
    if not customers:
        return {}
    columns = ["customer_id", "id", "name", "phone", "email"]
    conditions = [among("customer_id", customers), ("NOT removed", None)]
    found: dict[int, list[Person]] = {}
    for customer, *told in select_rows(record_table("contacts"), columns, conditions, order=("id",)):
        found.setdefault(customer, []).append(Person(*told))
    return found


def _same(row: Staged, who: Met) -> Finding:
    name = who.people[0].name
    by = Text("手机或邮箱", "mobile or e-mail") if who.by == "reach" else Text("姓名", "name")
    return Finding(
        "contacts/known",
        Text(f"按{by.zh}认作这个客户已有的「{name}」。", f"Known by {by.en} as “{name}” of the account."),
        Text("不是同一位，就给他写上自己的联系人号。", "If it is somebody else, give a contact no. of his own."),
        "note",
        row.sheet,
        row.row,
        CONTACTS.column("name").label.zh,
        value=str(row.values.get("name") or ""),
    )


def _several(row: Staged, who: Met) -> Finding:
    names = [one.name for one in who.people]
    return Finding(
        "contacts/ambiguous",
        Text(
            f"这个客户有 {len(names)} 位可能是他（{'、'.join(names)}），按新联系人导入。",
            f"{len(names)} contacts of the account may be him ({', '.join(names)}): he comes as a new one.",
        ),
        Text("是其中一位就写上联系人号。", "If he is one of them, give the contact no."),
        "warn",
        row.sheet,
        row.row,
        CONTACTS.column("name").label.zh,
        value=str(row.values.get("name") or ""),
    )

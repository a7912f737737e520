"""What would be wrong with a company if a batch were written: findings by row, before anything is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dacheng.core.closing import FROZEN, MAY_BEGIN_EARLIER, frozen_part, refuse_frozen
from dacheng.core.contracts.recording import LineAmounts, check_total
from dacheng.core.customers.reporting import ABOVE, CUSTOMER
from dacheng.core.customers.reporting import first_fault as reporting_fault
from dacheng.core.customers.reporting import refusal as reporting_refusal
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.facts import Version
from dacheng.core.history.recording import not_yet
from dacheng.core.money import percent
from dacheng.core.org.edges import first_fault, homeless
from dacheng.core.org.engaging import refuse_overbooked
from dacheng.core.period import FIRST_DAY, date_of
from dacheng.core.staging import Batch, Staged
from dacheng.store.access import Rights
from dacheng.store.bulk import among, select_rows
from dacheng.store.engaging import engagements_of, shares_of, working_shares
from dacheng.store.factor_checks import check_figure
from dacheng.store.importing import Part, Plan
from dacheng.store.integrity import refuse_gap, refuse_rewriting
from dacheng.store.market_checks import check_market
from dacheng.store.models import CompanySetting
from dacheng.store.organisation import PARENT_AT, fault_error, no_home
from dacheng.store.saving import versions_of
from dacheng.store.shares import Ended, ending_parts, refuse_other_split
from dacheng.store.stage_standards import StageStandards
from dacheng.store.standing import Standing, every, key_of, named, record_table, standing, standing_keys

NEEDED_RIGHT = {"roles": "role.grant", "grants": "grant.give"}
"""Relations that decide about rights: who may import may not thereby hand out rights."""


def currency_findings(batch: Batch) -> list[Finding]:
    """Return what is wrong with the money of a batch as a whole."""
    own = CompanySetting.objects.values_list("currency", flat=True).filter(pk=1).first()
    if own is None:
        message = Text("这个数据库里还没有公司。", "The database holds no company yet.")
        return [Finding("import/no-company", message, Text("先运行 dacheng init。", "Run dacheng init first."))]
    if batch.currency == own:
        return []
    message = Text(
        f"文件的币种是 {batch.currency}，公司的是 {own}。", f"The file is in {batch.currency}, the company in {own}."
    )
    remedy = Text(f"换算成 {own} 再导入。", f"Convert the amounts to {own} first.")
    return [Finding("import/currency", message, remedy, value=batch.currency)]


def without_rights(plan: Plan, rights: Rights) -> None:
    """Leave out roles and grants that the actor may not hand out, and say so."""
    for name, action in NEEDED_RIGHT.items():
        part = plan.parts.get(name)
        if part is None or not part.news or rights.may(action):
            continue
        message = Text(
            f"{len(part.news)} 条{part.relation.label.zh}没有导入：你不能授予它们。",
            f"{part.relation.label.en}: {len(part.news)} left out, you may not grant them.",
        )
        remedy = Text("请管理员授予。", "Ask an administrator to grant them.")
        plan.findings.append(Finding("import/rights", message, remedy, severity="warn"))
        part.news = {}


def checked(plan: Plan) -> None:
    """Add what the written batch would break."""
    checks = (
        _homeless,
        _engaged,
        _tree,
        _reporting,
        _namesakes,
        _sums,
        _stages,
        _standards,
        _calendar,
        _periods,
        _frozen,
        _not_yet,
        _own_parts,
        _markets,
        _figures,
    )
    for check in checks:
        plan.findings += check(plan)


def _homeless(plan: Plan) -> Iterator[Finding]:
    """Find people of the batch who are without a home unit on some day."""
    people = plan.parts.get("people")
    if people is None:
        return
    first = {number: new.from_day for number, new in people.news.items()}
    first |= {one.record_id: one.versions[0].from_day for one in people.wanted if one.versions}
    homes = _homes(plan, first)
    for number in homeless(first, homes):
        row = people.rows[number]
        error = no_home([str(row.values.get("name") or row.code)])
        yield _finding("people/without-home", error, row)


def _homes(plan: Plan, people: Mapping[int, int]) -> dict[int, Sequence[Version]]:
    standing = standing_keys("assignments", [(person,) for person in people])
    homes: dict[int, Sequence[Version]] = {key[0]: one.versions for key, one in standing.items()}
    if "assignments" in plan.parts:
        homes |= {key[0]: versions for key, _, versions in _after(plan.parts["assignments"])}
    return homes


def _engaged(plan: Plan) -> Iterator[Finding]:
    """Find people who would give more elsewhere than they work; the shares of a file replace those that stand."""
    part = plan.parts.get("engagements")
    if part is None:
        return
    after = {key: versions for key, _, versions in _after(part)}
    people = {key[0] for key in after}
    works = {number: working_shares(one) for number, one in standing("people", people).items()}
    if "people" in plan.parts:
        works |= {key[0]: shares_of(versions) for key, _, versions in _after(plan.parts["people"])}
    for person in sorted(people):
        kept = {key: one.versions for key, one in engagements_of(person).items()} | after
        taken = [version for key, versions in kept.items() if key[0] == person for version in versions]
        try:
            refuse_overbooked(_person_called(plan, person), works.get(person, []), taken)
        except RuleError as error:
            yield _finding("engagements/too-much", error, None)


def _person_called(plan: Plan, person: int) -> str:
    people = plan.parts.get("people")
    if people is not None and person in people.rows:
        return _called(people, person)
    return standing("people", [person])[person].name


def _tree(plan: Plan) -> Iterator[Finding]:
    """Find the first day on which the units would be no tree."""
    part = plan.parts.get("units")
    if part is None or not (part.news or part.wanted):
        return
    units = every("units")
    versions: dict[int, Sequence[Version]] = {number: one.versions for number, one in units.items()}
    versions |= {key[0]: after for key, _, after in _after(part)}
    fault = first_fault(versions, PARENT_AT, FIRST_DAY)
    if fault is not None:
        names = [units[at].name if at in units else _called(part, at) for at in fault.units]
        row = next((part.rows[at] for at in fault.units if at in part.rows), None)
        yield _finding(f"units/{fault.kind}", fault_error(fault, names), row)


def _reporting(plan: Plan) -> Iterator[Finding]:
    """Find the first contacts that would report in a circle or to another customer's contact."""
    part = plan.parts.get("contacts")
    if part is None or not (part.news or part.wanted):
        return
    after = {key[0]: versions for key, _, versions in _after(part)}
    concerned = {one.values[CUSTOMER] for versions in after.values() for one in versions if one.values[ABOVE]}
    others = _contacts_of(concerned)
    fault = reporting_fault({number: one.versions for number, one in others.items()} | after, FIRST_DAY)
    if fault is not None:
        known = {number: str(one.row["name"]) for number, one in others.items()}
        error = reporting_refusal(fault, known | {number: _called(part, number) for number in after})
        row = next((part.rows[number] for number in fault.contacts if number in part.rows), None)
        yield _finding(f"contacts/{fault.kind}", error, row)


def _contacts_of(customers: set[int | None]) -> Mapping[int, Standing]:
    met = [among("customer_id", {one for one in customers if one}), ("NOT removed", None)]
    return standing("contacts", (number for (number,) in select_rows(record_table("contacts"), ["id"], met)))


def _namesakes(plan: Plan) -> Iterator[Finding]:
    """Warn of new contacts who bear the name of another one of their customer: perhaps they are the same person."""
    part = plan.parts.get("contacts")
    if part is None or not part.news:
        return
    coming = {number: (new.values["customer_id"], str(new.values["name"]).strip()) for number, new in part.news.items()}
    met = [among("customer_id", {customer for customer, _ in coming.values()}), ("NOT removed", None)]
    rows = select_rows(record_table("contacts"), ["customer_id", "name"], met)
    seen = {(customer, str(name).strip()) for customer, name in rows}
    for number, person in coming.items():
        if person in seen:
            row = part.rows[number]
            message = Text(f"这个客户已有一位「{person[1]}」。", f"The account has a “{person[1]}” already.")
            remedy = Text(
                "是同一位就写上他的联系人号；不是就照常导入。", "If it is the same person, give the contact no."
            )
            yield Finding(
                "contacts/same-name", message, remedy, "warn", row.sheet, row.row, CONTACTS.column("name").label.zh
            )
        seen.add(person)


def _sums(plan: Plan) -> Iterator[Finding]:
    """Find contracts of the batch whose amount is not the sum of the lines that came with them."""
    lines, contracts = plan.parts.get("contract_lines"), plan.parts.get("contracts")
    if lines is None or contracts is None:
        return
    sums: dict[int, int] = {}
    for new in lines.news.values():
        sums[new.values["contract_id"]] = sums.get(new.values["contract_id"], 0) + (new.values.get("amount") or 0)
    for number, total in sums.items():
        if number in contracts.news:
            try:
                check_total(contracts.news[number].values.get("amount"), LineAmounts(total))
            except RuleError as error:
                yield _finding("contracts/lines-do-not-sum", error, contracts.rows[number])


def _stages(plan: Plan) -> Iterator[Finding]:
    """Find stages that deals have used and that would mean something else."""
    part = plan.parts.get("stages")
    for one in part.wanted if part else ():
        assert part is not None
        try:
            refuse_rewriting(part.found[one.record_id], named(part.relation, one.versions[-1].values))
        except RuleError as error:
            yield _finding("stages/used", error, part.rows[one.record_id])


def _standards(plan: Plan) -> Iterator[Finding]:
    """Find deals that would come as far as a stage without what must be known there."""
    part = plan.parts.get("deals")
    standards = StageStandards.read() if part else None
    if part is None or standards is None or not standards.asked:
        return
    stages = {} if "stages" not in plan.parts else _stages_after(plan.parts["stages"])
    for key, before, after in _after(part):
        deal, was = named(part.relation, after[-1].values), named(part.relation, before[-1].values) if before else {}
        try:
            standards.check(deal, after[-1].from_day, before=was.get("stage_id"), also=stages)
        except RuleError as error:
            yield _finding("deals/stage-standard", error, part.rows[key[0]])


def _stages_after(part: Part) -> dict[int, tuple[str, int, int, int]]:
    """Return (name, set, order, state) of the stages that the batch creates."""
    rows = {number: new.values for number, new in part.news.items()}
    return {
        number: (str(row.get("name") or ""), row["set_id"], int(row["position"]), int(row.get("state") or 0))
        for number, row in rows.items()
    }


def _calendar(plan: Plan) -> Iterator[Finding]:
    """Find the first day that the calendar would lack."""
    part = plan.parts.get("calendar")
    if part is not None:
        try:
            refuse_gap(new.values["day"] for new in part.news.values())
        except RuleError as error:
            yield _finding("calendar/gap", error, next(iter(part.rows.values())))


def _periods(plan: Plan) -> Iterator[Finding]:
    """Find months that a file would close or reopen: that is done by an action of its own, in order."""
    part = plan.parts.get("periods")
    if part is None:
        return
    closing = [number for number, new in part.news.items() if new.values.get("closed")]
    for number in (*closing, *(one.record_id for one in part.wanted)):
        error = RuleError(
            Text("文件不能关账或重新打开期间。", "A file neither closes nor reopens a month."),
            Text("请在「关账」里逐月操作。", "Close months one by one in the app."),
        )
        yield _finding("periods/by-file", error, part.rows[number])


def _frozen(plan: Plan) -> Iterator[Finding]:
    """Find what would change a closed month."""
    if not plan.closed:
        return
    for name, part in plan.parts.items():
        if name not in FROZEN:
            continue
        for key, before, after in _after(part):
            if not before and name in MAY_BEGIN_EARLIER:
                continue
            if frozen_part(name, key, before, plan.closed) != frozen_part(name, key, after, plan.closed):
                row = part.rows[key[0]] if part.relation.entity else None
                label = row.code if row else ""
                yield _finding("import/closed-period", refuse_frozen(part.relation, label, plan.closed), row)


def _not_yet(plan: Plan) -> Iterator[Finding]:
    """Find lines of history that count on a day which has not come."""
    part = plan.parts.get("actuals")
    for key, _, after in _after(part) if part else ():
        assert part is not None
        day = named(part.relation, after[-1].values)["day"] if after else FIRST_DAY
        if day > plan.day:
            yield _finding("actuals/future", not_yet(day, plan.day), part.rows[key[0]])


def _own_parts(plan: Plan) -> Iterator[Finding]:
    """Name the parts that end because the file makes their partner the owner; a closed month may rest on one."""
    part = plan.parts.get("deals")
    if part is None or not part.wanted:
        return
    for number, ending in ending_parts(part.found, {one.record_id: one.versions for one in part.wanted}).items():
        row = part.rows[number]
        try:
            refuse_other_split(part.found[number], ending.before, ending.after, plan.closed)
        except RuleError as error:
            yield _finding("import/closed-period", error, row)
        for one in ending.ended():
            yield _part_ends(one, row)


def _markets(plan: Plan) -> Iterator[Finding]:
    """Find market facts whose shares, size or year are not possible, or that stand twice."""
    part = plan.parts.get("market_facts")
    if part is None:
        return
    seen: set[tuple[object, ...]] = set()
    for number, row in plan.rows_of("market_facts", part.rows).items():
        becoming = {} if number in part.news else named(part.relation, _last(part, number).values)
        whole = {**row, **becoming}
        market = tuple(whole.get(name) for name in ("unit_id", "name", "year"))
        try:
            check_market(whole, number)
            if market in seen:
                raise RuleError(
                    Text("同一个区域、细分市场和年份出现两次。", "The same region, segment and year stands twice."),
                    Text("只留一行。", "Keep one of them."),
                )
        except RuleError as error:
            yield _finding("market/not-possible", error, part.rows[number])
        seen.add(market)


def _figures(plan: Plan) -> Iterator[Finding]:
    """Find figures of factors that are counted here, that stand twice, or whose day has not come."""
    part = plan.parts.get("factor_figures")
    if part is None:
        return
    seen: set[tuple[object, ...]] = set()
    for number, row in plan.rows_of("factor_figures", part.rows).items():
        becoming = {} if number in part.news else named(part.relation, _last(part, number).values)
        whole = {**row, **becoming}
        place = tuple(whole.get(name) or 0 for name in ("factor_id", "unit_id", "person_id", "day"))
        try:
            check_figure(whole, plan.day, number)
            if place in seen:
                raise RuleError(
                    Text("同一因子、组织、人员和日期出现两次。", "The same factor, unit, person and day stands twice."),
                    Text("只留一行。", "Keep one of them."),
                )
        except RuleError as error:
            yield _finding("figure/not-possible", error, part.rows[number])
        seen.add(place)


def _last(part: Part, number: int) -> Version:
    """Return what a record becomes in the end, or what it is where the batch leaves it."""
    wanted = {one.record_id: one.versions for one in part.wanted}
    return (wanted.get(number) or part.found[number].versions)[-1]


def _part_ends(one: Ended, row: Staged) -> Finding:
    share, day = percent(one.share_bp), date_of(one.day)
    message = Text(
        f"{row.code} 的新负责人原有 {share} 分成，到 {day} 为止。",
        f"{row.code}: the new owner's part of {share} ends on {day}.",
    )
    remedy = Text("不用做什么：此后都归他负责。", "Nothing to do: the rest is his from then on.")
    return Finding("deals/part-ends", message, remedy, "note", row.sheet, row.row)


def _after(part: Part) -> Iterator[tuple[tuple[int, ...], Sequence[Version], Sequence[Version]]]:
    """Return key, versions before and versions after of every record that the batch creates or changes."""
    relation = part.relation
    for number, new in part.news.items():
        values = {column.name: new.values.get(column.name, column.default) for column in relation.columns}
        yield key_of(relation, number, values), (), versions_of(relation, new, part.derive)
    for one in part.wanted:
        record = part.found[one.record_id]
        yield record.key, record.versions, one.versions


def _called(part: Part, number: int) -> str:
    row = part.rows.get(number)
    return str(row.values.get("name") or row.code) if row else "?"


def _finding(rule: str, error: RuleError, row: Staged | None) -> Finding:
    sheet, number = (row.sheet, row.row) if row else ("", None)
    return Finding(rule, error.message, error.remedy, sheet=sheet, row=number)

"""``dacheng cash``: terms, invoices, receipts, recognition, write-offs; the reports receivable/… list them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.cash.schema import INVOICE_KINDS, REASONS, RECEIPT_KINDS, TRIGGERS
from dacheng.core.delivery.schema import RECOGNITION_WAYS
from dacheng.core.dunning.schema import STEP_KINDS
from dacheng.core.errors import Text
from dacheng.core.report import Choices


def codes(choices: Choices) -> str:
    """Return what may be written of a choice."""
    return " | ".join(code for _, code, _ in choices)


Contract = Annotated[str, typer.Argument(help="合同号 · contract no.", metavar="CONTRACT")]
Term = Annotated[str, typer.Argument(help="付款条件编号 · payment term no.", metavar="TERM")]
Amount = Annotated[str, typer.Argument(help="金额，如 12000、1.2万 · amount", metavar="AMOUNT")]
Day = Annotated[str, typer.Option("--on", help="日期 · day, 2026-06-30")]
Code = Annotated[str, typer.Option("--code", help="编号，不给就自动编 · number")]
What = Annotated[str, typer.Option("--name", help="摘要 · what for")]
Pays = Annotated[list[str] | None, typer.Option("--pay", help="付款条件=金额，不给就先到期先核销 · term=amount")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="合同到回款 · contract to cash", no_args_is_help=True)
    app.add_typer(group, name="cash")

    @group.callback()
    def cash(db: Database = None) -> None:
        """付款条件、发票、收款、确收、坏账核销 · terms, invoices, receipts, recognition, write-offs."""
        use_database(db)

    _terms(group)
    _receipts(group)
    _postings(group)
    _dunning(group)


def _terms(group: typer.Typer) -> None:
    """Add the commands of payment terms."""

    @group.command()
    def terms(
        contract: Contract,
        term: Annotated[
            list[str], typer.Option("--term", help=f"名称;比例或金额;应收日，或事件;天数 · {codes(TRIGGERS)}")
        ],
    ) -> None:
        """约定合同的付款条件，全部一起写 · agree all payment terms of a contract."""
        from dacheng.service.settling_named import agree_named

        agree_named(SYSTEM, datetime.now(UTC), contract, term)
        say(Text(f"{contract} 的付款条件已约定。", f"The payment terms of {contract} are agreed."))

    @group.command()
    def follow(
        term: Term,
        due: Annotated[str, typer.Option("--due", help="应收日 · due day")] = "",
        expected: Annotated[str, typer.Option("--expected", help="预计回款日 · expected day")] = "",
        chance: Annotated[str, typer.Option("--chance", help="回款概率 · chance, 80%")] = "",
        disputed: Annotated[str, typer.Option("--disputed", help="有争议 · yes | no")] = "",
        reason: Annotated[str, typer.Option("--reason", help=codes(REASONS))] = "",
        note: Annotated[str, typer.Option("--note", help="原因说明 · what it is")] = "",
        collector: Annotated[str, typer.Option("--collector", help="责任人工号 · employee no.")] = "",
    ) -> None:
        """跟进一期款：何时收、为何迟、谁负责 · follow up a payment term."""
        from dacheng.service.settling_named import follow_named

        values = {
            "due_day": due, "expected_day": expected, "chance_bp": chance, "disputed": disputed, "reason": reason,
            "reason_note": note, "collector_id": collector,
        }  # fmt: skip
        follow_named(SYSTEM, datetime.now(UTC), term, values)
        say(Text(f"{term} 已存。", f"{term} is saved."))


def _receipts(group: typer.Typer) -> None:
    """Add the commands of receipts."""

    @group.command()
    def receipt(
        amount: Amount,
        on: Day,
        customer: Annotated[str, typer.Option("--customer", help="客户编码 · account code")] = "",
        kind: Annotated[str, typer.Option("--kind", help=codes(RECEIPT_KINDS))] = "transfer",
        matures: Annotated[str, typer.Option("--matures", help="承兑汇票到期日 · a bill matures on")] = "",
        pay: Pays = None,
        owner: Annotated[str, typer.Option("--owner", help="负责人工号 · employee no. of its owner")] = "",
        payer: Annotated[str, typer.Option("--payer", help="付款人 · payer")] = "",
        currency: Annotated[str, typer.Option("--currency", help="币种 · USD, EUR, …")] = "",
        foreign: Annotated[str, typer.Option("--foreign", help="原币金额 · amount in its currency")] = "",
        reverses: Annotated[str, typer.Option("--reverses", help="退回的收款号 · receipt that it gives back")] = "",
        code: Code = "",
        name: What = "",
    ) -> None:
        """登记收款并核销 · record a receipt and what it pays."""
        from dacheng.service.settling_named import receive_named

        values = {
            "amount": amount, "day": on, "customer_id": customer, "kind": kind, "maturity_day": matures,
            "owner_id": owner, "payer": payer, "currency": currency, "foreign_amount": foreign,
            "reverses_id": reverses, "code": code, "name": name,
        }  # fmt: skip
        _told("receipts", receive_named(SYSTEM, datetime.now(UTC), values, pay or ()).uid)

    @group.command()
    def allocate(
        receipt: Annotated[str, typer.Argument(help="收款号 · receipt no.", metavar="RECEIPT")], pay: Pays = None
    ) -> None:
        """核销收款剩下的部分；写负数是转回 · allocate what is left of a receipt."""
        from dacheng.service.settling_named import allocate_named

        allocate_named(SYSTEM, datetime.now(UTC), receipt, pay or ())
        say(Text(f"{receipt} 已核销。", f"{receipt} is allocated."))


def _postings(group: typer.Typer) -> None:
    """Add the commands of invoices, recognition and write-offs."""

    @group.command()
    def invoice(
        amount: Amount,
        on: Day,
        contract: Annotated[str, typer.Option("--contract", help="合同号 · contract no.")] = "",
        term: Annotated[str, typer.Option("--term", help="付款条件编号 · payment term no.")] = "",
        customer: Annotated[str, typer.Option("--customer", help="没有合同时：客户编码 · account code")] = "",
        seller: Annotated[str, typer.Option("--seller", help="没有合同时：算谁的，工号 · whose")] = "",
        due: Annotated[str, typer.Option("--due", help="没有合同时：应收日 · due day")] = "",
        kind: Annotated[str, typer.Option("--kind", help=codes(INVOICE_KINDS))] = "blue",
        credits: Annotated[str, typer.Option("--credits", help="冲红的发票号 · invoice that it credits")] = "",
        without_tax: Annotated[str, typer.Option("--ex", help="金额不含税 · amount excl. tax")] = "",
        code: Code = "",
        name: What = "",
    ) -> None:
        """登记发票或红字发票 · record an invoice or a credit note."""
        from dacheng.service.settling_named import bill_named

        values = {
            "amount": amount, "day": on, "contract_id": contract, "term_id": term, "customer_id": customer,
            "seller_id": seller, "due_day": due, "kind": kind, "reverses_id": credits, "amount_ex": without_tax,
            "code": code, "name": name,
        }  # fmt: skip
        _told("invoices", bill_named(SYSTEM, datetime.now(UTC), values).uid)

    @group.command()
    def recognise(
        contract: Contract,
        amount: Annotated[str, typer.Argument(help="确收不含税 · recognised excl. tax", metavar="AMOUNT")],
        on: Day,
        way: Annotated[str, typer.Option("--way", help=codes(RECOGNITION_WAYS))] = "finance",
        code: Code = "",
        name: What = "",
    ) -> None:
        """登记确收 · record recognised revenue."""
        from dacheng.service.settling_named import recognise_named

        values = {"contract_id": contract, "amount_ex": amount, "day": on, "way": way, "code": code, "name": name}
        _told("recognitions", recognise_named(SYSTEM, datetime.now(UTC), values).uid)

    @group.command("write-off")
    def write_off(
        term: Term,
        amount: Amount,
        on: Day,
        reason: Annotated[str, typer.Option("--reason", help="为什么收不回来 · why it cannot be collected")] = "",
    ) -> None:
        """核销坏账；收回写负数 · write off what is not collected."""
        from dacheng.service.settling_named import write_off_named

        values = {"term_id": term, "amount": amount, "day": on, "name": reason}
        _told("write_offs", write_off_named(SYSTEM, datetime.now(UTC), values).uid)


def _dunning(group: typer.Typer) -> None:
    """Add the commands of dunning."""

    @group.command()
    def step(
        term: Term,
        kind: Annotated[str, typer.Option("--kind", help=codes(STEP_KINDS))] = "call",
        on: Annotated[str, typer.Option("--on", help="日期，默认今天 · day")] = "",
        said: Annotated[str, typer.Option("--said", help="说了什么 · what was said")] = "",
    ) -> None:
        """记一次催收 · record what was done to collect a term."""
        from dacheng.service.settling_named import step_named

        values = {"term_id": term, "kind": kind, "day": on, "name": said}
        _told("dunning_steps", step_named(SYSTEM, datetime.now(UTC), values).uid)

    @group.command()
    def promise(
        term: Term,
        by: Annotated[str, typer.Option("--by", help="答应付款日 · to be paid by")],
        amount: Annotated[str, typer.Option("--amount", help="承诺金额，默认全部未收 · amount")] = "",
        on: Annotated[str, typer.Option("--on", help="承诺日，默认今天 · promised on")] = "",
        who: Annotated[str, typer.Option("--who", help="谁承诺的 · who promised")] = "",
    ) -> None:
        """记客户答应的付款 · record what was promised of a term."""
        from dacheng.service.settling_named import promise_named

        values = {"term_id": term, "promised_day": by, "amount": amount, "day": on, "name": who}
        _told("promises", promise_named(SYSTEM, datetime.now(UTC), values).uid)


def _told(relation: str, uid: UUID) -> None:
    """Print the number of what was recorded."""
    from dacheng.store.standing import standing_uid

    print(standing_uid(relation, uid).row["code"])

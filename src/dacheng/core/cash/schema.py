"""Money from the contract to the bank: payment terms (付款条件), invoices (发票), receipts (收款), what they are set
against (核销) and what is written off (核销坏账) (R150, R151, R160; ADR 0015)."""

from __future__ import annotations

from dacheng.core.currency import CURRENCIES, OWN
from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

ADVANCE, ON_DELIVERY, ON_PROGRESS, ON_ACCEPTANCE, RETENTION, OTHER_TERM = range(1, 7)
TERM_KINDS = (
    (ADVANCE, "advance", Text("预付", "Advance")),
    (ON_DELIVERY, "delivery", Text("到货款", "On delivery")),
    (ON_PROGRESS, "progress", Text("进度款", "On progress")),
    (ON_ACCEPTANCE, "acceptance", Text("验收款", "On acceptance")),
    (RETENTION, "retention", Text("质保金", "Retention")),
    (OTHER_TERM, "other", Text("其他", "Other")),
)

ON_A_DAY, AFTER_SIGNING, AFTER_DELIVERY, AFTER_ACCEPTANCE, AFTER_INVOICE, AFTER_EVENT = range(1, 7)
TRIGGERS = (
    (ON_A_DAY, "day", Text("约定日期", "A day")),
    (AFTER_SIGNING, "signing", Text("签订后", "After signing")),
    (AFTER_DELIVERY, "delivery", Text("到货后", "After delivery")),
    (AFTER_ACCEPTANCE, "acceptance", Text("验收后", "After acceptance")),
    (AFTER_INVOICE, "invoice", Text("开票后", "After the invoice")),
    (AFTER_EVENT, "event", Text("其他事件后", "After another event")),
)

OF_CUSTOMER, OF_US = 1, 2
REASONS = (
    (OF_CUSTOMER, "customer", Text("客户原因", "The customer's")),
    (OF_US, "us", Text("我方原因", "Our own")),
)

BLUE, RED = 1, 2
INVOICE_KINDS = ((BLUE, "blue", Text("蓝字", "Invoice")), (RED, "red", Text("红字", "Credit note")))

TRANSFER, ACCEPTANCE_BILL, CASH_OR_OTHER, REFUND, BOUNCED = range(1, 6)
RECEIPT_KINDS = (
    (TRANSFER, "transfer", Text("转账", "Transfer")),
    (ACCEPTANCE_BILL, "bill", Text("承兑汇票", "Acceptance bill")),
    (CASH_OR_OTHER, "other", Text("其他", "Other")),
    (REFUND, "refund", Text("退款", "Refund")),
    (BOUNCED, "bounced", Text("拒付退回", "Bounced")),
)

FIRST_DUE, CHOSEN, TAKEN_BACK = 1, 2, 3
ALLOCATION_WAYS = (
    (FIRST_DUE, "first-due", Text("先到期先核销", "First due first")),
    (CHOSEN, "chosen", Text("人工指定", "By hand")),
    (TAKEN_BACK, "taken-back", Text("转出", "Taken back")),
)

OWNER = Column("owner_id", "ref", Text("负责人", "Owner"), ref="people", derived=True)
COUNTED_ON = Column(
    "effective_day",
    "day",
    Text("计业绩日", "Counted on"),
    derived=True,
    help=Text(
        "合同的生效日；没有合同的取自己的记账日", "The contract's effective day; without one its own posting day"
    ),
)
POSTED = Column(
    "posted_day",
    "day",
    Text("记账日", "Posted"),
    derived=True,
    help=Text("期间已关账时记入下一个开放期间", "In the next open period when the month is closed"),
)
_DAY = Column("day", "day", Text("日期", "Day"))
_CONTRACT = Column("contract_id", "ref", Text("合同", "Contract"), ref="contracts", nullable=True)
_CUSTOMER = Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True)

PAYMENT_TERMS = Relation(
    name="payment_terms",
    label=Text("付款条件", "Payment terms"),
    key=("term_id",),
    columns=(
        Column("term_id", "id", Text("付款条件", "Payment term")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("名称", "Name"), default=""),
        _CONTRACT,
        _CUSTOMER,
        Column("kind", "choice", Text("款项", "Kind"), choices=TERM_KINDS, default=OTHER_TERM),
        Column("share_bp", "bp", Text("付款比例", "Payment share"), nullable=True),
        Column("amount", "money", Text("应收额", "Amount")),
        Column("falls_due", "choice", Text("约定", "Falls due"), choices=TRIGGERS, default=ON_A_DAY),
        Column("days_after", "count", Text("之后几天", "Days after"), default=0),
        Column(
            "due_day",
            "day",
            Text("应收日", "Due"),
            nullable=True,
            help=Text("空 = 待触发，事件发生后才有", "Blank = it waits for its event"),
        ),
        Column(
            "expected_day",
            "day",
            Text("预计回款日", "Expected"),
            nullable=True,
            help=Text("不改变应收日", "It does not change the due day"),
        ),
        Column("chance_bp", "bp", Text("回款概率", "Chance"), nullable=True),
        Column("disputed", "flag", Text("有争议", "Disputed"), default=0),
        Column("reason", "choice", Text("逾期原因", "Reason"), choices=REASONS, nullable=True),
        Column("reason_note", "text", Text("原因说明", "What it is"), default=""),
        Column("collector_id", "ref", Text("责任人", "Collector"), ref="people", nullable=True),
        Column("allocated", "money", Text("已收", "Collected"), default=0, derived=True),
        Column("written_off", "money", Text("已核销坏账", "Written off"), default=0, derived=True),
        Column(
            "open",
            "money",
            Text("未收", "Open"),
            default=0,
            derived=True,
            help=Text("应收额 − 已收 − 已核销坏账", "Amount − collected − written off"),
        ),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text(
        "归属随合同；没有合同的发票自成一条。",
        "Stand where their contract stands; an invoice without a contract has one of its own.",
    ),
)

INVOICES = Relation(
    name="invoices",
    label=Text("发票", "Invoices"),
    key=("invoice_id",),
    columns=(
        Column("invoice_id", "id", Text("发票", "Invoice")),
        Column("code", "text", Text("发票号", "Invoice no.")),
        Column("name", "text", Text("摘要", "What for"), default=""),
        _CONTRACT,
        _CUSTOMER,
        Column(
            "term_id",
            "ref",
            Text("付款条件", "Payment term"),
            ref="payment_terms",
            nullable=True,
            help=Text("这张发票开的是哪一期", "What it bills"),
        ),
        _DAY,
        POSTED,
        Column("kind", "choice", Text("红蓝", "Kind"), choices=INVOICE_KINDS, default=BLUE),
        Column("reverses_id", "ref", Text("冲红的发票", "Credits"), ref="invoices", nullable=True),
        Column(
            "seller_id",
            "ref",
            Text("算谁的", "Whose"),
            ref="people",
            nullable=True,
            help=Text("没有合同时填", "Of one without a contract"),
        ),
        Column(
            "due_day",
            "day",
            Text("应收日", "Due"),
            nullable=True,
            help=Text("没有合同时填", "Of one without a contract"),
        ),
        Column(
            "amount",
            "money",
            Text("金额含税", "Amount incl. tax"),
            help=Text("红字写负数", "A credit note is negative"),
        ),
        Column("amount_ex", "money", Text("金额不含税", "Amount excl. tax"), nullable=True),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
)

RECEIPTS = Relation(
    name="receipts",
    label=Text("收款", "Receipts"),
    key=("receipt_id",),
    columns=(
        Column("receipt_id", "id", Text("收款", "Receipt")),
        Column("code", "text", Text("收款号", "Receipt no.")),
        Column("name", "text", Text("摘要", "What for"), default=""),
        _CUSTOMER,
        Column(
            "payer",
            "text",
            Text("付款人", "Payer"),
            default="",
            help=Text("与客户不同时填写", "Where it is not the account itself"),
        ),
        Column("owner_id", "ref", Text("负责人", "Owner"), ref="people"),
        _DAY,
        Column("kind", "choice", Text("方式", "Kind"), choices=RECEIPT_KINDS, default=TRANSFER),
        Column(
            "maturity_day",
            "day",
            Text("到期日", "Matures"),
            nullable=True,
            help=Text("承兑汇票到期才算回款，规则 cash.bills 可改", "A bill is cash when it matures; rule cash.bills"),
        ),
        Column("reverses_id", "ref", Text("退回的收款", "Gives back"), ref="receipts", nullable=True),
        Column("currency", "choice", Text("币种", "Currency"), choices=CURRENCIES, default=OWN),
        Column("foreign_amount", "money", Text("原币金额", "Amount in its currency"), nullable=True),
        Column(
            "amount",
            "money",
            Text("金额", "Amount"),
            help=Text("实收本位币；退款写负数", "In the company's currency; a refund is negative"),
        ),
        POSTED,
    ),
    place="owner",
    place_column="owner_id",
    place_day="posted_day",
    entity=True,
    help=Text("从记账日起算回款：承兑汇票是到期日。", "Cash from its posting day on: of a bill the day it matures."),
)

ALLOCATIONS = Relation(
    name="allocations",
    label=Text("核销", "Allocations"),
    key=("allocation_id",),
    columns=(
        Column("allocation_id", "id", Text("核销", "Allocation")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("摘要", "What for"), default=""),
        Column("receipt_id", "ref", Text("收款", "Receipt"), ref="receipts"),
        Column(
            "term_id",
            "ref",
            Text("付款条件", "Payment term"),
            ref="payment_terms",
            nullable=True,
            help=Text("空 = 未核销", "Blank = not allocated yet"),
        ),
        _CONTRACT,
        _CUSTOMER,
        _DAY,
        POSTED,
        Column("way", "choice", Text("方式", "Way"), choices=ALLOCATION_WAYS, default=FIRST_DUE),
        Column(
            "amount",
            "money",
            Text("核销额", "Settles"),
            help=Text("按合同入账汇率冲减的应收", "Of the receivable, at the booked rate"),
        ),
        Column("received", "money", Text("回款额", "Received"), help=Text("实收本位币", "In the company's currency")),
        Column(
            "deal_id",
            "ref",
            Text("商机", "Opportunity"),
            ref="deals",
            nullable=True,
            derived=True,
            help=Text("合同的商机：分成按它", "Of its contract: the one whose split parts it"),
        ),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text(
        "一笔收款去了哪里，只增不改；各笔之和就是收款。",
        "Where a receipt went; only ever added, and they sum to the receipt.",
    ),
)

WRITE_OFFS = Relation(
    name="write_offs",
    label=Text("坏账核销", "Write-offs"),
    key=("write_off_id",),
    columns=(
        Column("write_off_id", "id", Text("坏账核销", "Write-off")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("原因", "Reason"), default=""),
        Column("term_id", "ref", Text("付款条件", "Payment term"), ref="payment_terms"),
        _CONTRACT,
        _DAY,
        POSTED,
        Column("amount", "money", Text("金额", "Amount"), help=Text("收回写负数", "What is recovered is negative")),
        Column("approver_id", "ref", Text("批准人", "Approver"), ref="people", nullable=True),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
)

RELATIONS = (PAYMENT_TERMS, INVOICES, RECEIPTS, ALLOCATIONS, WRITE_OFFS)

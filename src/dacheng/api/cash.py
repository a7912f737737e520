"""Contract to cash (回款): terms, receipts, invoices, recognition, write-offs; listed, shown, posted (R150, R151)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, create_model

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import (
    Limit,
    Money,
    Offset,
    Saved,
    edit_schema,
    listed_schema,
    many,
    new_schema,
    shown_schema,
)
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.service.records import listed, one_record, parts_of
from dacheng.service.wire import amount_of
from dacheng.store.actions import invoices as invoicing
from dacheng.store.actions import receipts as receiving
from dacheng.store.actions import recognitions as recognising
from dacheng.store.actions import terms as agreeing

router = Router(tags=["cash"])

MOST_TERMS = 200
AGREED_ONCE = ("contract_id", "customer_id", "share_bp", "amount", "falls_due", "days_after", "code")

TermRow = shown_schema("PaymentTermRow", "payment_terms")
TermList = listed_schema("PaymentTermList", TermRow)
NewTerm = new_schema("AgreedTerm", "payment_terms", made=("code", "amount"), leave=("contract_id", "customer_id"))
TermEdit = edit_schema("PaymentTermEdit", "payment_terms", leave=AGREED_ONCE)

ReceiptRow = shown_schema("ReceiptRow", "receipts")
ReceiptList = listed_schema("ReceiptList", ReceiptRow)
AllocationRow = shown_schema("AllocationRow", "allocations")
AllocationList = listed_schema("AllocationList", AllocationRow)
InvoiceRow = shown_schema("InvoiceRow", "invoices")
InvoiceList = listed_schema("InvoiceList", InvoiceRow)
NewInvoice = new_schema("NewInvoice", "invoices", made=("code",))
RecognitionRow = shown_schema("RecognitionRow", "recognitions")
RecognitionList = listed_schema("RecognitionList", RecognitionRow)
NewRecognition = new_schema("NewRecognition", "recognitions", made=("code",))
WriteOffRow = shown_schema("WriteOffRow", "write_offs")
WriteOffList = listed_schema("WriteOffList", WriteOffRow)
NewWriteOff = new_schema("NewWriteOff", "write_offs", made=("code",), leave=("contract_id", "approver_id"))


class PartOfReceipt(Schema):
    """What one payment term gets of a receipt, in the currency of the receipt; below zero gives back."""

    model_config = ConfigDict(extra="forbid")
    term_id: UUID
    amount: Money


Parts = Annotated[list[PartOfReceipt], Field(max_length=MOST_TERMS)]
CHOSEN = Field(None, description="what each term gets; left out: first due first")
NewReceipt = new_schema("NewReceipt", "receipts", made=("code", "owner_id"), parts=(Parts | None, CHOSEN))


class Allocation(Schema):
    """What terms get of what is left of a receipt; without parts first due first."""

    model_config = ConfigDict(extra="forbid")
    parts: Parts | None = CHOSEN


ALL_TERMS = Field(max_length=MOST_TERMS, description="a share for each, or an amount for each")
AgreedTerms: Any = create_model("AgreedTerms", __base__=Schema, terms=(many(NewTerm), ALL_TERMS))
TermsOfContract: Any = create_model("TermsOfContract", __base__=Schema, rows=(many(TermRow), ...))


@operation(
    router,
    "GET",
    "/contracts/{uuid:uid}/terms",
    TermsOfContract,
    Text("合同的付款条件", "Show the terms of a contract"),
    right=SEEN,
)
def terms_of_contract(request: Call, uid: UUID, as_of: str = "") -> Any:
    """The payment terms of a contract as they stood at the end of a day, with what is open of each."""
    book = request.auth.book({"as_of": as_of})
    one_record("contracts", uid, book)
    return TermsOfContract(rows=parts_of("payment_terms", "contract_id", uid, book))


@operation(
    router,
    "PUT",
    "/contracts/{uuid:uid}/terms",
    Saved,
    Text("约定付款条件", "Agree payment terms"),
    right="terms.edit",
    body=AgreedTerms,
)
def agree_terms(request: Call, uid: UUID, body: Any) -> Saved:
    """Let a contract be paid as given from today on; known codes are changed, others come and go."""
    caller = request.auth
    terms = [one.columns() for one in body.terms]
    return saved(agreeing.set_terms(actor=caller.viewer, at=caller.at, contract=uid, terms=terms))


@operation(router, "GET", "/payment-terms", TermList, Text("付款条件清单", "List payment terms"), right=SEEN)
def list_terms(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Payment terms that exist at the end of a day, the first recorded first."""
    page = listed("payment_terms", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return TermList(count=page.count, rows=page.rows)


@operation(router, "GET", "/payment-terms/{uuid:uid}", TermRow, Text("付款条件", "Show a payment term"), right=SEEN)
def show_term(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One payment term as it stood at the end of a day."""
    return TermRow(**one_record("payment_terms", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "PATCH",
    "/payment-terms/{uuid:uid}",
    Saved,
    Text("跟进付款条件", "Follow up a payment term"),
    right="terms.edit",
    body=TermEdit,
)
def edit_term(request: Call, uid: UUID, body: Any) -> Saved:
    """Correct when a term is due or expected, why it is late and who collects it, from today on."""
    caller, values = request.auth, body.columns()
    with telling_conflicts("payment_terms", caller):
        return saved(
            agreeing.edit_term(actor=caller.viewer, at=caller.at, uid=uid, values=values, version=body.version)
        )


@operation(router, "GET", "/receipts", ReceiptList, Text("收款清单", "List receipts"), right=SEEN)
def list_receipts(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Receipts that are known at the end of a day, the first recorded first."""
    page = listed("receipts", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return ReceiptList(count=page.count, rows=page.rows)


@operation(router, "GET", "/receipts/{uuid:uid}", ReceiptRow, Text("收款", "Show a receipt"), right=SEEN)
def show_receipt(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One receipt as it stood at the end of a day."""
    return ReceiptRow(**one_record("receipts", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/receipts",
    Saved,
    Text("登记收款", "Record a receipt"),
    right="cash.record",
    body=NewReceipt,
    status=201,
)
def record_receipt(request: Call, body: Any) -> Saved:
    """Record a receipt and set it against its account's open terms: first due first, or as chosen."""
    caller, parts = request.auth, _parts(body.parts)
    values = {name: value for name, value in body.columns().items() if name != "parts"}
    return saved(receiving.record_receipt(actor=caller.viewer, at=caller.at, values=values, parts=parts))


@operation(
    router,
    "POST",
    "/receipts/{uuid:uid}/allocate",
    Saved,
    Text("核销收款", "Allocate a receipt"),
    right="cash.record",
    body=Allocation,
)
def allocate_receipt(request: Call, uid: UUID, body: Any) -> Saved:
    """Set what is left of a receipt against terms; a part below zero gives back what a term got of it."""
    caller = request.auth
    return saved(receiving.allocate(actor=caller.viewer, at=caller.at, receipt=uid, parts=_parts(body.parts)))


@operation(router, "GET", "/allocations", AllocationList, Text("核销清单", "List allocations"), right=SEEN)
def list_allocations(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Where receipts went by the end of a day, the first posted first."""
    page = listed("allocations", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return AllocationList(count=page.count, rows=page.rows)


@operation(router, "GET", "/allocations/{uuid:uid}", AllocationRow, Text("核销", "Show an allocation"), right=SEEN)
def show_allocation(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One part of a receipt as it stood at the end of a day."""
    return AllocationRow(**one_record("allocations", uid, request.auth.book({"as_of": as_of})))


@operation(router, "GET", "/invoices", InvoiceList, Text("发票清单", "List invoices"), right=SEEN)
def list_invoices(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Invoices that exist at the end of a day, the first recorded first."""
    page = listed("invoices", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return InvoiceList(count=page.count, rows=page.rows)


@operation(router, "GET", "/invoices/{uuid:uid}", InvoiceRow, Text("发票", "Show an invoice"), right=SEEN)
def show_invoice(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One invoice as it stood at the end of a day."""
    return InvoiceRow(**one_record("invoices", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/invoices",
    Saved,
    Text("登记发票", "Record an invoice"),
    right="cash.record",
    body=NewInvoice,
    status=201,
)
def record_invoice(request: Call, body: Any) -> Saved:
    """Record an invoice or a credit note; one without a contract is owed by itself."""
    caller = request.auth
    return saved(invoicing.record_invoice(actor=caller.viewer, at=caller.at, values=body.columns()))


@operation(router, "GET", "/recognitions", RecognitionList, Text("确收清单", "List recognition"), right=SEEN)
def list_recognitions(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """What was recognised by the end of a day, the first posted first."""
    page = listed("recognitions", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return RecognitionList(count=page.count, rows=page.rows)


@operation(router, "GET", "/recognitions/{uuid:uid}", RecognitionRow, Text("确收", "Show recognition"), right=SEEN)
def show_recognition(request: Call, uid: UUID, as_of: str = "") -> Any:
    """What was recognised at once of a contract, as it stood at the end of a day."""
    return RecognitionRow(**one_record("recognitions", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/recognitions",
    Saved,
    Text("登记确收", "Record recognition"),
    right="cash.record",
    body=NewRecognition,
    status=201,
)
def record_recognition(request: Call, body: Any) -> Saved:
    """Record revenue of a contract without tax; with tax follows by the contract's own."""
    caller = request.auth
    return saved(recognising.record_recognition(actor=caller.viewer, at=caller.at, values=body.columns()))


@operation(router, "GET", "/write-offs", WriteOffList, Text("坏账核销清单", "List write-offs"), right=SEEN)
def list_write_offs(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """What was written off by the end of a day, the first posted first."""
    page = listed("write_offs", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return WriteOffList(count=page.count, rows=page.rows)


@operation(router, "GET", "/write-offs/{uuid:uid}", WriteOffRow, Text("坏账核销", "Show a write-off"), right=SEEN)
def show_write_off(request: Call, uid: UUID, as_of: str = "") -> Any:
    """What was written off at once of a term, as it stood at the end of a day."""
    return WriteOffRow(**one_record("write_offs", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/write-offs",
    Saved,
    Text("核销坏账", "Write off"),
    right="cash.write_off",
    body=NewWriteOff,
    status=201,
)
def write_off(request: Call, body: Any) -> Saved:
    """Write off what will not be collected of a payment term; what is recovered is below zero."""
    caller = request.auth
    return saved(recognising.write_off(actor=caller.viewer, at=caller.at, values=body.columns()))


def _parts(given: list[PartOfReceipt] | None) -> dict[UUID, int] | None:
    return None if given is None else {one.term_id: amount_of(one.amount) for one in given}

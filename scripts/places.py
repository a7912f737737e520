"""Fill the places of the tour's addresses: records of the demo company, and what somebody has worked on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import Page

from scripts.demo_server import Served
from scripts.visiting import Visitors, settled

PLACES = {
    "top": "SELECT code FROM rec_units WHERE parent_id = 0",
    "unit": "SELECT uid FROM rec_units WHERE parent_id > 1 ORDER BY id",
    "person": "SELECT uid FROM rec_people WHERE id = (SELECT person_id FROM rec_grants)",
    "seller": "SELECT uid FROM rec_people WHERE id = (SELECT owner_id FROM rec_deals WHERE state = 0 ORDER BY id)",
    "elsewhere": "SELECT uid FROM rec_units WHERE closed = 0 AND parent_id > 1 AND id NOT IN (SELECT unit_id"
    " FROM rec_assignments WHERE person_id = (SELECT owner_id FROM rec_deals WHERE state = 0 ORDER BY id)) ORDER BY id",
    "open_deal": "SELECT uid FROM rec_deals WHERE state = 0 ORDER BY push_count DESC, id",
    "named_deal": "SELECT d.uid FROM rec_deals d JOIN rec_deal_contacts k ON k.deal_id = d.id GROUP BY d.id"
    " ORDER BY COUNT(*) DESC, d.id",
    "key_person": "SELECT k.uid FROM rec_contacts k JOIN rec_deal_contacts o ON o.contact_id = k.id WHERE o.deal_id ="
    " (SELECT deal_id FROM rec_deal_contacts GROUP BY deal_id ORDER BY COUNT(*) DESC, deal_id) ORDER BY k.id",
    "twin_deal": "SELECT uid FROM rec_deals WHERE state = 0 ORDER BY push_count DESC, id LIMIT 1 OFFSET 1",
    "deal_code": "SELECT code FROM rec_deals WHERE state = 0 ORDER BY id",
    "won_deal": "SELECT uid FROM rec_deals WHERE state = 1 AND contracted = 1 ORDER BY id DESC",
    "lost_deal": "SELECT uid FROM rec_deals WHERE state = 2 ORDER BY id DESC",
    "contract": "SELECT uid FROM rec_contracts WHERE deal_id > 0 ORDER BY id DESC",
    "project": "SELECT p.uid FROM rec_projects p JOIN rec_milestones m ON m.project_id = p.id AND m.reached_day IS NULL"
    " ORDER BY m.id",
    "milestone": "SELECT uid FROM rec_milestones WHERE reached_day IS NULL ORDER BY id",
    "contract_code": "SELECT code FROM rec_contracts WHERE deal_id > 0 ORDER BY id DESC",
    "payment_term": "SELECT uid FROM rec_payment_terms WHERE open > 0 ORDER BY id",
    "receipt": "SELECT uid FROM rec_receipts ORDER BY id DESC",
    "customer": "SELECT c.uid FROM rec_customers c JOIN rec_deals d ON d.customer_id = c.id AND d.state = 0"
    " JOIN rec_contacts k ON k.customer_id = c.id GROUP BY c.id ORDER BY COUNT(DISTINCT k.id) DESC, c.id",
    "contact": "SELECT k.uid FROM rec_contacts k JOIN rec_deals d ON d.customer_id = k.customer_id AND d.state = 0"
    " WHERE k.left = 0 ORDER BY k.id",
    "budget": "SELECT uid FROM rec_budgets ORDER BY id",
    "expense": "SELECT uid FROM rec_expenses ORDER BY id",
    "stage": "SELECT uid FROM rec_stages ORDER BY id",
    "product": "SELECT uid FROM rec_products ORDER BY id",
    "overspend": "SELECT uid FROM rec_expenses WHERE overspend = 2 ORDER BY id",
    "checklist_template": "SELECT uid FROM rec_checklist_templates ORDER BY id",
    "expense_category": "SELECT uid FROM rec_expense_categories ORDER BY id",
    "loss_reason": "SELECT uid FROM rec_loss_reasons ORDER BY id",
    "offered_plan": "SELECT uid FROM rec_plans WHERE state = 2 ORDER BY id",
    "countered_row": "SELECT r.uid FROM rec_plan_rows r JOIN rec_plan_terms t ON t.plan_row_id = r.id"
    " WHERE t.agreed = 2 ORDER BY r.id",
    "waiting_adjustment": "SELECT uid FROM rec_plan_adjustments WHERE state = 1 ORDER BY id DESC",
    "goal": "SELECT uid FROM rec_goals ORDER BY id LIMIT 1 OFFSET 1",
    "theme": "SELECT uid FROM rec_themes ORDER BY id",
    "factor": "SELECT uid FROM rec_factors WHERE code = 'sites'",
    "factor_figure": "SELECT uid FROM rec_factor_figures ORDER BY id",
    "market": "SELECT uid FROM rec_market_facts ORDER BY id",
    "checklist_item": "SELECT uid FROM rec_checklist_items WHERE kind = 1 ORDER BY id",
    "ogsm_node": "SELECT uid FROM rec_ogsm_nodes WHERE kind = 3 ORDER BY id",
    "assigned_deal": "SELECT d.uid FROM rec_deals d JOIN rec_deal_strategy s ON s.deal_id = d.id WHERE s.answer = 0",
    "earlier": "SELECT date(max(from_day) - 21 + 2440587.5) FROM fact_deals",
}
"""Place -> the query of what belongs there; ``earlier`` is a day some weeks before an opportunity last changed."""

NAMING = ("company", "account", "import_batch", "saved_view", "saved_mapping")
"""Tables beside those of records that hold names."""


class Records:
    """What is read straight from the database: public ids and names."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def one(self, query: str, *values: object) -> str:
        """Return the first value of the first row, an id as it stands in addresses."""
        with closing(sqlite3.connect(self._database)) as connection:
            (value,) = connection.execute(query, values).fetchone()
        return str(UUID(value)) if isinstance(value, str) and len(value) == 32 else str(value)

    def names(self) -> set[str]:
        """Return every text that people or files brought in, and that stays as it is in every language."""
        with closing(sqlite3.connect(self._database)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            kept = [one for one in tables if one.startswith("rec_") or one in NAMING]
            return {value for table in kept for value in _texts(connection, table)}


def _texts(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    if "name_en" in columns:  # has an English name, so the Chinese one has no place on an English page
        columns.remove("name")
    for row in connection.execute(f'SELECT {", ".join(columns)} FROM "{table}"'):
        yield from (value for value in row if isinstance(value, str) and len(value) > 1)


def places(visitors: Visitors, files: Mapping[str, str]) -> dict[str, str]:
    """Work as sales operations do, so that there is something to see, and return place -> what belongs there.

    Targets are set, a plan is made, both files are brought; the second stays a preview.
    """
    records = Records(visitors.served.database)
    found = {place: records.one(query) for place, query in PLACES.items()}
    page = visitors.page("sales_ops")
    found["save"] = _set_target(page)
    found["plan"], found["plan_cell"] = _make_plan(page)
    found["plan_code"] = records.one("SELECT code FROM rec_plans ORDER BY id DESC")
    written, looked_at = files.items()
    found["batch"] = _import(page, *written, commit=True)
    found["preview"] = _import(page, *looked_at, commit=False)
    found["choosing"] = f"{found['preview'].rstrip('/')}/columns/"
    found["mapping"] = _save_mapping(page, found["preview"])
    found["view"] = _save_view(page)
    page.goto("/settings/log/")
    found["entry"] = page.locator("table.log .when a").first.get_attribute("href") or ""
    page.close()
    return found


def files(served: Served) -> dict[str, str]:
    """Return two files by name: a customer, and opportunities: new, changed, with a name misspelt, unreadable."""
    records = Records(served.database)
    owner = records.one("SELECT code FROM rec_people WHERE name = ?", served.people["rep"])
    known, name = _first_open_deal(records)
    product = records.one("SELECT name FROM rec_products ORDER BY id")
    customers = ["客户号,名称,行业,地区", "KH90001,松陵水务,水务,江苏"]
    deals = [
        "商机号,名称,负责人,阶段,客户,产品,金额,预计签约日,创建日",
        f"XS-001,二期泵站智控,{owner},客户规划,KH00001,{product},86万,2030-06-30,2025-09-01",
        f"{known},{name},{owner},需求确认,KH00002,{product},1234567.89,2030-06-30,2025-09-01",
        f"XS-002,三期泵站智控,{owner},客户规划,KH00003,{product[:-1]},50万,2030-06-30,2025-09-01",
        f"XS-003,四期泵站智控,{owner},客户规划,KH00004,{product},很多,2030-06-30,2025-09-01",
    ]
    return {"客户.csv": "\n".join([*customers, ""]), "商机.csv": "\n".join([*deals, ""])}


def words_of(files: Mapping[str, str]) -> set[str]:
    """Return the names of files and everything that stands in them, which stays as it is in every language."""
    return {*files, *(cell for text in files.values() for line in text.splitlines() for cell in line.split(","))}


def _first_open_deal(records: Records) -> tuple[str, str]:
    where = "FROM rec_deals WHERE state = 0 AND owner_id > 0 ORDER BY id"
    return records.one(f"SELECT code {where}"), records.one(f"SELECT name {where}")


def _set_target(page: Page) -> str:
    """Set one month of next year for one region, and return the address of the save."""
    page.goto("/targets/grid/")
    page.click("details:has(summary .name:text-is('年度')) summary")
    page.click("details[open] .choices a:last-child")
    page.locator("tr[data-row]").nth(1).locator("td[data-at$='-12'] input").fill("321.5")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#toasts .toast")
    page.goto("/targets/saves/")
    return page.locator("main table tbody a").first.get_attribute("href") or ""


def _make_plan(page: Page) -> tuple[str, str]:
    """Make a plan of a region and break it down; return its address and that of one of its cells."""
    page.goto("/targets/plans/new/")
    page.locator("#id_name").fill("年度目标")
    page.locator("#id_unit_id").select_option(index=2)
    page.click("main form .button.primary")
    plan = urlsplit(page.url).path
    page.goto(f"{plan}break-down/")
    page.locator("#id_total").fill("12345.67")
    for _press in ("looked at", "done"):
        page.click("main form .button.primary")
    row = page.locator("tr[data-row]").nth(2).get_attribute("data-row")
    return plan, f"{plan}cell/?row={row}&column={page.locator('th[data-column]').nth(3).get_attribute('data-column')}"


def _save_view(page: Page) -> str:
    """Save a view of the pipeline, shared and pinned, and return the address where it is renamed."""
    page.goto("/views/new/?report=tables/pipeline&flagged=1&sort=-weighted")
    page.locator("#id_name").fill("红旗要先看")
    page.locator("#id_unit").select_option(index=1)
    page.locator("#id_pinned").check()
    page.click("main form .button.primary")
    page.goto("/views/")
    return page.locator("main a[href$='/edit/']").first.get_attribute("href") or ""


def _save_mapping(page: Page, preview: str) -> str:
    """Save how a file is read, and return the address of the mapping."""
    page.goto(preview)
    page.locator("#save-name").fill("销售台账")
    page.click("form.save-as button")
    page.goto("/imports/")
    return page.locator("main a[href*='/imports/mappings/']").first.get_attribute("href") or ""


def _import(page: Page, name: str, text: str, *, commit: bool) -> str:
    """Bring a file, write it if wished, and return the address where that ends."""
    page.goto("/imports/")
    page.set_input_files("#id_files", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.click("main form .button.primary")
    page.wait_for_url("**/imports/files/*/")
    if commit:
        page.click("main form .button.primary")
        page.wait_for_url("**/imports/batches/*/")
    settled(page)
    return page.url

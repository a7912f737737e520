"""Every page of the product, on the demo company: who may open it, and where it is.

`tests/browser` visits each of them in every look; `make screens` photographs them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page

from scripts.visiting import NOBODY, Visitors, settled

NOT_PAGES = {
    "tables": "leads to the first report of the menu item",
    "targets": "leads to the first report of the menu item",
    "deals": "leads to the first report of the menu item",
    "customers": "leads to the first report of the menu item",
    "export": "a file",
    "import-template": "a file",
    "import-refused": "a file",
    "deal-move": "a button of the deal's page; a conflict shows the page of deal-won's form",
    "undo": "a button of every message that something is saved",
    "targets-undo": "a button of the page of a save",
    "import-commit": "a button of the preview",
    "import-spelling": "a button of the preview",
    "import-drop": "a button of the preview",
    "import-undo": "a button of the batch",
    "end-role": "a button of the person's page",
    "end-grant": "a button of the person's page",
    "able-account": "a button of the person's page",
    "revoke-token": "a button of the account's page",
    "calendar-fill": "a button of a year without a calendar",
    "close-period": "a button of the periods' page",
    "reopen-period": "a button of the periods' page",
    "sign-out": "a button of the account's menu",
    "preferences": "buttons of the account's menu",
}
"""URL name -> why it is not a page of its own."""


@dataclass(frozen=True)
class Stop:
    """One page, or one state of it.

    Args:
        name: of the URL pattern; note: which state, where a pattern has several.
        role: who opens it; "" = somebody who has not signed in.
        presses: CSS selectors, clicked one after the other once the page is there.
    """

    name: str
    role: str
    path: str
    note: str = ""
    presses: tuple[str, ...] = ()
    status: int = 200

    def __str__(self) -> str:
        return f"{self.name}-{self.note}" if self.note else self.name


@dataclass(frozen=True)
class Found:
    """Addresses that exist once somebody has worked: a save, an import, its preview, an entry of the log."""

    save: str
    preview: str
    batch: str
    entry: str


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
            kept = [one for one in tables if one.startswith("rec_") or one in ("company", "account", "import_batch")]
            return {value for table in kept for value in _texts(connection, table)}


def _texts(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    if "name_en" in columns:  # has an English name, so the Chinese one has no place on an English page
        columns.remove("name")
    for row in connection.execute(f'SELECT {", ".join(columns)} FROM "{table}"'):
        yield from (value for value in row if isinstance(value, str) and len(value) > 1)


def prepared(visitors: Visitors) -> Found:
    """Work as sales operations do, so that there is something to see: targets are set, two files brought."""
    page = visitors.page("sales_ops")
    entry_of_save = _set_target(page)
    batch = _import(page, "客户.csv", "客户号,名称,行业,地区\nKH90001,松陵水务,水务,江苏\n", commit=True)
    preview = _import(page, "商机.csv", questionable_deals(visitors), commit=False)
    page.goto("/settings/log/")
    entry = page.locator("table.log .when a").first.get_attribute("href") or ""
    page.close()
    return Found(entry_of_save, preview, batch, entry)


def questionable_deals(visitors: Visitors) -> str:
    """Return a CSV of opportunities: one new, one changed, one with a name misspelt, one that cannot be read."""
    records = Records(visitors.served.database)
    owner = records.one("SELECT code FROM rec_people WHERE name = ?", visitors.served.people["rep"])
    known, name = _first_open_deal(records)
    product = records.one("SELECT name FROM rec_products ORDER BY id")
    rows = [
        "商机号,名称,负责人,阶段,客户,产品,金额,预计签约日,创建日",
        f"XS-001,二期泵站智控,{owner},客户规划,KH00001,{product},86万,2030-06-30,2025-09-01",
        f"{known},{name},{owner},需求确认,KH00002,{product},1234567.89,2030-06-30,2025-09-01",
        f"XS-002,三期泵站智控,{owner},客户规划,KH00003,{product[:-1]},50万,2030-06-30,2025-09-01",
        f"XS-003,四期泵站智控,{owner},客户规划,KH00004,{product},很多,2030-06-30,2025-09-01",
    ]
    return "\n".join(rows) + "\n"


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


def stops(records: Records, found: Found) -> list[Stop]:
    """Return every page once at least, with its states that look different."""
    return [
        *signing_in(),
        *cockpits(),
        *targets(records, found),
        *reports(records),
        *deals(records),
        *contracts(records),
        *organisation(records),
        *settings(records, found),
    ]


def signing_in() -> list[Stop]:
    """Return what somebody sees who has not signed in."""
    return [
        Stop("sign-in", NOBODY, "/sign-in/"),
        Stop("sign-in-link", NOBODY, "/sign-in/0123456789abcdef/"),
        Stop("sign-in-link", NOBODY, "/sign-in/0123456789abcdef/", "used", ("main .button.primary",)),
    ]


def cockpits() -> list[Stop]:
    """Return the cockpit of every kind of person, and what opens from it."""
    door = ".wide-only .door, .phone-only .door"
    return [
        Stop("cockpit", "manager", "/"),
        Stop("cockpit", "executive", "/", "executive"),
        Stop("cockpit", "rep", "/", "rep"),
        Stop("cockpit", "admin", "/", "empty"),
        Stop("cockpit", "manager", "/", "sheet", (f":is({door}):visible",)),
        Stop("cockpit", "manager", "/", "account", ("details.account summary",)),
        Stop("cockpit", "manager", "/", "as-of", (".asof details summary",)),
        Stop("cockpit-changes", "manager", "/cockpit/changes/"),
        Stop("search", "manager", "/search/?q=泵"),
        Stop("search", "manager", "/search/?q=没有的词", "nothing"),
        Stop("not-found", "manager", "/nowhere/", status=404),
    ]


def targets(records: Records, found: Found) -> list[Stop]:
    """Return the pages of targets."""
    top = records.one("SELECT code FROM rec_units WHERE parent_id = 0")
    return [
        Stop("targets-grid", "sales_ops", "/targets/grid/"),
        Stop("targets-grid", "rep", "/targets/grid/", "rep"),
        Stop("targets-history", "sales_ops", f"/targets/grid/history/?unit={top}&measure=contract"),
        Stop("targets-saves", "sales_ops", "/targets/saves/"),
        Stop("targets-save", "sales_ops", found.save),
    ]


def reports(records: Records) -> list[Stop]:
    """Return every report, with the states that reports have: compared, filtered, empty, explained, opened."""
    pipeline = "/reports/tables/pipeline/"
    moves = "/reports/deals/moves/"
    return [
        Stop("report", "manager", pipeline, "pipeline"),
        Stop("report", "manager", f"{pipeline}?compare={an_earlier_day(records)}", "pipeline-compared"),
        Stop("report", "manager", f"{pipeline}?customer=KH00001&category=commit", "pipeline-nothing"),
        Stop("report", "manager", pipeline, "pipeline-sheet", ("thead .total a.door:visible",)),
        Stop("report", "manager", pipeline, "pipeline-columns", (".bar .tools details:first-of-type summary",)),
        Stop("report", "manager", "/reports/targets/attainment/?people=1", "attainment"),
        Stop("report", "manager", "/reports/deals/list/", "deals"),
        Stop("report", "rep", "/reports/deals/list/", "deals-rep"),
        Stop("report", "manager", "/reports/customers/accounts/", "customers"),
        Stop("report", "manager", "/reports/deals/waterfall/", "waterfall"),
        Stop("report", "manager", moves, "moves"),
        Stop("report", "manager", "/reports/targets/cells/", "cells"),
        Stop("report", "manager", "/reports/targets/done/?measure=contract", "done"),
        Stop("report", "manager", "/reports/targets/support/", "support"),
        Stop("how", "manager", f"{pipeline}how/"),
    ]


def an_earlier_day(records: Records) -> str:
    """Return a day some weeks before the last one on which an opportunity changed."""
    return records.one("SELECT date(max(from_day) - 21 + 2440587.5) FROM fact_deals")


def deals(records: Records) -> list[Stop]:
    """Return the pages of an opportunity, open and won."""
    open_deal = records.one("SELECT uid FROM rec_deals WHERE state = 0 ORDER BY push_count DESC, id")
    won = records.one("SELECT uid FROM rec_deals WHERE state = 1 AND contracted = 1 ORDER BY id DESC")
    lost = records.one("SELECT uid FROM rec_deals WHERE state = 2 ORDER BY id DESC")
    return [
        Stop("new-deal", "sales_ops", "/deals/new/"),
        Stop("new-deal", "sales_ops", "/deals/new/", "refused", ("main form .button.primary",)),
        Stop("deal", "sales_ops", f"/deals/{open_deal}/", "open"),
        Stop("deal", "sales_ops", f"/deals/{open_deal}/", "editing", ("main [data-edit]",)),
        Stop("deal", "executive", f"/deals/{won}/", "won"),
        Stop("deal", "executive", f"/deals/{lost}/", "lost"),
        Stop("deal-hand-over", "sales_ops", f"/deals/{open_deal}/hand-over/"),
        Stop("deal-won", "sales_ops", f"/deals/{open_deal}/won/"),
        Stop("deal-lost", "sales_ops", f"/deals/{open_deal}/lost/"),
        Stop("deal-field", "sales_ops", f"/deals/{open_deal}/amount/"),
    ]


def contracts(records: Records) -> list[Stop]:
    """Return the pages of a contract."""
    contract = records.one("SELECT uid FROM rec_contracts WHERE deal_id > 0 ORDER BY id DESC")
    won = records.one("SELECT uid FROM rec_deals WHERE state = 1 ORDER BY id DESC")
    return [
        Stop("new-contract", "sales_ops", f"/contracts/new/?deal={won}"),
        Stop("contract", "sales_ops", f"/contracts/{contract}/"),
        Stop("contract-edit", "sales_ops", f"/contracts/{contract}/edit/"),
    ]


def organisation(records: Records) -> list[Stop]:
    """Return the pages of units, people and their rights."""
    unit = records.one("SELECT uid FROM rec_units WHERE parent_id > 1 ORDER BY id")
    person = records.one("SELECT person_id FROM rec_grants")
    person = records.one("SELECT uid FROM rec_people WHERE id = ?", person)
    units, people = f"/settings/organisation/units/{unit}/", f"/settings/people/{person}/"
    return [
        Stop("organisation", "admin", "/settings/organisation/"),
        Stop("rights", "admin", "/settings/organisation/rights/"),
        Stop("new-unit", "admin", "/settings/organisation/units/new/"),
        Stop("unit", "admin", units),
        Stop("move-unit", "admin", f"{units}move/"),
        Stop("close-unit", "admin", f"{units}close/"),
        Stop("unit-field", "admin", f"{units}value/name/"),
        Stop("people", "admin", "/settings/people/"),
        Stop("new-person", "admin", "/settings/people/new/"),
        Stop("person", "admin", people),
        Stop("invite", "admin", people, presses=("main form[action$='/invite/'] button",)),
        Stop("move-person", "admin", f"{people}move/"),
        Stop("leave", "admin", f"{people}leave/"),
        Stop("grant-role", "admin", f"{people}roles/new/"),
        Stop("give-grant", "admin", f"{people}grants/new/"),
        Stop("person-field", "admin", f"{people}value/email/"),
    ]


def settings(records: Records, found: Found) -> list[Stop]:
    """Return the settings, the imports and the log."""
    stage = records.one("SELECT uid FROM rec_stages ORDER BY id")
    deal = records.one("SELECT code FROM rec_deals WHERE state = 0 ORDER BY id")
    token = ("main form.stack .button",)
    return [
        Stop("settings", "admin", "/settings/"),
        Stop("settings", "sales_ops", "/settings/", "sales-ops"),
        Stop("account", "finance", "/settings/account/"),
        Stop("password", "finance", "/settings/account/password/"),
        Stop("new-token", "finance", "/settings/account/", "refused", token),
        Stop("calendar", "sales_ops", "/settings/calendar/"),
        Stop("rules", "sales_ops", "/settings/rules/"),
        Stop("rule", "sales_ops", "/settings/rules/done.won_without_contract/"),
        Stop("stages", "sales_ops", "/settings/stages/"),
        Stop("new-stage", "sales_ops", "/settings/stages/new/"),
        Stop("new-stage-set", "sales_ops", "/settings/stages/new-set/"),
        Stop("stage", "sales_ops", f"/settings/stages/{stage}/"),
        Stop("periods", "finance", "/settings/periods/"),
        Stop("why", "sales_ops", f"/why/?deal={deal}"),
        Stop("why", "rep", "/why/", "asking"),
        Stop("imports", "sales_ops", "/imports/"),
        Stop("import-look", "sales_ops", found.preview),
        Stop("import-batch", "sales_ops", found.batch),
        Stop("log", "admin", "/settings/log/"),
        Stop("log-entry", "admin", found.entry),
        Stop("verify-log", "admin", "/settings/log/", presses=("form[action$='/verify/'] button",)),
    ]

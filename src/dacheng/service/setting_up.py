"""Setting up a database: its tables, its company, the demo, and the first ways in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.core.management import call_command

from dacheng.core.access import ADMIN, ROLE_LABEL, SYSTEM
from dacheng.core.company import Company, Frame
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.period import date_of
from dacheng.exchange.defaults import (
    always,
    default_expense_categories,
    default_factors,
    default_loss_reasons,
    default_measures,
    default_stages,
    default_templates,
)
from dacheng.exchange.first_calendar import first_calendar
from dacheng.exchange.packs import pack_frames, pack_named
from dacheng.store.actions.accounts import invite
from dacheng.store.actions.company import install_company
from dacheng.store.actions.people import create_person
from dacheng.store.actions.rights import grant_role
from dacheng.store.company import company_setting
from dacheng.store.history import company_day
from dacheng.store.queries.importing import top_unit_code
from dacheng.store.queries.signing_in import one_of_each_role, person_called
from dacheng.store.standing import ids_of_codes, standing

TOP = "HQ"
"""Code of the unit at the top, where nothing else is said."""

Generate = Callable[[int, date, int | None], Company]

DEMO_SEED = 20_260_101
FIRST_YEAR, YEARS_AHEAD = 2010, 5
"""The calendar a company starts with: long enough for imported history and for plans."""

SIGN_IN_PATH = "/sign-in/"


def migrate() -> None:
    """Make or update the tables; nothing happens when they are up to date."""
    call_command("migrate", verbosity=0, interactive=False)


def company_exists() -> bool:
    """Tell whether the database holds a company."""
    return company_setting().pk is not None and bool(company_setting().name)


def found_company(
    at: datetime, name: str, currency: str = "CNY", *, code: str = TOP, with_stages: bool = True, pack: str = ""
) -> dict[str, int]:
    """Give an empty database its company: top unit, measures, calendar and, unless an import brings them, stages.

    Args:
        code: of the unit at the top; pack: of the industry whose stages it begins with; empty = the usual ones.

    Returns:
        relation -> how many records.

    Raises:
        RuleError: it holds a company already, the name is empty, or the currency is no code.
    """
    if not name.strip():
        raise RuleError(Text("公司没有名称。", "The company has no name."), Text("请给出名称。", "Give it a name."))
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise RuleError(
            Text(f"不认识的币种「{currency}」。", f"“{currency}” is not a currency code."),
            Text("用三个大写字母，例如 CNY。", "Use three capital letters, for example CNY."),
        )
    last_year = date_of(company_day(at)).year + YEARS_AHEAD
    stages = pack_frames(pack_named(pack)) if pack else default_stages() if with_stages else None
    company = new_company(name.strip(), currency, code=code, last_year=last_year, stages=stages)
    return install_company(actor=SYSTEM, at=at, company=company)


def new_company(name: str, currency: str, *, code: str, last_year: int, stages: tuple[Frame, Frame] | None) -> Company:
    """Return a company that has nothing yet but what every company needs.

    Args:
        stages: its stage sets and stages; None where an import brings them.
    """
    frames = {
        "units": always({"unit_id": [1], "parent_id": [0], "closed": [0]}, {"code": [code], "name": [name]}),
        "calendar": first_calendar(currency, FIRST_YEAR, last_year),
        "measures": default_measures(),
        "factors": default_factors(),
        "checklist_templates": default_templates(),
        "expense_categories": default_expense_categories(),
        "loss_reasons": default_loss_reasons(),
    }
    if stages:
        frames["stage_sets"], frames["stages"] = stages
    return Company(name, currency, frames)


def ready_demo(at: datetime, as_of: date | None, scale: int | None, generate: Generate) -> str:
    """Return the name of the demo company, made first where the database is empty.

    Args:
        as_of: its today; default the day of ``at``.
        scale: number of opportunities; None for the small one.
        generate: ``dacheng.demo.generate``, which stands beside this layer and is handed in.
    """
    migrate()
    if not company_exists():
        company = generate(DEMO_SEED, as_of or date_of(company_day(at)), scale)
        install_company(actor=SYSTEM, at=at, company=company, demo=True)
    return str(company_setting().name)


def sign_in_links(at: datetime, base_url: str) -> list[tuple[Text, str, str]]:
    """Return (role, name, one-time link) of one person for each role."""
    return [(ROLE_LABEL[role], name, link_of(at, person, base_url)) for role, person, name in one_of_each_role()]


def link_of(at: datetime, person_id: int, base_url: str) -> str:
    """Return a one-time sign-in link of a person."""
    secret = invite(actor=SYSTEM, at=at, person_id=person_id).secret
    return f"{base_url.rstrip('/')}{SIGN_IN_PATH}{secret}/"


def administrator(at: datetime, name: str) -> int:
    """Return the number of the person of a code or name, as an administrator; made first where there is none.

    For the owner of the machine: the way in on the first day, and when nobody can get in any more.

    Raises:
        NotFound: there is no company yet.
    """
    top = ids_of_codes("units", [top_unit_code()])
    if not top:
        raise NotFound(
            Text("这个数据库里还没有公司。", "The database holds no company yet."),
            Text("用 dacheng init --name 建一家。", "Make one with dacheng init --name."),
        )
    unit = standing("units", top.values())[next(iter(top.values()))].uid
    person = person_called(name)
    if not person:
        create_person(actor=SYSTEM, at=at, values={"name": name}, home=unit)
        person = person_called(name)
    grant_role(actor=SYSTEM, at=at, person=standing("people", [person])[person].uid, role=ADMIN, unit=unit)
    return person

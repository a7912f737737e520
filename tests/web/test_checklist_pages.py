"""Checklists in the browser: started, ticked, added to, told in the log, shown before a plan is approved."""

from __future__ import annotations

from dacheng.core.period import ym_at


def started(client, **form: str) -> str:
    """Start a checklist by its form; return the address of its page."""
    return client.post("/targets/checklists/new/", {"kind": "calendar", "year": "2026", **form}).headers["Location"]


def fields_of(page) -> dict[str, str]:
    """Return what the form of a list would send with no tick set."""
    return {
        f"{name}-{item['uid']}": str(item[key])
        for group in page.context["groups"]
        for item in group["items"]
        for name, key in (("version", "version"), ("note", "note"))
    }


def test_a_list_is_started_ticked_and_added_to_and_the_log_tells_it(company, signed_in):
    client = signed_in("ops")
    address = started(client, unit_id=str(company.uid("units", "SH")))
    page = client.get(address)
    first = page.context["groups"][0]["items"][0]["uid"]

    ticked = client.post(address, fields_of(page) | {f"done-{first}": "on", f"note-{first}": "已发文"}, follow=True)
    added = client.post(address, {"add": "1", "name": "渠道伙伴签约"}, follow=True)

    assert "1 / 10 项完成" in ticked.content.decode() and "已发文" in ticked.content.decode()
    assert "渠道伙伴签约" in added.content.decode()
    log = client.get("/settings/log/").content.decode()
    assert "开清单" in log and "勾清单" in log and "渠道伙伴签约" in log


def test_somebody_without_the_right_neither_starts_nor_ticks(company, signed_in):
    ops, rep = signed_in("ops"), signed_in("li")
    address = started(ops, unit_id=str(company.uid("units", "SH")))

    assert rep.get("/targets/checklists/new/").status_code == 403
    assert rep.get(address).status_code == 404


def test_what_is_open_is_shown_before_a_plan_is_approved(company, signed_in):
    from dacheng.store.actions.plans import create_plan, move_plan

    ops = company.actor("ops")
    values = {"name": "年度方案", "unit_id": company.uid("units", "SH")}
    values |= {"from_ym": ym_at(2026, 7), "until_ym": ym_at(2027, 1)}
    plan = create_plan(actor=ops, at=company.AT, values=values).uid
    client = signed_in("ops")
    started(client, kind="foundations", plan_id=str(plan))
    move_plan(actor=ops, at=company.AT, uid=plan, step="propose", version=None)

    asked = client.get(f"/targets/plans/{plan}/steps/approve/")

    assert "分解前检查：0 / 9 项完成" in asked.content.decode()
    assert "没有完成：区分一次性大单和可重复的业务" in asked.content.decode()

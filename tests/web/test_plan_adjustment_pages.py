"""Adjustments of a plan in the browser: entered, looked at with their effect, approved by another one."""

from __future__ import annotations

import re

from tests.web.test_plan_pages import page_of, plan

__all__ = ["plan"]

WAN = "?show=yuan"


def row_of(page: str, name: str) -> str:
    """Return the code of a row that the form offers."""
    return re.search(rf'<option value="([^"]+)">[^<]* · {name}</option>', page)[1]


def entered(client, address, **more) -> str:
    form = client.get(f"{address}adjustments/new/{WAN}").content.decode()
    wish = {"row": row_of(form, "李雷"), "kind": "7", "start_day": "2027-07-01", "reason": "产假", "evidence": "批假单"}
    answer = client.post(f"{address}adjustments/new/{WAN}", wish | more)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_a_line_is_entered_its_effect_is_seen_and_another_one_approves_it(plan, signed_in):
    line = entered(signed_in("ops"), plan, end_day="2027-08-31")

    seen = signed_in("boss").get(f"{line}{WAN}").content.decode()
    refused = signed_in("ops").post(line, {"do": "approve"})
    done = signed_in("boss").post(line, {"do": "approve", "said": "同意"})

    assert "−50.00" in seen and "1,150.00" in seen and "批准并写入方案" in seen
    assert refused.status_code == 403
    assert done.status_code == 302
    after = signed_in("boss").get(f"{line}{WAN}").content.decode()
    assert "300.00 −50.00 = 250.00" in after and "批准并写入方案" not in after
    assert "已批准" in signed_in("ops").get(f"{plan}adjustments/").content.decode()


def test_a_line_without_evidence_says_so_and_is_not_written(plan, signed_in):
    line = entered(signed_in("ops"), plan, evidence="")

    answer = signed_in("boss").post(line, {"do": "approve"})

    assert answer.status_code == 422
    assert "没有依据" in answer.content.decode()


def test_a_next_version_shows_what_every_row_becomes_before_it_is_approved(plan, signed_in):
    ops, boss = signed_in("ops"), signed_in("boss")
    made = ops.post(f"{plan}copy/", {"name": "年中调整", "effective_ym": str(12 * 2027 + 6)}).headers["Location"]
    boss.post(entered(ops, made), {"do": "approve"})

    page = boss.get(f"{made}steps/approve/{WAN}").content.decode()

    assert "改前" in page and "1,200.00" in page and "1,050.00" in page
    assert "李雷" in page and "赵敏" not in page
    assert "调整登记" in page_of(ops, made)


def test_a_line_of_a_unit_tells_what_it_came_to_for_each_below_it(plan, signed_in):
    form = signed_in("ops").get(f"{plan}adjustments/new/{WAN}").content.decode()
    unit = {
        "row": row_of(form, "上海组"),
        "kind": "5",
        "start_day": "2027-01-01",
        "full_amount": "-120",
        "prorating": "6",
    }
    line = entered(signed_in("ops"), plan, **unit)

    assert signed_in("boss").post(line, {"do": "approve"}).status_code == 302

    page = signed_in("boss").get(f"{line}{WAN}").content.decode()
    assert "分到各行" in page and page.count("−60.00") == 2
    part = re.search(r'href="([^"]+/adjustments/[^"]+)">TZ-', page[page.index("分到各行") :])[1]
    assert "分自 TZ-" in signed_in("boss").get(part).content.decode()
    register = signed_in("ops").get(f"{plan}adjustments/").content.decode()
    assert register.count('href="' + line) == 1 and part not in register
    assert "政策冲击" in signed_in("ops").get("/reports/plans/adjusted/").content.decode()

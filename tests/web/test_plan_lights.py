"""Three lights beside each row of a plan's grid: a sign and words each, never a colour alone, and the way on (R226)."""

from __future__ import annotations

import re

from tests.web.test_plan_pages import YEAR, plan  # noqa: F401


def lights_of(page):
    """Return name of a row -> what is said of its lights, their signs, and where they lead."""
    found = {}
    for cell in re.findall(r'<td class="lights">(.*?)</td>', page):
        said, signs = re.search('aria-label="([^"]+)"', cell)[1], re.findall(r">([✓△✗?])</span>", cell)
        name, *lights = re.split("；|; ", said)
        found[name] = (lights, "".join(signs), re.search('href="([^"]+)"', cell)[1])
    return found


def test_each_row_says_whether_actions_reviews_and_resources_are_there(plan, signed_in):  # noqa: F811
    page = signed_in("ops").get(plan + YEAR).content.decode()

    lights, signs, url = lights_of(page)["李雷"]
    assert lights == ["动作：没有", "复盘：不知道", "资源：有"] and signs == "✗?✓"
    assert 'class="ink3" title="复盘：不知道。会议还没有记录，所以不知道"' in page
    assert url.startswith("/reports/plans/health/") and "plan=" in url
    health = signed_in("ops").get(url.replace("&amp;", "&"))
    assert health.status_code == 200 and "李雷" in health.content.decode()


def test_the_lights_are_said_in_english(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    client.post("/preferences/", {"language": "en"})

    page = client.get(plan + YEAR).content.decode()

    assert "Health: ✓ yes, △ partly, ✗ none, ? not known" in page
    assert any(said[0][1] == "Reviews: Not known" for said in lights_of(page).values())

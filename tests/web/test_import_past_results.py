"""Order lines become past results in the browser: regions found by name, categories made with them."""

import re
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.store.models import Actual, Segment, Unit

ORDERS = "行 ID,订单日期,地区,类别,销售额,利润\n1,2024-05-31,华南,技术,100.123,-10\n2,2024-06-01,华东,家具,50,5\n"


@pytest.fixture
def uploads(settings, tmp_path):
    """Keep uploads in a folder of the test."""
    settings.UPLOADS = tmp_path / "uploads"


def test_order_lines_are_chosen_looked_at_and_written_with_new_categories(company, signed_in, uploads):
    client = signed_in("ops")
    file = SimpleUploadedFile("订单.csv", ORDERS.encode())
    look = client.post("/imports/", {"files": [file], "mapping": ""})["Location"]
    columns = look if look.endswith("/columns/") else f"{look}columns/"

    client.post(columns, {"tables": "1", "t0-label": "订单.csv", "t0-relation": "actuals", "t0-was": ""})
    page = client.get(columns).content.decode()
    form = {"tables": "1", "t0-label": "订单.csv", "t0-relation": "actuals", "t0-was": "actuals", "t0-unit": "元"}
    selects = re.findall(r'name="(t0-c-\w+)"(.*?)</select>', page, re.S)
    form |= {name: found[1] for name, inside in selects if (found := re.search(r'value="([^"]+)" selected', inside))}
    form |= {"t0-creates": "on", "t0-f-measure": "contract", "look": "1"}
    preview = client.post(columns, form, follow=True)
    token = unquote(preview.request["PATH_INFO"])
    client.post(f"{token}commit/", {"refused": "0"})

    assert "没有的组织、划分项和客户一起建" in page
    assert sorted(Actual.objects.values_list("amount", flat=True)) == [-1000, 500, 5000, 10012]
    assert Unit.objects.count() == 4  # those that stand are found by their names and left where they are
    assert set(Segment.objects.values_list("name", flat=True)) == {"技术", "家具"}

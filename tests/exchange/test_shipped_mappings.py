"""The mappings that come with the product, on files of the shape that each system writes.

The headers are those of the systems; the rows are invented. Every trap that such files hold
is a row or a header here: two columns of one title, notes above the table, numbers for words,
blank names, apostrophes, amounts with commas, long numbers, mixed case.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.period import FIRST_DAY, ym_at
from dacheng.core.schema import RELATIONS
from dacheng.exchange.fitting import fitting
from dacheng.exchange.mapping_file import shipped_mapping, shipped_mappings
from dacheng.exchange.matching import match
from dacheng.exchange.own_rows import StageSeen, Standpoint
from dacheng.exchange.reading import read_workbook
from dacheng.exchange.referring import KnownRecord, NothingKnown
from dacheng.exchange.stage_words import with_states
from dacheng.exchange.staging import StagedFiles, stage
from tests.exchange.mapping_cases import KNOWN, TODAY, day, rows, told, xlsx

EXPORTS = Path(__file__).parent / "exports"
UNITS = KNOWN["units"]
NO_STAGES = Standpoint()
SALES = {
    "people": [KnownRecord("E1", "李想"), KnownRecord("E4", "Lin Xia"), KnownRecord("E5", "Gao Yuan")],
    "units": UNITS,
    "measures": [KnownRecord("contract", "合同额"), KnownRecord("cash", "回款")],
}


class Company(NothingKnown):
    """A company whose salesperson E1 is at home in EAST."""

    def homes(self, people):
        return {one: [(FIRST_DAY, "EAST")] for one in people if one == "E1"}


def book(name: str, content: bytes | None = None):
    """Return a file of the folder, or one of the given content."""
    return read_workbook(content if content is not None else (EXPORTS / name).read_bytes(), name)


def brought(mapping: str, *names: str, known=None, aliases=None, stages=NO_STAGES, **contents) -> StagedFiles:
    """Return what files bring by a shipped mapping."""
    described = with_states(shipped_mapping(mapping), stages)
    books = [*(book(name) for name in names), *(book(f"{name}.xlsx", one) for name, one in contents.items())]
    matched, findings = match(books, described)
    return stage(
        matched,
        described,
        name="files",
        known=Company("HQ", {**SALES, **(known or {})}),
        on_day=TODAY,
        currency="CNY",
        aliases=aliases,
        findings=findings,
    )


def blocking(result: StagedFiles) -> list[tuple[str, int | None, str]]:
    """Return (rule, row, value) of what stays out."""
    return [(one.rule, one.row, one.value) for one in result.findings if one.severity == "block"]


def history(result: StagedFiles, code: str, *names: str) -> list[tuple]:
    """Return (day, values …) of a deal from its first day on; what is not said again stays."""
    ((_, first, since, later),) = [one for one in rows(result, "deals") if one[0] == code]
    held, told_of = {}, []
    for at, values in ((since, first), *later):
        held |= values
        told_of.append((at, *(held.get(name) for name in names)))
    return told_of


# All of them -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one for one in shipped_mappings() if one != "maven"])
def test_a_shipped_mapping_brings_stages_of_every_state_or_none(name):
    stages = [one.values.get("state", "open") for one in shipped_mapping(name).records if one.relation == "stages"]

    assert set(stages) in ({"open", "won", "lost"}, set())


@pytest.mark.parametrize(
    ("file", "mapping"),
    [(path.name, path.name.split("_")[0]) for path in sorted(EXPORTS.glob("*.csv"))],
)
def test_the_system_of_a_file_is_told_by_its_headers(file, mapping):
    found = fitting([book(file)], map(shipped_mapping, shipped_mappings()))

    assert found[0].name == mapping


def test_a_list_of_accounts_brings_no_stages():
    result = brought("hubspot", "hubspot_companies.csv")

    assert {one.relation for one in result.batch.rows} == {"customers"}


# Odoo ------------------------------------------------------------------------------------------


def test_odoo_in_chinese_tells_open_and_won_by_the_stage_and_misses_people_by_name():
    result = brought("odoo", "odoo_pipeline_zh.csv")

    assert history(result, "市政泵站监控扩容", "stage_id", "amount") == [(TODAY, "odoo-proposition", 320_000_000)]
    assert history(result, "水厂能耗平台", "stage_id", "amount") == [(TODAY, "odoo-won", 41_500_000)]
    assert blocking(result) == [("import/unknown-reference", 3, "王蕾")]


def test_odoo_in_english_has_the_outcome_from_the_closing_day_on():
    result = brought("odoo", "odoo_pipeline_en.csv")

    assert blocking(result) == []
    assert history(result, "crm_lead_8", "stage_id", "amount") == [
        (day("2026-01-12"), "odoo-new", None),
        (day("2026-05-18"), "odoo-won", 12_000_000),
    ]
    assert history(result, "crm_lead_9", "stage_id", "amount", "lost_reason") == [
        (day("2025-11-20"), "odoo-qualified", 31_000_000, None),
        (day("2026-04-02"), "odoo-lost", 0, "Too expensive"),
    ]


def test_odoo_orders_are_contracts_and_quotations_are_not():
    result = brought("odoo", "odoo_orders.csv")

    ((code, values, since, _),) = rows(result, "contracts")
    assert (code, values["amount"], values["amount_ex"], since) == (
        "S00087", 113_000_000, 100_000_000, day("2026-03-12"),
    )  # fmt: skip
    assert [one[0] for one in told(result, "import/left-out")] == ["note"]


def test_the_lead_template_of_odoo_brings_accounts():
    result = brought("odoo", "odoo_leads.csv")

    assert [(code, values["region"]) for code, values, *_ in rows(result, "customers")] == [
        ("澄川水务", "北京"),
        ("Heling Electronics", "Chicago"),
    ]


def test_the_lead_template_of_odoo_brings_whom_one_speaks_to():
    result = brought("odoo", "odoo_leads.csv")

    assert [
        (code, values["customer_id"], values["title"], values["phone"]) for code, values, *_ in rows(result, "contacts")
    ] == [
        ("澄川水务·陈立", "澄川水务", "信息中心主任", "+86 13900000001"),
        ("Heling Electronics·Ann Lee", "Heling Electronics", "CIO", "+1 555 0100"),
    ]


# Salesforce ------------------------------------------------------------------------------------

SALESFORCE = ("salesforce_roles.csv", "salesforce_users.csv", "salesforce_accounts.csv")


def test_a_salesforce_company_comes_in_from_its_files_together():
    result = brought("salesforce", *SALESFORCE, "salesforce_opportunities.csv", "salesforce_quotas.csv")

    assert {code: values["parent_id"] for code, values, *_ in rows(result, "units")} == {
        "00ED0000000RoleAMA": "HQ",
        "00ED0000000RoleBMA": "00ED0000000RoleAMA",
    }
    assert [values["left"] for _, values, *_ in rows(result, "people")] == [0, 1]
    assert history(result, "006D000000FgHiJIAV", "stage_id", "amount", "category") == [
        (day("2025-09-20"), "sf-prospecting", None, 1),
        (day("2026-03-28"), "sf-won", 240_000_000, 1),
    ]
    assert history(result, "006D000000AbCdEIAV", "stage_id", "next_step", "category") == [
        (day("2026-01-08"), "sf-negotiation", "合同条款终稿", 1)
    ]


def test_a_row_in_another_currency_is_refused_and_named():
    result = brought("salesforce", *SALESFORCE, "salesforce_opportunities.csv")

    assert blocking(result) == [("import/currency", 4, "USD")]


def test_a_quota_is_the_target_of_its_owner_at_home():
    result = brought("salesforce", *SALESFORCE, "salesforce_quotas.csv")

    ((_, values, since, _),) = rows(result, "targets")
    assert (values["unit_id"], values["ym"], values["amount"], since) == (
        "00ED0000000RoleBMA", ym_at(2026, 4), 150_000_000, TODAY,
    )  # fmt: skip


def test_a_salesforce_report_ends_before_its_footer():
    result = brought("salesforce", "salesforce_report.csv")

    assert [code for code, *_ in rows(result, "deals")] == ["泵站二期"]
    assert blocking(result) == [("import/unknown-reference", 3, "王蕾甲")]
    assert len(told(result, "sheet/footer")) == 3


# HubSpot, Dynamics -----------------------------------------------------------------------------


def test_hubspot_titles_are_read_in_any_case_and_the_first_of_several_companies_counts():
    result = brought("hubspot", "hubspot_deals.csv", "hubspot_companies.csv")

    ((_, values, *_),) = [one for one in rows(result, "deals") if one[0] == "18230045511"]
    assert values["customer_id"] == "9001001"  # not a second account of the same name
    assert [code for code, *_ in rows(result, "customers")] == ["9001001", "9001002"]
    assert history(result, "18230045602", "stage_id", "amount") == [
        (day("2025-12-02"), "hs-appointment", None),
        (day("2026-03-31"), "hs-won", 5_400_050),
    ]


def test_a_stage_and_a_currency_that_are_not_known_are_told():
    result = brought("hubspot", "hubspot_deals.csv")

    assert sorted((rule, row) for rule, row, _ in blocking(result)) == [
        ("import/unknown-reference", 5),
        ("money/other-currency", 4),
    ]


def test_dynamics_is_open_won_or_lost_by_its_status():
    result = brought("dynamics", "dynamics_opportunities.csv")

    assert history(result, "7d2a11ce-0001", "stage_id", "win_bp", "category") == [
        (day("2026-01-08"), "dyn-open", 8_000, 1)
    ]
    assert history(result, "7d2a11ce-0002", "stage_id", "amount")[-1] == (day("2026-03-20"), "dyn-won", 5_000_000)
    assert blocking(result) == [("import/currency", 4, "US Dollar")]


# CordysCRM -------------------------------------------------------------------------------------


def test_cordys_amounts_have_commas_of_any_width_and_shares_a_percent_sign():
    result = brought("cordys", "cordys_deals.csv")

    assert blocking(result) == []
    assert [(values["amount"], values["win_bp"]) for _, values, *_ in rows(result, "deals")] == [
        (86_000_000, 8_000),
        (240_000_050, 3_500),
    ]
    assert {one[1]["stage_id"] for one in rows(result, "deals")} == {"cordys-new"}


def test_a_cordys_export_tells_the_outcome_with_its_reason():
    result = brought("cordys", "cordys_deals_exported.csv")

    assert history(result, "SJ0002", "stage_id", "amount")[-1] == (day("2026-03-20"), "cordys-won", 24_000_000)
    assert history(result, "SJ0003", "stage_id", "lost_reason")[-1] == (day("2026-02-11"), "cordys-lost", "价格过高")


def test_the_leads_of_cordys_bring_accounts_and_whom_one_speaks_to():
    result = brought("cordys", "cordys_leads.csv")

    assert [code for code, *_ in rows(result, "customers")] == ["澄川水务", "禾岭电子"]
    assert [(code, values["phone"]) for code, values, *_ in rows(result, "contacts")] == [
        ("澄川水务·陈立", "13900000001")
    ]
    assert blocking(result) == []


def test_cordys_users_stand_below_two_rows_of_notes_and_their_department_is_a_path():
    notes = [["填写说明：红色字段为必填"], ["部门用 / 分隔"]]
    titles = ["工号", "姓名", "性别", "部门", "职位", "手机号", "邮箱", "直属上级", "员工类型"]
    people = [
        ["A1", "林夏", "女", "达远科技/华北大区/一组", "经理", "13900000011", "linxia@example.com", "", "正式"],
        ["A2", "高远", "男", "达远科技", "总监", "13900000012", "gaoyuan@example.com", "", "正式"],
    ]

    result = brought("cordys", user_import_cn=xlsx(("用户", [*notes, titles, *people])))

    assert [(code, values["parent_id"]) for code, values, *_ in rows(result, "units")] == [
        ("华北大区", "HQ"),
        ("一组", "华北大区"),
    ]
    assert [values["unit_id"] for _, values, *_ in rows(result, "assignments")] == ["一组", "HQ"]


def test_a_cordys_contract_form_has_its_notes_on_another_sheet():
    data = [
        ["合同", "客户名称", "合同编号", "负责人", "合同开始时间", "合同结束时间", "累计金额", "合同阶段"],
        ["泵站二期合同", "澄川水务", "HT-1", "李想", "2026-07-01", "2027-06-30", "860,000", "履行中"],
        ["作废的合同", "澄川水务", "HT-2", "李想", "2026-07-01", "2027-06-30", "1", "作废"],
    ]

    result = brought("cordys", 合同=xlsx(("填写须知", [["请按说明填写"]]), ("数据", data)))

    ((code, values, since, _),) = rows(result, "contracts")
    assert (code, values["amount"], since) == ("HT-1", 86_000_000, day("2026-07-01"))


# 芋道 ------------------------------------------------------------------------------------------


def test_yudao_numbers_mean_outcomes():
    result = brought("yudao", "yudao_deals.csv", "yudao_customers.csv")

    assert history(result, "1024", "stage_id", "customer_id") == [(day("2026-01-08"), "yudao-terms", "77")]
    assert history(result, "1025", "stage_id", "amount") == [
        (day("2025-09-20"), "yudao-offer", None),
        (day("2026-03-28"), "yudao-won", 240_000_000),
    ]
    assert history(result, "1026", "stage_id", "lost_reason")[-1] == (day("2026-04-02"), "yudao-lost", "价格过高")
    assert [values["industry"] for _, values, *_ in rows(result, "customers")] == ["运输/物流", "IT"]


def test_the_second_of_two_equal_titles_is_the_number_of_a_yudao_contract():
    known = {"people": [KnownRecord("118", "李想")]}

    result = brought("yudao", "yudao_contracts.csv", "yudao_deals.csv", "yudao_customers.csv", known=known)

    ((code, values, since, _),) = rows(result, "contracts")  # the other one is not approved: 10
    assert (code, values["customer_id"], values["deal_id"], values["owner_id"]) == (
        "HT20260620001", "77", "1024", "118",
    )  # fmt: skip
    assert since == day("2026-06-20")


def test_a_person_that_is_only_a_number_is_read_as_whom_one_says():
    files = ("yudao_contracts.csv", "yudao_deals.csv", "yudao_customers.csv")

    unknown = brought("yudao", *files)
    said = brought("yudao", *files, aliases={"负责人的用户编号": {"118": "李想"}})

    assert ("import/unknown-reference", 2, "118") in blocking(unknown)
    assert [values["owner_id"] for _, values, *_ in rows(said, "contracts")] == ["E1"]


def test_yudao_targets_are_of_units_and_of_people_by_measure():
    result = brought("yudao", "yudao_targets.csv")

    found = [values for _, values, *_ in rows(result, "targets")]
    assert {(one["unit_id"], one.get("person_id"), one["measure_id"]) for one in found} == {
        ("EAST", None, "contract"),
        ("EAST", "E1", "cash"),
    }
    assert sum(one["amount"] for one in found if one["measure_id"] == "contract") == 1_000_000_000
    assert {one["ym"] for one in found} == {ym_at(2026, month) for month in range(1, 13)}


# 悟空CRM ----------------------------------------------------------------------------------------


def test_wukong_opportunities_and_contracts():
    result = brought("wukong", "wukong_deals.csv", "wukong_contracts.csv")

    assert history(result, "数据中台", "stage_id", "amount")[-1] == (day("2026-03-28"), "wukong-won", 123_456_700)
    ((code, values, since, _),) = rows(result, "contracts")
    assert (code, values["effective_day"], since) == ("HT-2026-031", day("2026-07-01"), day("2026-06-20"))


def test_wukong_contacts_are_told_apart_by_their_accounts():
    result = brought("wukong", "wukong_contacts.csv")

    assert blocking(result) == []
    assert [(code, values["part"], values["phone"]) for code, values, *_ in rows(result, "contacts")] == [
        ("澄川水务·陈立", 1, "13900000001"),
        ("澄川水务·何涛", None, "010-55550102"),
        ("禾岭电子·陈立", None, "13900000003"),
    ]
    assert {one.made_code for one in result.batch.rows if one.relation == "contacts"} == {True}


def test_a_wukong_template_has_merged_notes_above_titles_with_stars():
    titles = ["*客户名称", "*负责人", "客户来源", "手机", "电话", "网址", "邮箱", "客户行业", "客户级别"]
    titles += ["下次联系时间", "备注", "省", "市", "区", "详细地址"]
    row = ["澄川水务", "李想", "广告", *[""] * 4, "IT", "A（重点客户）", "2020-02-02 13:13:13", "", "四川省", "成都市"]
    notes = ["注意事项：*为必填；日期写 2020-02-02"]

    result = brought("wukong", 客户导入模板=xlsx(("客户导入模板", [notes, titles, row])))

    assert [(code, values["region"], values["industry"]) for code, values, *_ in rows(result, "customers")] == [
        ("澄川水务", "四川省", "IT")
    ]


def test_wukong_targets_name_only_numbers():
    result = brought("wukong", "wukong_targets.csv")

    found = [values for _, values, *_ in rows(result, "targets")]
    assert len(found) == 24
    assert sum(one["amount"] for one in found if one.get("person_id") == "E1") == 240_000_000


# ERPNext ---------------------------------------------------------------------------------------


def test_erpnext_opportunities():
    result = brought("erpnext", "erpnext_opportunities.csv")

    assert blocking(result) == []
    assert history(result, "CRM-OPP-2026-00011", "stage_id") == [(day("2026-01-08"), "erp-perception")]
    assert history(result, "CRM-OPP-2026-00012", "stage_id", "amount") == [
        (day("2025-10-08"), "erp-open", None),
        (day("2026-03-20"), "erp-won", 24_000_000),
    ]


def test_payment_terms_on_lines_of_their_own_are_no_orders():
    result = brought("erpnext", "erpnext_orders.csv")

    assert [(code, values["amount"]) for code, values, *_ in rows(result, "contracts")] == [
        ("SAL-ORD-2026-00012", 86_000_000)
    ]


def test_a_tree_of_sales_persons_is_an_organisation_and_a_year_is_split_to_the_cent():
    result = brought("erpnext", "erpnext_sales_persons.csv")

    assert [code for code, *_ in rows(result, "units")] == ["华北大区"]
    assert [values["unit_id"] for _, values, *_ in rows(result, "assignments")] == ["华北大区"]
    found = [values for _, values, *_ in rows(result, "targets")]
    assert sum(one["amount"] for one in found if "person_id" not in one) == 1_000_000_000
    assert [one["unit_id"] for one in found if one.get("person_id") == "林夏"] == ["华北大区"] * 12


# People and departments ------------------------------------------------------------------------


def test_wecom_in_gbk_places_everybody_in_the_first_department():
    departments = (EXPORTS / "wecom_departments.csv").read_text("utf-8").encode("gb18030")
    members = (EXPORTS / "wecom_members.csv").read_text("utf-8").encode("gb18030")
    books = [book("部门.csv", departments), book("成员.csv", members)]
    described = shipped_mapping("wecom")
    matched, findings = match(books, described)

    result = stage(
        matched, described, name="files", known=Company("HQ"), on_day=TODAY, currency="CNY", findings=findings
    )

    assert {code: values["parent_id"] for code, values, *_ in rows(result, "units")} == {"2": "HQ", "3": "2"}
    assert [values["unit_id"] for _, values, *_ in rows(result, "assignments")] == ["2", "3"]
    assert [values["left"] for _, values, *_ in rows(result, "people")] == [0, 1]


@pytest.mark.parametrize(
    ("mapping", "codes", "homes"),
    [
        ("dingtalk", ["BJ0118", "user8802"], ["2", "3"]),
        ("feishu", ["BJ0118", "e5f6g7h8"], ["od-4e6ac4d1", "od-4e6ac4d2"]),
    ],
)
def test_dingtalk_and_feishu_know_people_by_their_number_where_they_have_one(mapping, codes, homes):
    result = brought(mapping, f"{mapping}_departments.csv", f"{mapping}_users.csv")

    assert blocking(result) == []
    assert [code for code, *_ in rows(result, "people")] == codes
    assert [values["unit_id"] for _, values, *_ in rows(result, "assignments")] == homes


# Our own stages --------------------------------------------------------------------------------


def test_stages_read_as_our_own_keep_their_meaning():
    seen = (("sign", "签约", WON), ("talk", "洽谈", OPEN), ("no", "丢了", LOST))
    ours = Standpoint(tuple(StageSeen(code, name, 1, at, state) for at, (code, name, state) in enumerate(seen)))
    known = {"stages": [KnownRecord(one.code, one.name) for one in ours.stages]}
    aliases = {"stage": {"Won": "签约", "Proposition": "洽谈"}}

    result = brought("odoo", "odoo_pipeline_en.csv", known=known, aliases=aliases, stages=ours)

    assert history(result, "crm_lead_8", "stage_id")[-1] == (day("2026-05-18"), "sign")
    assert history(result, "crm_lead_7", "stage_id") == [(day("2026-02-03"), "talk")]


def test_every_relation_of_every_mapping_is_one_of_ours():
    named = {relation for name in shipped_mappings() for relation in shipped_mapping(name).relations}

    assert named <= set(RELATIONS)

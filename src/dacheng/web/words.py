"""Words that the islands need: sentences JavaScript shows, in the reader's language.

A page hands them over once as JSON (``{% words "grid" %}``), so that scripts hold no
text of their own and nothing stays untranslated. ``%s`` places are filled in order.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

COMMON = {
    "failed": _("没有存上：%s。再试一次，或刷新页面。"),
    "offline": _("连不上服务器，改动还在本页。网络恢复后再存。"),
    "save": _("保存"),
    "cancel": _("取消"),
    "saving": _("正在保存"),
    "pinned": _("取消固定"),
    "pin": _("固定"),
    "copied": _("链接已复制"),
    "none_found": _("没有找到「%s」。换一个词，或写编号。"),
    "pages": _("页面"),
    "not_a_number": _("「%s」不是数字。可写 1200、1.2万、=+5%%。"),
}

GRID = {
    "consistent": _("Σ 一致"),
    "inconsistent": _("Σ 不一致"),
    "differs": _("上下有差"),
    "fold": _("收起 %s 的下级"),
    "unfold": _("展开 %s 的下级"),
    "checked": _("%s 项，差异 %s"),
    "unsaved": _("未保存 %s 格"),
    "all_saved": _("都已保存"),
    "paste_title": _("从 Excel 粘贴"),
    "paste_summary": _("%s 行 × %s 列，从「%s」起：改 %s 格，不变 %s 格，跳过 %s 格。"),
    "paste_bad": _("%s 格读不懂，会跳过：%s"),
    "paste_apply": _("粘贴 %s 格"),
    "paste_nothing": _("没有可以改的格。"),
    "paste_from_to": _("原值 → 新值"),
    "conflict": _("「%s」已被 %s 改为 %s，你写的是 %s。"),
    "take_theirs": _("用对方的 %s"),
    "keep_mine": _("用我的 %s"),
    "someone": _("别人"),
    "refused": _("「%s」没有存上：%s"),
    "read_only": _("合计格由下级相加，不能直接改。"),
    "broken": _("有 %s 处上下级不一致，先改平再保存。"),
    "leave": _("有未保存的改动。"),
    "saved": _("已存 %s 格。"),
    "undo": _("撤销"),
    "missing": _("（空）"),
}


ACTIONS = {
    "company.loaded": _("载入公司"),
    "company.founded": _("建立公司"),
    "import.committed": _("导入"),
    "import.undone": _("撤销导入"),
    "deal.created": _("新建商机"),
    "deal.edited": _("修改商机"),
    "deal.stage_moved": _("移动阶段"),
    "deal.won": _("赢单"),
    "deal.lost": _("丢单"),
    "deal.reassigned": _("转移商机"),
    "edit.undone": _("撤销一步"),
    "contract.recorded": _("登记合同"),
    "contract.edited": _("修改合同"),
    "customer.created": _("新建客户"),
    "customer.edited": _("修改客户"),
    "product.created": _("新建产品"),
    "product.edited": _("修改产品"),
    "stage_set.created": _("新建阶段集"),
    "stage.created": _("新建阶段"),
    "stage.edited": _("修改阶段"),
    "measure.created": _("新建指标"),
    "measure.edited": _("修改指标"),
    "targets.set": _("填报目标"),
    "targets.undone": _("撤销填报"),
    "unit.created": _("新建组织"),
    "unit.edited": _("修改组织"),
    "unit.moved": _("移动组织"),
    "unit.closed": _("撤销组织"),
    "person.created": _("新建人员"),
    "person.edited": _("修改人员"),
    "person.moved": _("调动人员"),
    "person.left": _("人员离职"),
    "role.granted": _("授予角色"),
    "role.revoked": _("收回角色"),
    "grant.given": _("授权查看"),
    "grant.withdrawn": _("收回授权"),
    "account.invited": _("发登录链接"),
    "account.password_set": _("设置密码"),
    "account.disabled": _("停用账号"),
    "account.enabled": _("启用账号"),
    "token.issued": _("发放令牌"),
    "token.revoked": _("作废令牌"),
    "calendar.set": _("修改工作日历"),
    "rule.set": _("修改规则"),
    "period.closed": _("月份关账"),
    "period.reopened": _("重新打开期间"),
}
"""Log actions in words; a test compares them with the actions there are."""


def action_words(action: str) -> str:
    """Return an action in words; its own name when it has none."""
    return str(ACTIONS.get(action, action))

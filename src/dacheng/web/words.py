"""Words that the islands need: sentences JavaScript shows, in the reader's language.

A page hands them over once as JSON (``{% words "grid" %}``), so that scripts hold no
text of their own and nothing stays untranslated. ``%s`` places are filled in order.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    "selected": _("已选 %s 条"),
    "selected_all": _("已选全部 %s 条"),
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

BOARD = {
    "lifted": _("提起「%s」，在「%s」。左右选一列，空格放下，Esc 放回。"),
    "over": _("到「%s」，第 %s 列，共 %s 列"),
    "stays": _("「%s」留在原处。"),
    "moved": _("「%s」已移到「%s」。"),
    "left": _("「%s」已移到「%s」，不再符合筛选条件。"),
    "returned": _("「%s」没有移动，回到「%s」。"),
    "move_where": _("「%s」移到"),
}

TREE = {
    "lifted": _("提起「%s」。上下键选组织，空格放下，Esc 放回。"),
    "over": _("放到「%s」下，第 %s 个，共 %s 个"),
    "stays": _("「%s」留在原处。"),
    "going": _("正在打开「%s」到「%s」的影响。"),
}

ACTIONS = {
    "company.loaded": pgettext_lazy("log", "载入公司"),
    "company.founded": pgettext_lazy("log", "建立公司"),
    "import.committed": pgettext_lazy("log", "导入"),
    "import.undone": pgettext_lazy("log", "撤销导入"),
    "mapping.saved": pgettext_lazy("log", "存导入映射"),
    "mapping.dropped": pgettext_lazy("log", "删除导入映射"),
    "deal.created": pgettext_lazy("log", "新建商机"),
    "deal.edited": pgettext_lazy("log", "修改商机"),
    "deal.stage_moved": pgettext_lazy("log", "移动阶段"),
    "deal.won": pgettext_lazy("log", "赢单"),
    "deal.lost": pgettext_lazy("log", "丢单"),
    "deal.reassigned": pgettext_lazy("log", "转移商机"),
    "deal.merged": pgettext_lazy("log", "合并商机"),
    "deal.split": pgettext_lazy("log", "业绩分成"),
    "deal.key_person_set": pgettext_lazy("log", "设关键人"),
    "customer.merged": pgettext_lazy("log", "合并客户"),
    "deal.loss_verified": pgettext_lazy("log", "核实丢单类别"),
    "loss_reason.created": pgettext_lazy("log", "新建丢单类别"),
    "loss_reason.edited": pgettext_lazy("log", "修改丢单类别"),
    "deal.bulk_edited": pgettext_lazy("log", "批量修改商机"),
    "edit.undone": pgettext_lazy("log", "撤销一步"),
    "contract.recorded": pgettext_lazy("log", "登记合同"),
    "contract.edited": pgettext_lazy("log", "修改合同"),
    "customer.created": pgettext_lazy("log", "新建客户"),
    "customer.edited": pgettext_lazy("log", "修改客户"),
    "contact.created": pgettext_lazy("log", "新建联系人"),
    "contact.edited": pgettext_lazy("log", "修改联系人"),
    "contact.left": pgettext_lazy("log", "联系人离开"),
    "product.created": pgettext_lazy("log", "新建产品"),
    "product.edited": pgettext_lazy("log", "修改产品"),
    "stage_set.created": pgettext_lazy("log", "新建阶段集"),
    "stage.created": pgettext_lazy("log", "新建阶段"),
    "stage.edited": pgettext_lazy("log", "修改阶段"),
    "measure.created": pgettext_lazy("log", "新建指标"),
    "measure.edited": pgettext_lazy("log", "修改指标"),
    "targets.set": pgettext_lazy("log", "填报目标"),
    "targets.undone": pgettext_lazy("log", "撤销填报"),
    "segment.created": pgettext_lazy("log", "新建划分项"),
    "segment.edited": pgettext_lazy("log", "修改划分项"),
    "actual.recorded": pgettext_lazy("log", "登记历史业绩"),
    "actual.corrected": pgettext_lazy("log", "更正历史业绩"),
    "actual.removed": pgettext_lazy("log", "删除历史业绩"),
    "unit.created": pgettext_lazy("log", "新建组织"),
    "unit.edited": pgettext_lazy("log", "修改组织"),
    "unit.moved": pgettext_lazy("log", "移动组织"),
    "unit.closed": pgettext_lazy("log", "撤销组织"),
    "person.created": pgettext_lazy("log", "新建人员"),
    "person.edited": pgettext_lazy("log", "修改人员"),
    "person.moved": pgettext_lazy("log", "调动人员"),
    "person.transferred": pgettext_lazy("log", "调动并移交"),
    "person.transfer_undone": pgettext_lazy("log", "撤销调动"),
    "person.left": pgettext_lazy("log", "人员离职"),
    "person.share_set": pgettext_lazy("log", "改工作比例"),
    "engagement.started": pgettext_lazy("log", "开始借调或兼职"),
    "engagement.ended": pgettext_lazy("log", "结束借调或兼职"),
    "role.granted": pgettext_lazy("log", "授予角色"),
    "role.revoked": pgettext_lazy("log", "收回角色"),
    "grant.given": pgettext_lazy("log", "授权查看"),
    "grant.withdrawn": pgettext_lazy("log", "收回授权"),
    "account.invited": pgettext_lazy("log", "发登录链接"),
    "account.password_set": pgettext_lazy("log", "设置密码"),
    "account.disabled": pgettext_lazy("log", "停用账号"),
    "account.enabled": pgettext_lazy("log", "启用账号"),
    "token.issued": pgettext_lazy("log", "发放令牌"),
    "token.revoked": pgettext_lazy("log", "作废令牌"),
    "calendar.set": pgettext_lazy("log", "修改工作日历"),
    "rule.set": pgettext_lazy("log", "修改规则"),
    "period.closed": pgettext_lazy("log", "月份关账"),
    "period.reopened": pgettext_lazy("log", "重新打开期间"),
}
"""Log actions in words; a test compares them with the actions there are."""


def action_words(action: str) -> str:
    """Return an action in words; its own name when it has none."""
    return str(ACTIONS.get(action, action))

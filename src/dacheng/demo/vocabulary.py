"""The words of the invented company: every name is made up."""

from __future__ import annotations

COMPANY = "汀岚智控"
MAIL_DOMAIN = "tinglan.example"

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许"
    "傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
)
FIRST_GIVEN = "予知以若亦景望清怀书慕听见临既嘉砚牧思星云长南秋观子漫沐定存则允攸仲叔维希念之"
SECOND_GIVEN = "安秋宁谷舟行川晏瑾尧远澜山白明树墨野齐帆风乔实航衡礼恒夏桐石许如屿澄岚溪禾霁峤"

REGION_WORDS = "东南西北中江河湖山海"
PLACE_WORDS = "霁澄岚瀚曜朔溪岫渚皋沅泓漪峤岑屿浦沚堰汀"
TRADE_WORDS = "川岳泽原陵舟鼎衡岭澜枫穗翎岸石野湾谷林云"

INDUSTRIES = (
    ("水务", "泵站 管网 水厂 污水厂"),
    ("化工", "反应釜 罐区 循环水站 空分装置"),
    ("热电", "机组 脱硫岛 锅炉房 输煤栈桥"),
    ("港务", "岸电 堆场 装船机 油库"),
    ("轨交装备", "环控 车辆段 牵引站 涂装线"),
    ("数据中心", "机房 冷站 配电室 柴发站"),
    ("汽配", "涂装线 压铸岛 空压站 总装线"),
    ("纺织", "染整车间 空压站 蒸汽管网 织造车间"),
    ("食品", "灌装线 冷库 杀菌线 制冷站"),
    ("制药", "洁净车间 纯水站 发酵罐 冻干线"),
    ("建材", "窑炉 粉磨站 余热电站 原料库"),
    ("电子", "洁净厂房 纯水站 空压站 废气塔"),
)
"""Industry and what is automated there."""

INDUSTRIES_EN = (
    "Water", "Chemicals", "Heat and power", "Ports", "Rail equipment", "Data centres", "Car parts", "Textiles",
    "Food", "Pharmaceuticals", "Building materials", "Electronics",
)  # fmt: skip
"""What they are called in English, in the same order."""

PRODUCTS = (
    ("TL-D300", "D300 分布式控制系统", "控制系统", 1_180_000, "控制系统改造"),
    ("TL-S200", "S200 安全联锁系统", "控制系统", 860_000, "安全联锁升级"),
    ("TL-P120", "P120 可编程控制器", "控制系统", 68_000, "控制柜更新"),
    ("TL-F50", "F50 电磁流量计", "智能仪表", 12_800, "流量计量"),
    ("TL-T30", "T30 温压变送器", "智能仪表", 6_200, "仪表更新"),
    ("TL-A80", "A80 水质在线分析仪", "智能仪表", 96_000, "水质监测"),
    ("TL-E10", "E10 能耗管理平台", "能效平台", 680_000, "能耗管理平台"),
    ("TL-E20", "E20 公辅群控软件", "能效平台", 420_000, "群控节能"),
    ("TL-V10", "V10 能效诊断软件", "能效平台", 520_000, "能效诊断"),
    ("TL-M10", "M10 年度维保", "运维服务", 180_000, "年度维保"),
    ("TL-M20", "M20 远程运维", "运维服务", 96_000, "远程运维"),
    ("TL-M30", "M30 备件包", "运维服务", 58_000, "备件与巡检"),
)
"""Code, name, line, list price in 元, and what a project with it is called."""

FLOWING = frozenset({"智能仪表"})
"""Lines that flow; the others are made to the needs of each customer."""

LINES = {
    "控制系统": (46, 3100, 1300),
    "智能仪表": (20, 2600, 1300),
    "能效平台": (22, 4600, 600),
    "运维服务": (12, 3900, 600),
}
"""Share of deals in percent, usual margin and VAT rate in basis points."""

PHASES = (
    "",
    "一期",
    "二期",
    "三期",
    "四期",
    "东区",
    "西区",
    "南区",
    "北区",
    "新建",
    "扩建",
    "一号",
    "二号",
    "三号",
)

NEXT_STEPS = (
    ("约设备部首次交流", "补齐客户组织图", "请老客户引荐生产副总", "整理同行业案例"),
    ("安排现场调研", "陪同参观样板工厂", "拜访技术负责人", "核实年度改造预算"),
    ("书面确认需求清单", "与工艺部评审点表", "请客户出具运行数据", "确认立项时间"),
    ("提交技术方案第二版", "组织方案评审会", "核算投资回收期", "安排样机试用"),
    ("谈付款方式", "走毛利审批", "签技术协议", "约总经理定商务条款", "提交投标文件"),
)
"""What is done next in each open stage."""

LOSSES = (
    ("价格高于对手", 1, 26, 3),
    ("对手先入围", 2, 20, 3),
    ("项目推迟到明年", 8, 17, 6),
    ("客户预算取消", 6, 13, 8),
    ("技术方案不达标", 4, 11, 1),
    ("未见到决策人", 3, 8, 2),
    ("客户改为自研", 7, 5, 4),
)
"""What owners say, the number of its category (价格, 竞争, …), its share in percent, and what reviews find instead."""

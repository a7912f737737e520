"""The views that templates show: dictionaries in the shapes which the parts describe at their tops."""
# ruff: noqa: E501 - an invented row in both languages reads best on one line

from __future__ import annotations

from datetime import date
from typing import Any

from dacheng.web import figures, marks
from scripts.gallery_pages import company
from scripts.gallery_pages.company import wan

View = dict[str, Any]
DRILL = "/drill"


def is_english(language: str) -> bool:
    """Tell which of the two languages is asked for."""
    return figures.is_english(language)


def say(language: str, zh: str, en: str) -> str:
    """Return one of two texts; data stay Chinese."""
    return en if is_english(language) else zh


def asof(language: str, path: str) -> View:
    """Return the as-of bar."""
    en = is_english(language)
    link = [
        {
            "label": "2026-11-20",
            "url": f"{path}?as_of=2026-11-20",
            "active": True,
            "hint": say(language, "今天", "today"),
        }
    ]
    return {
        "action": path,
        "kept": [("scope", "east"), ("as_of", "2026-11-20"), ("compare", "2026-11-13")],
        "day": {
            "name": "as_of", "value": "2026-11-20", "max": "2026-11-20", "shortcuts": link,
            "text": figures.day_with_weekday(date(2026, 11, 20), language),
        },
        "compare": {"name": "compare", "value": "2026-11-13", "text": "11-13", "shortcuts": link},
        "basis": {
            "text": say(language, "今日口径", "Today's org"),
            "options": [
                {"label": say(language, "当时口径", "Org of the day"), "url": f"{path}?basis=then", "active": False, "hint": ""},
                {"label": say(language, "今日口径", "Today's org"), "url": f"{path}?basis=today", "active": True, "hint": ""},
            ],
        },
        "unit": {
            "text": figures.unit_words("wan", "CNY", language) + say(language, " 含税", " incl. tax"),
            "options": [
                {"label": figures.unit_words(unit, "CNY", language), "url": f"{path}?show={unit}", "active": unit == "wan", "hint": ""}
                for unit in figures.UNITS
            ],
        },
        "frozen": None, "live": False, "english": en,
    }  # fmt: skip


def measures(language: str) -> View:
    """Return the cockpit table: three measures with bullet bars."""
    titles = say(
        language,
        "指标 已完成 目标 达成率 - 年末预测 P10–P90 比上周 预测缺口 达成概率",
        "Measure Done Target Attained - Forecast P10–P90 vs_last_wk Gap Probability",
    ).split()
    columns = [
        {
            "key": f"c{at}",
            "label": title.replace("_", " "),
            "align": "text" if at in (0, 4) else "num",
            "first": at == 0,
        }
        for at, title in enumerate(titles)
    ]
    scale = marks.bullet_scale(
        done=say(language, "已完成", "Done"), target=say(language, "目标", "Target"),
        due=say(language, "应到 84%", "Plan 84%"), due_share=0.84,
    )  # fmt: skip
    columns[4] |= {"label": scale, "align": "text bullet-head"}
    rows = [{"id": "", "cells": measure_cells(language, row)} for row in company.rows_of("measures")]
    return {"title": say(language, "三个指标", "Three measures"), "look": "roomy", "columns": columns, "rows": rows}


def measure_cells(language: str, row: company.Row) -> list[View]:
    """Return the cells of one measure."""
    done, target, middle = wan(row["done"]), wan(row["target"]), wan(row["middle"])
    share = figures.ratio(done / target)
    bar = marks.bullet(
        done, target, due=float(row["due"]), low=wan(row["low"]), high=wan(row["high"]), middle=middle,
        label=say(language, f"{row['zh']} 已完成目标的 {share}", f"{row['en']}: {share} of target done"),
    )  # fmt: skip
    change, short = figures.money_delta(wan(row["change"])), figures.money_delta(-wan(row["short"]))
    return [
        {"text": say(language, row["zh"], row["en"])},
        door(figures.money(done)),
        door(figures.money(target)) | {"tone": "ink2"},
        {"text": share, "kind": "strong"},
        {"text": bar, "kind": "bullet"},
        door(figures.money(middle)) | {"kind": "strong"},
        {"text": f"{float(row['low']):,.0f} – {float(row['high']):,.0f}", "tone": "ink2"},
        door(change) | {"tone": "good" if change.startswith("+") else "bad"},
        door(short) | {"tone": "bad" if short.startswith("+") else "good"},
        {"text": chance(language, row), "kind": "html"},
    ]


def chance(language: str, row: company.Row) -> str:
    """Return probability, its word and its change as HTML."""
    share, moved = figures.ratio(float(row["probability"]), 0), figures.points(float(row["moved"]))
    word = say(language, row["word_zh"], row["word_en"])
    return f'<b>{share}</b> <span class="{row["tone"]}">{word}</span> <small class="ink3">{moved}</small>'


def phone_measures(language: str) -> list[View]:
    """Return the same three measures, one under the other."""
    return [
        {
            "label": say(language, row["zh"], row["en"]), "share": figures.ratio(wan(row["done"]) / wan(row["target"])),
            "word": say(language, f"概率 {figures.ratio(float(row['probability']), 0)} {row['word_zh']}",
                        f"Prob. {figures.ratio(float(row['probability']), 0)} {row['word_en']}"),
            "tone": row["tone"], "mark": measure_cells(language, row)[4]["text"], "url": DRILL,
            "done": figures.money(wan(row["done"])), "target": figures.money(wan(row["target"])),
            "gap_label": say(language, "距目标", "To target"), "gap": figures.money(wan(row["target"]) - wan(row["done"])), "gap_tone": "bad",
        }
        for row in company.rows_of("measures")
    ]  # fmt: skip


def door(text: str) -> View:
    """Return a number that opens the sheet."""
    return {"text": text, "href": f"{DRILL}?n={text}", "hx": True}


def gap(language: str) -> View:
    """Return what closes the gap."""
    parts = [
        (say(language, "承诺 11 单 加权", "Commit, 11 deals, weighted"), 3397.41, "acc"),
        (say(language, "力争 14 单 加权", "Best case, 14"), 1694.42, "acc2"),
        (say(language, "管道 17 单", "Pipeline"), 386.30, "acc3"),
        (say(language, "无支撑", "Unsupported"), 479.27, "bad"),
    ]
    drawn = [marks.GapPart(label, wan(amount), figures.money(wan(amount)), tone) for label, amount, tone in parts]  # type: ignore[arg-type]
    labels, aligned = marks.gap_labels(drawn)
    said = "; ".join(f"{part.label} {part.text}" for part in drawn)
    return {
        "title": say(language, "距目标", "To target"), "text": "5,957.40", "url": DRILL,
        "hint": say(language, "靠什么补；合同额，加权", "what closes it; contract value, weighted"),
        "mark": marks.gap(drawn, label=said),
        "parts": [
            {"label": part.label, "text": part.text, "tone": part.tone, "url": DRILL, **label._asdict()}
            for part, label in zip(drawn, labels, strict=True)
        ], "aligned": aligned,
    }  # fmt: skip


def waterfall(language: str) -> View:
    """Return the forecast of last week turning into this week's."""
    first, last = wan(25602.73), wan(25320.73)
    steps = [
        marks.Step(first, True),
        *(marks.Step(wan(amount)) for *_, amount in company.WATERFALL),
        marks.Step(last, True),
    ]
    drawn = marks.waterfall(steps)
    ends = (say(language, "上周预测 11-13", "Last week 11-13"), say(language, "本周预测 11-20", "This week 11-20"))
    rows: list[View] = [{"label": ends[0], "mark": drawn[0], "text": figures.money(first), "edge": True}]
    for at, (zh, en, count, amount) in enumerate(company.WATERFALL, 1):
        text = figures.money_delta(wan(amount))
        counted = say(language, f"{count} 单", f"{count} deal{'s' if count > 1 else ''}")
        tone = "acct" if amount > 0 else "bad"
        rows.append(
            {
                "label": say(language, zh, en),
                "count": counted,
                "mark": drawn[at],
                "text": text,
                "tone": tone,
                "url": DRILL,
            }
        )
    rows.append({"label": ends[1], "mark": drawn[-1], "text": figures.money(last), "edge": True})
    return {
        "title": say(language, "预测比上周", "Forecast vs last week"), "change": "−282.00", "tone": "bad",
        "hint": say(language, "每一项可打开到商机", "each line opens its deals"), "rows": rows,
    }  # fmt: skip


def bars(language: str) -> list[View]:
    """Return the two bar lists beside a report."""
    top = max(amount for _, amount in company.OFFICES)
    offices = [bar_row(name, amount, top, "acc", name == "江苏") for name, amount in company.OFFICES]
    largest = max(amount for _, amount, _ in company.CATEGORIES)
    categories = [bar_row(name, amount, largest, tone, False) for name, amount, tone in company.CATEGORIES]
    hint = say(language, "点一条，表格即按它筛选；再点取消。", "Click a bar to filter the table; click again to clear.")
    return [
        {"title": say(language, "加权额", "Weighted"), "hint": say(language, "按代表处", "by office"), "rows": offices},
        {"title": say(language, "按预测类别", "By category"), "rows": categories, "note": hint},
    ]


def bar_row(name: str, amount: float, top: float, tone: str, active: bool) -> View:
    """Return one bar."""
    drawn = marks.bar(wan(amount), wan(top), tone=tone)  # type: ignore[arg-type]
    return {"label": name, "mark": drawn, "value": figures.money(wan(amount)), "url": f"?unit={name}", "active": active}


def pipeline(language: str) -> View:
    """Return the report table of open deals."""
    heads = (
        ("客户 商机", "Customer, opportunity", "text"), ("级", "Tier", "text"), ("阶段", "Stage", "text"),
        ("停留天", "Days in stage", "num"), ("金额", "Amount", "num"), ("系统赢率", "System win rate", "num"),
        ("近 8 周", "8 weeks", "text"), ("加权额", "Weighted", "num"), ("客情温度", "Temperature", "text"),
        ("预计签约", "Expected", "text"), ("类别", "Category", "text"), ("红旗", "Red flag", "text"),
    )  # fmt: skip
    columns: list[View] = [
        {"key": f"c{at}", "label": say(language, zh, en), "align": align, "first": at == 0,
         "sort_url": f"?sort=-c{at}" if align == "num" else "", "sorted": "desc" if at == 7 else "",
         "help": say(language, "金额 × 系统赢率，逐单四舍五入到分后相加", "amount × system win rate, rounded deal by deal") if at == 7 else ""}
        for at, (zh, en, align) in enumerate(heads)
    ]  # fmt: skip
    blank: View = {"text": ""}
    total = [
        {"text": say(language, "合计 42 单", "Total 42 deals")}, blank, blank, blank, door("10,104.00"),
        {"text": "54.2%", "kind": "light"}, blank, door("5,478.13"), blank, blank, blank,
        {"text": say(language, "6 面红旗", "6 red flags"), "tone": "bad"},
    ]  # fmt: skip
    return {
        "title": say(language, "商机在途表", "Pipeline"), "columns": columns, "total": {"cells": total},
        "rows": [{"id": f"deal-{at}", "cells": deal_cells(row)} for at, row in enumerate(company.rows_of("deals"))],
        "notes": [say(language, "2 单无角色记录，按 0 计入覆盖率", "2 deals have no roles recorded and count as 0 in coverage")],
    }  # fmt: skip


def deal_cells(row: company.Row) -> list[View]:
    """Return the cells of one deal."""
    amount, ratio = wan(row["amount"]), float(row["ratio"])
    history = [float(point) for point in row["history"].split()]
    old = figures.ratio(float(row["before"])) if row["before"] else ""
    dwell = int(row["dwell"])
    warm = int(row["temperature"])
    return [
        {"text": row["customer"], "sub": row["name"], "href": "/deal", "title": f"{row['customer']} {row['name']}"},
        {"text": row["grade"]},
        {"text": row["stage"]},
        {"text": f"{dwell} 久" if dwell > 25 else str(dwell), "tone": "warn" if dwell > 25 else "ink2"},
        door(figures.money(amount)),
        door(figures.ratio(ratio)) | {"changed": old, "tone": "ink2"},
        {"text": marks.sparkline(history, label=f"{history[0]:.0f} → {history[-1]:.0f}"), "kind": "mark"},
        door(figures.money(wan(row["weighted"]))) | {"kind": "strong", "changed": "440.00" if old else ""},
        {"text": marks.meter(warm, label=str(warm)) + f"<span>{warm}</span>", "kind": "mark"},
        {"text": row["closing"]},
        {"text": row["category"]},
        {"text": row["flag"], "tone": "bad"},
    ]


def filters(language: str, path: str) -> View:
    """Return the filter bar of a report."""
    scope = [
        {"label": name, "url": f"{path}?unit={name}", "active": name == "江苏", "hint": ""}
        for name, _ in company.OFFICES
    ]
    both = [{"value": name, "label": name, "checked": True} for name, *_ in company.CATEGORIES]
    any_word = say(language, "全部", "all")
    return {
        "action": path, "kept": [("as_of", "2026-11-20")], "clear_url": path,
        "chips": [
            {"name": "unit", "label": say(language, "范围", "Scope"), "text": say(language, "华东大区 含下级", "East China and below"), "narrowed": True, "options": scope},
            {"name": "category", "label": say(language, "类别", "Category"), "text": any_word, "choices": both},
            {"name": "from", "label": say(language, "签约期", "Expected"), "text": say(language, "2026 剩余", "rest of 2026"), "input": "date", "value": ""},
            {"name": "flag", "label": say(language, "红旗", "Red flag"), "text": any_word, "options": scope[:2]},
        ],
        "columns": {"name": "col", "shown": 12, "all": 22, "choices": both},
        "how_url": DRILL, "exports": [{"label": kind, "url": f"/export.{kind}"} for kind in ("xlsx", "csv", "json")],
    }  # fmt: skip


def tabs(language: str) -> list[View]:
    """Return the saved views."""
    labels = (
        ("全部在途", "All open", 42),
        ("本周有变化", "Changed this week", 23),
        ("红旗", "Red flags", 6),
        ("推迟 2 次以上", "Moved twice or more", None),
    )
    return [
        {"label": say(language, zh, en), "count": count, "url": f"?view={at}", "active": at == 0}
        for at, (zh, en, count) in enumerate(labels)
    ]  # fmt: skip


def sheet(language: str, deeper: bool) -> View:
    """Return what the weighted total opens to."""
    lines = [
        (say(language, "承诺", "Commit"), "11", "4,442.00", "76.5%", "3,397.41"),
        (say(language, "力争", "Best case"), "14", "3,722.00", "45.5%", "1,694.42"),
        (say(language, "管道", "Pipeline"), "17", "1,940.00", "19.9%", "386.30"),
    ]
    heads = say(language, "类别 单数 金额 平均赢率 加权额", "Category Deals Amount Win_rate Weighted").split()
    columns = [
        {"key": str(at), "label": head.replace("_", " "), "align": "num" if at else "text", "first": at == 0}
        for at, head in enumerate(heads)
    ]
    made_of = {
        "title": say(language, "由哪些组成", "What it is made of"), "look": "compact plain", "columns": columns,
        "rows": [{"id": "", "cells": [{"text": name}, *({"text": one} for one in numbers), door(last)]} for name, *numbers, last in lines],
        "total": {"cells": [{"text": one} for one in (say(language, "合计", "Total"), "42", "10,104.00", "54.2%", "5,478.13")]},
    }  # fmt: skip
    return {
        "name": say(language, "加权额 合计", "Weighted, total") if not deeper else say(language, "加权额 承诺", "Weighted, commit"),
        "value": "5,478.13" if not deeper else "3,397.41",
        "unit": say(language, "万元 含税", "10k CNY incl. tax"),
        "change": {"before": say(language, "比 11-13", "vs 11-13"), "text": "−469.00", "tone": "bad",
                   "words": say(language, "，其中签约转出 −187.00。42 单", ", of which signed −187.00. 42 deals")},
        "how": {
            "lines": [say(language, "加权额 = Σ（金额 × 系统赢率），逐单四舍五入到分后相加。", "Weighted = Σ (amount × system win rate), rounded deal by deal."),
                      say(language, "赢率 = 0.4 × 阶段历史赢率 + 0.6 × 关系得分，再过三道门槛。", "Win rate = 0.4 × stage history + 0.6 × relationship, then three gates.")],
            "left_out": say(language, "不计入：已暂缓 3 单、签约期在 2027 的 19 单。", "Left out: 3 deals on hold, 19 expected in 2027."),
        },
        "evidence": [{"label": say(language, "规则", "Rule"), "value": say(language, "赢率 V7", "Win rate V7"), "url": "/deal"},
                     {"label": say(language, "近四季偏差", "Bias, 4 quarters"), "value": "+2.1%", "url": ""}],
        "made_of": made_of, "made_of_hint": say(language, "点一行打开", "each line opens"),
        "changes": history(language)[:3],
        "actions": [{"label": say(language, "打开 42 行", "Open 42 rows"), "url": "/report"}, {"label": say(language, "导出这些行", "Export these rows"), "url": "/report"}],
        "link": "/drill",
    }  # fmt: skip


def history(language: str) -> list[View]:
    """Return who changed a deal."""
    return [
        {"when": "11-20 16:42", "who": "陆知远", "what": say(language, "人工赢率", "Manual win rate"), "old": "", "new": "70%", "reason": say(language, "现场会已定", "site meeting fixed")},
        {"when": "11-20 18:00", "who": say(language, "系统", "System"), "what": say(language, "系统赢率", "System win rate"), "old": "70.0%", "new": "57.3%", "reason": say(language, "决策人降温", "buyer cooled")},
        {"when": "11-06 09:12", "who": "陆知远", "what": say(language, "预计签约", "Expected signing"), "old": "10-30", "new": "11-27", "reason": ""},
        {"when": "10-08 10:30", "who": "贺明川", "what": say(language, "立项通过 P26-0417", "Charter P26-0417 approved"), "old": "", "new": "", "reason": ""},
    ]  # fmt: skip


def deal(language: str) -> View:
    """Return the record page of one deal."""
    names = say(
        language, "客户规划 接触信任 需求确认 方案价值 商务成交 交付经营", "Plan Trust Needs Solution Closing Delivery"
    ).split()
    days = (21, 34, 28, 19, 18, None)
    stages = [
        {"label": name, "state": "done" if at < 4 else "current" if at == 4 else "",
         "note": say(language, f"{day} 天" if day else "未到", f"{day} d" if day else "not yet") if at != 4 else say(language, "第 18 天，基准 14", "day 18, usual 14"),
         "tone": "warn" if at == 4 else ""}
        for at, (name, day) in enumerate(zip(names, days, strict=True))
    ]  # fmt: skip
    return {"stages": stages, "edits": edits(language), "history": history(language)}


def edits(language: str) -> list[View]:
    """Return the values of a deal that are edited in place."""
    fields: list[tuple[str, str, str, str, str, Any]] = [
        ("amount", say(language, "金额 含税", "Amount incl. tax"), "860.00", "860", "money", None),
        ("closing", say(language, "预计签约", "Expected signing"), "11-27", "2026-11-27", "date", None),
        ("category", say(language, "预测类别", "Category"), say(language, "承诺", "Commit"), "commit", "select",
         [("commit", say(language, "承诺", "Commit")), ("best", say(language, "力争", "Best case")), ("pipeline", say(language, "管道", "Pipeline"))]),
        ("rival", say(language, "主要对手", "Main rival"), "恒岳自动化", "恒岳自动化", "text", None),
        ("next", say(language, "下一步", "Next step"), "", "", "text", None),
    ]  # fmt: skip
    return [
        {"id": f"edit-{name}", "url": f"/edit/{name}", "name": "value", "label": label, "text": text, "value": value, "version": 3,
         "kind": kind, "options": options, "form_url": f"/edit/{name}"}
        for name, label, text, value, kind, options in fields
    ]  # fmt: skip


def grid(language: str, strict: bool) -> View:
    """Return the planning grid."""
    months = [
        {"key": f"m{at}", "label": say(language, f"{at} 月", date(2026, at, 1).strftime("%b"))} for at in range(1, 13)
    ]
    quarters = [
        {"key": f"q{at}", "label": f"Q{at}", "parts": " ".join(f"m{3 * at - offset}" for offset in (2, 1, 0))}
        for at in range(1, 5)
    ]
    year = {"key": "year", "label": say(language, "全年", "Year"), "parts": "q1 q2 q3 q4"}
    columns = [
        year,
        *(column for at, quarter in enumerate(quarters) for column in (quarter, *months[3 * at : 3 * at + 3])),
    ]
    rows = [
        {"key": f"u{at}", "parent": next((f"u{above}" for above, one in enumerate(company.PEOPLE) if one[0] == parent), ""),
         "label": name, "level": level, "kind": kind, "is_parent": level < 2 and name in ("华东大区", "江苏"),
         "look": "soft" if name in ("待招 6 月", "渠道") else "", "cells": company.grid_cells(name, amount) if kind == "own" else []}
        for at, (name, parent, level, kind, amount) in enumerate(company.PEOPLE)
    ]  # fmt: skip
    return {
        "id": "g", "caption": say(language, "目标分解 2027", "Target breakdown 2027"), "save_url": "/grid/save",
        "unit": "wan", "places": 0, "strict": strict, "columns": columns, "difference": "year", "rows": rows,
        "foot": [{"label": say(language, "自上而下", "Top-down"), "kind": "top"}, {"label": say(language, "自下而上", "Bottom-up"), "kind": "leaves"},
                 {"label": say(language, "上减下", "Top minus bottom"), "kind": "difference"}],
        "proof": [{"before": say(language, "自上而下", "Top-down"), "sum": "top", "at": "year"},
                  {"before": say(language, "自下而上", "Bottom-up"), "sum": "leaves", "at": "year"}],
    }  # fmt: skip


def findings(language: str) -> list[View]:
    """Return what an import found."""
    return [
        {"severity": "block", "sheet": "", "row": 17, "column": "product", "value": "GTXPro", "message": say(language, "产品「GTXPro」没有登记。", "There is no product “GTXPro”."),
         "remedies": [{"text": say(language, "当作「GTX Pro」", "Read it as “GTX Pro”"), "url": "/import"}]},
        {"severity": "warn", "sheet": "", "row": 20, "column": "close_value", "value": "4514.005",
         "message": say(language, "金额多于两位小数，按 4,514.01 收下，差 0.01。", "More than two decimals: taken as 4,514.01, difference 0.01."), "remedies": []},
        {"severity": "note", "sheet": "", "row": None, "column": "account", "value": "", "message": say(language, "1,425 行没有客户，保留为无客户商机。", "1,425 rows without an account are kept as such."), "remedies": []},
    ]  # fmt: skip


def people(language: str) -> View:
    """Return a list of things: on a phone its rows become cards."""
    heads = say(language, "姓名 单位 角色 自 目标", "Name Unit Role Since Target").split()
    columns = [
        {"key": str(at), "label": head, "align": "num" if at > 2 else "text", "first": at == 0}
        for at, head in enumerate(heads)
    ]
    rows = [
        ("陆知远", "江苏代表处", say(language, "销售", "Sales rep"), "2024-03-01", "1,920.00"),
        ("贺明川", "江苏代表处", say(language, "代表处经理", "Office manager"), "2022-01-01", "6,240.00"),
        ("周立衡", "华东大区", say(language, "大区总监", "Region director"), "2020-01-01", "–"),
    ]
    return {
        "title": say(language, "人员", "People"), "cards": True, "columns": columns,
        "rows": [{"id": f"p{at}", "cells": [{"text": name, "href": "/deal", "kind": "strong"}, *({"text": one} for one in rest)]} for at, (name, *rest) in enumerate(rows)],
    }  # fmt: skip

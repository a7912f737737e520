"""A folder as a Book: names, viewers and their roles, faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from dacheng.core.access import EXECUTIVE, MANAGER, Held
from dacheng.core.errors import RuleError
from dacheng.core.period import FAR_DAY
from dacheng.service.folders import FolderNames, OpenFolder, open_folder

FILES = {
    "units": "code,name,parent\nhq,总部,\neast,华东,hq",
    "people": "code,name,unit\nli,李雷,east\nli2,李雷,east\nzhou,周总,hq",
    "roles": "person,role,unit,from,to\nzhou,executive,hq,,\nli,manager,east,2026-03-01,2026-06-01",
    "measures": "code,name,name_en\ncontract,合同额,Contract value",
    "products": "code,name,from,to\np1,旧名,,2026-01-01\np1,新名,2026-01-01,",
}
MARCH, JUNE = 20_530, 20_606


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def names(folder: Path) -> FolderNames:
    return OpenFolder.read(folder).names


def test_a_code_is_found_before_a_name_and_a_shared_name_is_ambiguous(names: FolderNames):
    assert names.find("people", "li") == (1,)
    assert names.find("people", "李雷") == (1, 2)
    assert names.find("measures", "Contract value") == (1,)
    assert names.find("people", "nobody") == ()


def test_a_misspelt_code_has_near_ones(names: FolderNames):
    assert names.near("people", "zhuo") == ("zhou",)


def test_the_latest_version_gives_the_name(names: FolderNames):
    assert names.names("products", [1, 99])[1].name == "新名"
    assert set(names.names("products", [1, 99])) == {1}
    assert len(names.names_of({"people": None})["people"]) == 3


def test_a_viewer_has_the_roles_of_the_day_of_the_question(folder: Path):
    opened = OpenFolder.read(folder)

    in_march = opened.book(as_of_day=MARCH, today=MARCH, viewer="li")
    in_june = opened.book(as_of_day=MARCH, today=JUNE, viewer="li")

    assert in_march.scope.units == (2,)
    assert in_june.scope.units == ()


def test_a_viewer_may_be_named_and_nobody_means_everything(folder: Path):
    assert open_folder(folder, as_of_day=MARCH, today=MARCH, viewer="周总")[0].scope.whole
    assert open_folder(folder, as_of_day=MARCH, today=MARCH)[0].scope.whole
    with pytest.raises(RuleError) as refused:
        open_folder(folder, as_of_day=MARCH, today=MARCH, viewer="zhuo")
    assert "zhou" in refused.value.remedy.en


def test_a_folder_with_faults_does_not_open(folder: Path):
    (folder / "roles.csv").write_text("person,role,unit\nli,boss,east\n", encoding="utf-8")

    with pytest.raises(RuleError, match=r"roles.csv 2 role.*executive"):
        open_folder(folder, as_of_day=MARCH, today=MARCH)


def test_roles_are_read_by_their_codes(folder: Path):
    roles = OpenFolder.read(folder).company.frames["roles"].columns

    held = [Held(role or 0, unit or 0) for role, unit in zip(roles["role"], roles["unit_id"], strict=True)]
    assert held == [Held(EXECUTIVE, 1), Held(MANAGER, 2)]
    assert roles["to_day"][0] == FAR_DAY

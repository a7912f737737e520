"""``dacheng inventory fill``: each row is read first, and nothing is written while one of them is wrong."""

import pytest

from dacheng.cli import inventory
from dacheng.store.models import InventoryLine
from tests.store.company import load

GOOD = "维保续约\t续约\tC1\t\t10000\t95%\t1\tli"
BAD = "平台二期\tnamed\t\tD1\t20000\t60\t1\tli"
OF_NOBODY = "年度维保\t续约\tC1\t\t500\t50%\t1"


@pytest.fixture
def fill(terminal, tmp_path):
    """Return a function that writes rows to a file and fills them."""
    load()
    dacheng = terminal(inventory)

    def filled(*rows, write=False):
        file = tmp_path / "block.txt"
        file.write_text("\n".join(rows), encoding="utf-8")
        return dacheng("inventory", "fill", file, "--period", "2027", *(["--write"] if write else []))

    return filled


def test_rows_are_written_only_when_nothing_is_wrong_with_any(fill):
    mixed = fill(GOOD, BAD, OF_NOBODY, write=True)
    written = InventoryLine.objects.count()
    looked = fill(GOOD)
    of_look = InventoryLine.objects.count()
    done = fill(GOOD, BAD.replace("60", "60%"), write=True)

    assert (mixed.exit_code, written) == (1, 0)
    rows = [line.split("\t")[:2] for line in mixed.stdout.splitlines() if line[:1].isdigit()]
    assert [row[1] == "ok" for row in rows] == [True, False, False]
    assert "Probability" in rows[1][1] and "Owner" in rows[2][1]
    assert (looked.exit_code, of_look, done.exit_code) == (0, 0, 0)
    assert sorted(InventoryLine.objects.values_list("amount", flat=True)) == [10_000_00, 20_000_00]

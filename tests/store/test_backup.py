"""What a backup carries and leaves out, what it refuses, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.service.backing_up import RestoreRefused, back_up, restore
from dacheng.store import tables
from dacheng.store.actions.accounts import invite, issue_token
from dacheng.store.actions.customers import create_customer
from dacheng.store.audit import verify
from dacheng.store.bulk import fetch_rows
from dacheng.store.canonical import canonical_hash
from dacheng.store.history import head_seq
from tests.store.company import AT, actor, number
from tests.store.switching import using

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def backup(shared_database: str, tmp_path: Path) -> Path:
    """Return a backup of the small company, whose database is in use."""
    back_up(tmp_path / "small.zip")
    return tmp_path / "small.zip"


@pytest.fixture(params=["sqlite", "postgres"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker) -> Iterator[str]:
    """Return the URL of a database that has nothing yet, not even tables."""
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'new.sqlite3'}"
        else:
            yield request.getfixturevalue("postgres_database")()


def changed(backup: Path, change) -> Path:
    """Return a copy whose files went through ``change(name, bytes)``; None leaves a file out."""
    copy = backup.with_name("changed.zip")
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            if (body := change(name, source.read(name))) is not None:
                target.writestr(name, body)
    return copy


def in_manifest(**values):
    """Return a change of the manifest alone."""
    return lambda name, body: json.dumps(json.loads(body) | values) if name == "manifest.json" else body


def refusal(backup: Path, url: str) -> str:
    """Return what a restore is refused with, having seen that nothing was written."""
    with using(url):
        with pytest.raises(RuleError) as refused:
            restore(backup)
        present = set(connection.introspection.table_names())
        assert "rec_deals" not in present or fetch_rows("SELECT COUNT(*) FROM rec_deals") == [(0,)]
    return refused.value.sentence("en")


def test_every_model_of_the_store_is_carried_or_left_out_by_name(sqlite_database):
    carried = {shape.name for shape in tables.shapes()}

    assert carried | tables.LEFT_OUT == {model._meta.db_table for model in tables.models()}
    assert not carried & tables.LEFT_OUT
    assert {"rec_deals", "fact_deals", "log", "log_change", "rule_value", "import_batch", "company"} <= carried


def test_ways_in_are_left_out_and_accounts_come_back_without_passwords(shared_database, new_database, tmp_path):
    li = actor("li")
    invite(actor=SYSTEM, at=AT, person_id=number("people", "li"))
    secret = issue_token(actor=li, at=AT, name="script", scopes=("read",)).secret
    with connection.cursor() as cursor:
        cursor.execute("UPDATE account SET password = 'a-hash-of-a-password', last_login = '2026-06-01'")

    back_up(tmp_path / "own.zip")
    with zipfile.ZipFile(tmp_path / "own.zip") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    with using(new_database):
        restore(tmp_path / "own.zip")
        accounts = fetch_rows("SELECT username, password, last_login FROM account")
        ways = fetch_rows("SELECT (SELECT COUNT(*) FROM sign_in_link) + (SELECT COUNT(*) FROM api_token)")

    assert b"a-hash-of-a-password" not in everything and secret.encode() not in everything
    assert [row[1:] for row in accounts] == [("!", None)]
    assert ways == [(0,)]


def test_a_restored_company_is_the_same_and_can_be_written_on(backup, new_database):
    before = canonical_hash(), head_seq()

    with using(new_database):
        restore(backup)
        after = canonical_hash(), head_seq()
        create_customer(actor=actor("ops"), at=AT, values={"code": "NEW", "name": "新客户"})
        invite(actor=SYSTEM, at=AT, person_id=number("people", "li"))
        found = verify()

    assert after == before
    assert found == []


def test_a_backup_overwrites_nothing_and_leaves_no_half_file(backup):
    body = backup.read_bytes()

    with pytest.raises(RuleError, match="already"):
        back_up(backup)

    assert backup.read_bytes() == body
    assert [file.name for file in backup.parent.glob("*.part")] == []
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_shows_one_moment_while_others_write(shared_database, tmp_path, monkeypatch):
    real, wrote = tables.rows_of, []

    def elsewhere():
        create_customer(actor=actor("ops"), at=AT, values={"code": f"N{len(wrote)}", "name": "别处"})
        connection.close()

    def reading(shape):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join(20)
        wrote.append(shape.name)
        return real(shape)

    head = head_seq()
    monkeypatch.setattr("dacheng.service.backing_up.rows_of", reading)
    manifest, _ = back_up(tmp_path / "busy.zip")

    rows = {table.shape.name: table.rows for table in manifest.tables}
    assert (manifest.origin.head_seq, rows["log"]) == (head, head)
    assert head_seq() == head + len(wrote)
    with using(f"sqlite:///{tmp_path / 'again.sqlite3'}"):
        restore(tmp_path / "busy.zip")


def test_a_filled_target_is_refused_and_left_as_it_was(backup):
    before = canonical_hash()

    with pytest.raises(RuleError, match="not empty"):
        restore(backup)

    assert canonical_hash() == before


def test_a_database_of_another_program_is_refused(backup, new_database):
    with using(new_database), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE theirs (id integer)")

    assert "tables of another program" in refusal(backup, new_database)


def test_a_byte_changed_in_a_table_is_found(backup, new_database):
    copy = changed(backup, lambda name, body: body.replace(b"10000000", b"20000000") if "fact_deals" in name else body)

    assert "the table fact_deals is not what was listed" in refusal(copy, new_database)


def test_a_cut_file_is_refused(backup, new_database):
    backup.write_bytes(backup.read_bytes()[:-100])

    assert "The backup is damaged" in refusal(backup, new_database)


def test_a_flipped_byte_anywhere_is_refused(backup, copied, tmp_path):
    body = backup.read_bytes()
    places = random.Random(1)
    for at in (places.randrange(len(body)) for _ in range(25)):
        (tmp_path / "flipped.zip").write_bytes(body[:at] + bytes([body[at] ^ 0x5A]) + body[at + 1 :])
        with using(copied("sqlite", with_company=False)):  # its tables are there already: making them takes longest
            try:
                restore(tmp_path / "flipped.zip")
            except RuleError:
                continue
            back_up(tmp_path / f"{at}.zip")  # a byte of the zip's own that says nothing, a moment or an attribute
            assert (tmp_path / f"{at}.zip").read_bytes() == body


def test_a_missing_table_and_a_stray_file_are_refused(backup, new_database):
    lacking = changed(backup, lambda name, body: None if "fact_deals" in name else body)
    assert "other files than its manifest lists" in refusal(lacking, new_database)

    with zipfile.ZipFile(backup, "a") as archive:
        archive.writestr("tables/more.jsonl", "[]\n")
    assert "other files than its manifest lists" in refusal(backup, new_database)


@pytest.mark.parametrize("values", [{"format": 2}, {"schema": ["0001_initial", "9999_later"]}])
def test_a_newer_backup_asks_for_a_newer_dacheng(backup, new_database, values):
    assert "Upgrade Dacheng first" in refusal(changed(backup, in_manifest(**values)), new_database)


def test_what_is_no_backup_is_said_to_be_none(tmp_path, new_database):
    (tmp_path / "a.zip").write_text("hello")

    assert "The backup is damaged" in refusal(tmp_path / "a.zip", new_database)
    assert "There is no file" in refusal(tmp_path / "b.zip", new_database)


def test_a_changed_amount_with_hashes_made_to_fit_is_found_by_the_log(backup, new_database):
    from hashlib import sha256

    with zipfile.ZipFile(backup) as archive:
        facts = archive.read("tables/fact_deals.jsonl").replace(b"10000000", b"20000000")
        manifest = json.loads(archive.read("manifest.json"))
    for table in manifest["tables"]:
        if table["name"] == "fact_deals":
            table["sha256"] = sha256(facts).hexdigest()
    bodies = {"tables/fact_deals.jsonl": facts, "manifest.json": json.dumps(manifest)}
    copy = changed(backup, lambda name, body: bodies.get(name, body))

    assert "Log and rows do not agree" in refusal(copy, new_database)
    with using(new_database):
        with pytest.raises(RestoreRefused) as refused:
            restore(copy)
        restore(copy, despite_findings=True)
        assert [one.rule for one in verify()] == [one.rule for one in refused.value.findings] != []


def killed_after(url: str, backup: Path, seconds: float | None) -> float:
    """Restore in another process and kill it after a moment, None = let it end; return how long it ran."""
    settings = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "dacheng.conf.settings"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.restore_until_killed", str(backup)],
        cwd=ROOT,
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.stdin.write("\n")
    process.stdin.flush()
    if seconds is None:
        assert process.stdout.readline() == "done\n"
    else:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    taken = time.monotonic() - began
    process.wait(30)
    process.stdin.close()
    process.stdout.close()
    return taken


def databases(request: pytest.FixtureRequest, folder: Path, vendor: str) -> Iterator[str]:
    """Yield URLs of new databases."""
    at = 0
    while True:
        at += 1
        yield (
            f"sqlite:///{folder / f'killed-{at}.sqlite3'}"
            if vendor == "sqlite"
            else request.getfixturevalue("postgres_database")()
        )


def wait_for_the_end_of_others() -> None:
    """Let PostgreSQL notice that its client is gone; what it was doing is over then."""
    others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + 20
    while connection.vendor == "postgresql" and fetch_rows(others) != [(0,)] and time.monotonic() < until:
        time.sleep(0.05)


def check_kills(times: int, request, folder: Path, vendor: str) -> None:
    """A killed restore leaves an empty database, which the next one fills, or the whole company."""
    backup, whole = folder / "small.zip", canonical_hash()
    back_up(backup)
    fresh, moments = databases(request, folder, vendor), random.Random(times)
    longest = killed_after(next(fresh), backup, None)
    for _ in range(times):
        url = next(fresh)
        killed_after(url, backup, moments.uniform(0, longest))
        with using(url):
            wait_for_the_end_of_others()
            try:
                restore(backup)
            except RuleError as refused:
                assert "not empty" in refused.sentence("en")
            assert canonical_hash() == whole
            assert verify() == []


@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_a_killed_restore_is_whole_or_starts_again(request, sqlite_database, tmp_path, vendor):
    check_kills(3, request, tmp_path, vendor)


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_a_restore_killed_thirty_times_is_whole_or_starts_again(request, sqlite_database, tmp_path, vendor):
    check_kills(30, request, tmp_path, vendor)

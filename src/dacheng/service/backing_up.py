"""Backup and restore of a whole database, from either kind into either kind (备份与恢复)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, transaction

from dacheng.core.backup import Manifest, Origin
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.exchange.backup_file import BackupFile, damaged, newer_file, opened_backup, write_backup
from dacheng.store.audit import verify
from dacheng.store.bulk import refresh_statistics, without_collecting
from dacheng.store.company import company_setting, forget_company
from dacheng.store.history import lock_chain
from dacheng.store.tables import (
    APP,
    clear_start,
    fits,
    head_of_log,
    load_rows,
    migrations_applied,
    migrations_known,
    refuse_filled_target,
    rows_of,
    settle_numbers,
    shapes,
    snapshot,
)

Say = Callable[[Text], None]


class RestoreRefused(RuleError):
    """A backup whose log, facts and records do not agree; nothing was written.

    Args:
        findings: what is wrong.
    """

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            Text(
                f"备份里的日志与数据不一致：{len(findings)} 处。", f"Log and rows do not agree: {len(findings)} found."
            ),
            Text(
                "没有写入任何数据。换一份备份；明知如此仍要恢复，加 --despite-findings。",
                "Nothing was written. Use another backup, or restore it all the same with --despite-findings.",
            ),
        )
        self.findings = findings


def back_up(path: Path) -> tuple[Manifest, str]:
    """Write the whole database as one file, from one moment, while others may go on writing.

    Returns:
        what is in it, and its fingerprint.

    Raises:
        RuleError: the database holds no company or is not up to date, or the file is there already.
    """
    migrations = _up_to_date()
    with snapshot():
        seq, hashed, at = head_of_log()
        if not seq:
            raise RuleError(
                Text("这个数据库里还没有公司。", "The database holds no company yet."),
                Text("用 --db 指定要备份的数据库。", "Name the database to back up with --db."),
            )
        forget_company()
        origin = Origin(version("dacheng"), migrations, company_setting().name, seq, hashed, at)
        return write_backup(path, origin, ((shape, rows_of(shape)) for shape in shapes()))


def restore(path: Path, *, despite_findings: bool = False, say: Say = lambda text: None) -> tuple[Manifest, str]:
    """Fill an empty database from a backup: all of it, or nothing.

    The file is checked before the database is touched, and the rows are in the database only when all of them are
    there and the log fits them.

    Args:
        despite_findings: also restore a company whose log and rows do not agree.
        say: told what is being done.

    Raises:
        RuleError: the file is damaged or of a newer Dacheng, or the database is not empty.
    """
    with opened_backup(path) as backup:
        backup.check()
        say(Text("备份完好，开始写入。", "The backup is sound; writing begins."))
        _make_tables(backup.manifest.origin.migrations)
        with without_collecting(), transaction.atomic():
            _load(backup)
            refresh_statistics()
            say(Text("已全部写入，正在核对日志。", "All rows are in; the log is checked."))
            findings = [] if despite_findings else verify()
            if findings:
                raise RestoreRefused(findings)
        call_command("migrate", verbosity=0, interactive=False)
        return backup.manifest, backup.fingerprint


def _up_to_date() -> tuple[str, ...]:
    """Return the migrations of the database.

    Raises:
        RuleError: they are not those of this Dacheng.
    """
    applied, known = migrations_applied(), migrations_known()
    if applied and applied != known:
        raise RuleError(
            Text("数据库的表不是这个版本的。", "The tables of the database are not those of this version."),
            Text("先用同一版本的 dacheng init 更新，再备份。", "Update them with dacheng init first, then back up."),
        )
    return applied


def _make_tables(migrations: tuple[str, ...]) -> None:
    """Make the tables as they were when the backup was made.

    Raises:
        RuleError: a newer Dacheng made it, or the database holds something already.
    """
    if not migrations or not set(migrations) <= set(migrations_known()):
        raise newer_file()
    refuse_filled_target()
    if set(migrations_applied()) - set(migrations):
        raise RuleError(
            Text("备份较旧，而目标库的表已经是新的。", "The backup is older than the tables of the target."),
            Text("请恢复到一个全新的、还没有表的数据库。", "Restore into a new database that has no tables yet."),
        )
    try:
        call_command("migrate", APP, migrations[-1], verbosity=0, interactive=False)
    except DatabaseError as problem:
        raise RuleError(
            Text(f"目标数据库的表建不起来：{problem}", f"The tables of the target cannot be made: {problem}"),
            Text(
                "没有写入任何数据。稍等再运行一次，或换一个新的数据库。",
                "Wait and run it again, or use a new database.",
            ),
        ) from problem


def _load(backup: BackupFile) -> None:
    """Write every row; the database is locked and looked at once more, so that two restores do not mix."""
    lock_chain()
    refuse_filled_target()
    clear_start()
    try:
        for table in backup.manifest.tables:
            if not fits(table.shape):
                raise damaged(
                    Text(f"表 {table.shape.name} 的列不同", f"the table {table.shape.name} has other columns")
                )
            load_rows(table.shape, backup.rows(table))
        settle_numbers()
    except (DatabaseError, InterfaceError, TypeError) as problem:
        raise damaged(Text(f"数据库不接受（{problem}）", f"the database refuses it ({problem})")) from problem
    origin = backup.manifest.origin
    if head_of_log() != (origin.head_seq, origin.head_hash, origin.head_at):
        raise damaged(Text("日志的末尾与清单不符", "the log ends elsewhere than listed"))

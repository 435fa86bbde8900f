"""Changes of the file on the disk: whole or not at all, its link, mode and owner kept, none lost to another."""

import errno
import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from breakd.cli import main
from breakd.config.reading import LARGEST
from breakd.config.writing import MeanwhileError, NotWrittenError, create, replace
from running import PROGRAM, SECONDS

Printed = pytest.CaptureFixture[str]

TEXT = '[prompt]\nsnooze = "3m"\n'
CHANGED = '[prompt]\nsnooze = "7m"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "breakd" / "config.toml"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def snooze(path: Path) -> int:
    return main(["config", "set", "prompt.snooze", "7m", "--config", str(path)])


def names(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir())


def test_a_new_file_is_the_users_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create(tmp_path / "new" / "c.toml", TEXT)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "c.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_stays_also_for_the_copy(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert snooze(file) == 0
    assert file.read_text() == CHANGED
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.with_name("config.toml~"))] == [mode, mode]


def test_the_owner_stays_where_that_is_allowed(file: Path) -> None:
    group = os.getegid() if os.geteuid() else 12345
    os.chown(file, -1 if os.geteuid() else 12345, group)
    owner = file.stat().st_uid
    assert snooze(file) == 0
    assert (file.stat().st_uid, file.stat().st_gid) == (owner, group)


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    relative = tmp_path / "second.toml"
    relative.symlink_to("breakd/config.toml")
    link.symlink_to(relative)
    assert snooze(link) == 0
    assert (link.is_symlink(), relative.is_symlink(), file.read_text()) == (True, True, CHANGED)
    assert names(file) == ["config.toml", "config.toml~"]
    assert names(link) == ["breakd", "link.toml", "second.toml"]


def test_one_copy_is_kept_and_takes_the_place_of_the_last(file: Path) -> None:
    assert snooze(file) == 0
    assert main(["config", "--config", str(file), "unset", "prompt.snooze"]) == 0
    assert file.with_name("config.toml~").read_text() == CHANGED
    assert names(file) == ["config.toml", "config.toml~"]


def test_a_draft_of_a_writer_that_was_killed_is_no_obstacle(file: Path) -> None:
    for name in ("config.toml.new", "config.toml~.new"):
        file.with_name(name).write_text("half")
    assert snooze(file) == 0
    assert names(file) == ["config.toml", "config.toml~"]


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(file: Path) -> None:
    with pytest.raises(MeanwhileError, match="has changed meanwhile; nothing was written"):
        replace(file, CHANGED.encode(), b"[prompt]\n")
    assert (file.read_text(), names(file)) == (TEXT, ["config.toml"])


def test_a_file_that_went_away_meanwhile_is_told(file: Path) -> None:
    file.unlink()
    with pytest.raises(NotWrittenError):
        replace(file, CHANGED.encode(), TEXT.encode())
    assert names(file) == []


def test_what_is_no_ordinary_file_is_not_written_over(file: Path, capsys: Printed) -> None:
    file.unlink()
    os.mkfifo(file)
    with subprocess.Popen(["sh", "-c", 'while : > "$1"; do :; done', "sh", file]) as writer:
        try:
            assert snooze(file) == 1
        finally:
            writer.kill()
    assert capsys.readouterr().err == f"{file} cannot be written: it is no ordinary file\n"
    assert file.is_fifo()
    assert names(file) == ["config.toml"]


def test_a_file_is_not_made_too_large_to_be_read(file: Path, capsys: Printed) -> None:
    file.write_text(text := TEXT + "#" * (LARGEST - len(TEXT) - 3))
    assert main(["config", "set", "prompt.timeout", "4m", "--config", str(file)]) == 2
    assert capsys.readouterr().err == f"{file}: it is larger than 1 MiB; is this the right file?\n"
    assert file.read_text() == text


def test_where_the_copy_cannot_be_made_nothing_is_written(file: Path, capsys: Printed) -> None:
    file.with_name("config.toml~").mkdir()
    assert snooze(file) == 1
    assert capsys.readouterr().err == f"{file} cannot be written: {os.strerror(errno.EISDIR)}\n"
    assert (file.read_text(), names(file)) == (TEXT, ["config.toml", "config.toml~"])


@pytest.mark.parametrize("limit", [10, 30], ids=["for the copy too", "for what is new"])
def test_a_full_disk_loses_nothing(file: Path, limit: int) -> None:
    """A limit on the size of files stands for it."""
    kept = file.with_name("config.toml~")
    kept.write_text("# before the last change\n")
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}));"
        "from breakd.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "config", "set", "prompt.timeout", "7m", "--config", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"{file} cannot be written: {os.strerror(errno.EFBIG)}\n",
    )
    assert (file.read_text(), kept.read_text()) == (TEXT, "# before the last change\n")
    assert names(file) == ["config.toml", "config.toml~"]


def test_a_folder_where_nothing_can_be_written(tmp_path: Path, capsys: Printed) -> None:
    """No folder is closed to root, but one of the kernel's is to everybody."""
    link = tmp_path / "c.toml"
    link.symlink_to("/proc/version")
    assert main(["config", "--config", str(link), "set", "prompt.snooze", "7m"]) == 2  # it is no TOML
    link.unlink()
    link.symlink_to("/proc/self/attr/nothing.toml")
    assert main(["config", "--config", str(tmp_path / "c.toml"), "set", "prompt.snooze", "7m"]) == 2
    with pytest.raises(NotWrittenError, match=r"^/proc/version cannot be written: "):
        replace(Path("/proc/version"), b"", Path("/proc/version").read_bytes())
    assert main(["config", "--config", "/proc/c.toml", "set", "prompt.snooze", "7m"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("/proc/c.toml cannot be written: ")


KEYS = [
    ("prompt.snooze", "9m"), ("prompt.timeout", "8m"), ("prompt.max_snoozes", "5"), ("presence.away_after", "4m"),
    ("hold.at_most", "11m"), ("routine.sound", "no"), ("routine.theme", "dark"), ("work.overrides.fri", "9-12"),
]  # fmt: skip


@pytest.mark.parametrize("there", [True, False])
def test_many_changes_at_once_are_all_in_the_file(file: Path, there: bool) -> None:  # noqa: FBT001 - a table's value
    if not there:
        file.unlink()
    writers = [
        subprocess.Popen([*PROGRAM, "config", "--config", str(file), "set", key, value], stdout=subprocess.PIPE)
        for key, value in KEYS
    ]
    for writer in writers:
        writer.communicate(timeout=SECONDS * 3)
    assert [writer.returncode for writer in writers] == [0] * len(KEYS)
    document = tomllib.loads(file.read_text())
    assert document["prompt"] == {"snooze": "9m", "timeout": "8m", "max_snoozes": 5}
    assert document["presence"] == {"away_after": "4m"}
    assert document["hold"] == {"at_most": "11m"}
    assert document["routine"] == {"sound": False, "theme": "dark"}
    assert document["work"] == {"overrides": {"fri": ["09:00-12:00"]}}
    expected = {"config.toml", "config.toml~"} | (set() if there else {"config.schema.json"})
    assert set(names(file)) == expected

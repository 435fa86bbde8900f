"""`breakd config path|show|check|init`, and where the file may be named."""

import argparse
import os
import tomllib
from pathlib import Path

import pytest

from breakd import config
from breakd.cli import main
from breakd.commands.config import run
from breakd.config.example import example
from breakd.errors import BreakdError
from running import CALM, Home


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file at the default place, not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path / "home" / "config"))
    monkeypatch.delenv("BREAKD_CONFIG", raising=False)
    return config.locate(None)[0]


def do(action: str, named: Path | None = None) -> int:
    return run(argparse.Namespace(action=action, config=None if named is None else os.fspath(named)))


def failure(action: str, named: Path | None = None) -> BreakdError:
    with pytest.raises(BreakdError) as error:
        do(action, named)
    return error.value


def test_path(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do("path") == 0
    assert capsys.readouterr().out == f"{place}\n"


def test_init_writes_the_example_and_says_where(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do("init") == 0
    assert place.read_text("utf-8") == example()
    assert capsys.readouterr().out == f"Wrote {place}\n"


def test_init_never_writes_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("mine")

    error = failure("init", file)

    assert (str(error), error.status) == (f"{file} exists already; nothing was written", 1)
    assert file.read_text() == "mine"


def test_init_does_not_follow_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    link = tmp_path / "c.toml"
    link.symlink_to(tmp_path / "elsewhere")

    assert str(failure("init", link)) == f"{link} exists already; nothing was written"
    assert not (tmp_path / "elsewhere").exists()


def test_init_with_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    for path in (tmp_path / "a" / "c.toml", tmp_path / "a" / "b" / "c.toml"):
        assert str(failure("init", path)).startswith(f"{path.parent} cannot be written: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_init_to_a_place_where_nothing_can_be_made() -> None:
    error = failure("init", Path("/proc/breakd/c.toml"))

    assert str(error).startswith("/proc/breakd cannot be written: ")
    assert str(error).endswith("; name another place with --config FILE")


def test_check(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[prompt]\nsnooze = '1m'\n")

    assert do("check", file) == 0
    assert do("check") == 0

    assert capsys.readouterr().out.splitlines() == [
        f"{file}: OK",
        f"{place}: there is no such file; the defaults are in use: OK",
    ]


def test_a_wrong_file_is_told_by_check_and_show(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[prompt]\nsnooze = 'soon'\nmax_snoozes = 'x'\n")

    for action in ("check", "show"):
        error = failure(action, file)
        assert error.status == 2
        assert str(error) == (
            f'{file}:2: prompt.snooze: "soon" is not a duration; write 30m or 1h30m\n'
            f'{file}:3: prompt.max_snoozes: "x" is not a whole number; write 3'
        )


def test_show_says_the_defaults_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[prompt]\nsnooze = '60s'\n[work.overrides]\nfri = []\n")

    assert do("show", file) == 0

    shown = capsys.readouterr().out
    document = tomllib.loads(shown)
    assert document["prompt"]["snooze"] == "60s"
    assert document["prompt"]["timeout"] == "3m"
    assert document["work"]["overrides"] == {"fri": []}
    assert [row["name"] for row in document["break"]] == ["micro", "walk"]
    again = tmp_path / "again.toml"
    again.write_text(shown, "utf-8")
    assert config.load(os.fspath(again)).settings == config.load(os.fspath(file)).settings


@pytest.mark.parametrize(
    "args", [["--config", "c.toml", "set", "prompt.snooze", "7m"], ["set", "--config", "c.toml", "prompt.snooze", "7m"],
             ["set", "prompt.snooze", "7m", "--config", "c.toml"], ["set", "prompt.snooze", "7m", "--config=c.toml"]]
)  # fmt: skip
def test_the_file_may_be_named_before_and_behind(
    args: list[str], tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["config", *args]) == 0
    assert config.load("c.toml").document["prompt"]["snooze"] == "7m"
    assert not place.exists()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["set"], "the following arguments are required: KEY, VALUE"),
        (["set", "prompt.snooze"], "the following arguments are required: VALUE"),
        (["set", "prompt.snooze", "5", "m"], "unrecognized arguments: m"),
        (["unset"], "the following arguments are required: KEY"),
        (["check", "x"], "unrecognized arguments: x"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
    ],
)
def test_wrong_arguments_are_told(args: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", *args]) == 2
    assert told in capsys.readouterr().err


def test_a_running_breakd_needs_no_more_than_the_change(tmp_path: Path) -> None:
    home = Home(tmp_path, CALM)
    try:
        home.run()
        done = home.breakd("config", "set", "break.micro.every", "45m")
        assert done.returncode == 0, done.stderr
        home.wait(lambda: home.status()["tiers"][0]["every_s"] == 45 * 60, "the new interval")
    finally:
        home.close()

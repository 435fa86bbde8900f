"""`breakd run` as a real process, with no screen: its ends, its files, and what becomes of it where they fail."""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from running import ALWAYS, CALM, PROGRAM, QUICK, SECONDS, Home, ended


@pytest.fixture
def quick(home: Home) -> Home:
    home.config.write_text(QUICK)
    return home


# Its end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it(home: Home, number: signal.Signals) -> None:
    daemon = home.run()
    daemon.send_signal(number)
    assert ended(daemon) == 0
    assert home.events() == ["daemon_started", "daemon_stopped"]
    assert not list(home.runtime.iterdir())


def test_nohup_keeps_it_over_a_hang_up(home: Home) -> None:
    daemon = home.run(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    daemon.send_signal(signal.SIGHUP)
    assert home.pid() == daemon.pid


def test_quit_ends_it(home: Home) -> None:
    daemon = home.run()
    done = home.breakd("quit")
    assert (done.returncode, done.stdout) == (0, "breakd ends.\n")
    assert ended(daemon) == 0
    assert home.events() == ["daemon_started", "daemon_stopped"]
    assert home.breakd("status").returncode == 3


def test_restart_brings_it_back_with_its_arguments(home: Home, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(CALM.replace("micro", "other"))
    daemon = home.run("--config", str(other))
    done = home.breakd("restart")
    assert (done.returncode, done.stdout, done.stderr) == (0, "breakd starts anew.\n", "")
    assert [tier["name"] for tier in home.status()["tiers"]] == ["other"]
    assert home.events() == ["daemon_started", "daemon_stopped", "daemon_started"]
    daemon.terminate()  # it is still the same process, for the terminal or the service manager that started it
    assert ended(daemon) == 0


def test_a_wrong_configuration_keeps_it_from_restarting_not_from_running(home: Home) -> None:
    daemon = home.run()
    home.config.write_text(CALM.replace('"30m"', '"abc"'))
    done = home.breakd("restart")
    assert (done.returncode, done.stdout) == (2, "")
    wrong, goes_on = done.stderr.splitlines()
    assert wrong == f'{home.config}:8: break[0].every: "abc" is not a duration; write 30m or 1h30m'
    assert goes_on == "breakd goes on with the configuration that it has."
    assert home.pid() == daemon.pid
    assert home.events() == ["daemon_started"]


def test_a_folder_of_strange_modules_is_no_obstacle(quick: Home, tmp_path: Path) -> None:
    for name in ("argparse", "json", "breakd", "random"):
        (quick.home / f"{name}.py").write_text("raise SystemExit('imported from the working folder')")
    command = [PROGRAM[0], "-P", *PROGRAM[1:], "run"]
    with quick.said.open("ab") as said:
        daemon = subprocess.Popen(command, env=quick.env, cwd=quick.home, stdin=-3, stdout=said, stderr=said)
    quick.wait_for_text("Stand up")
    assert quick.breakd("start").returncode == 0
    quick.wait_for_event("taken")
    assert quick.breakd("restart").returncode == 0
    quick.breakd("quit")
    assert ended(daemon) == 0
    assert "imported" not in quick.text()


# One a person


def test_a_second_one_says_so_in_a_line(home: Home) -> None:
    first = home.run()
    done = home.breakd("run")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"breakd is running already (process {first.pid}); `breakd status` shows it\n"


def test_another_login_of_the_same_person_finds_it_too(home: Home) -> None:
    home.run()
    elsewhere = home.short / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    assert home.breakd("run", XDG_RUNTIME_DIR=str(elsewhere)).returncode == 1


def test_of_twenty_at_once_one_lives(home: Home) -> None:
    started = [home.start() for _ in range(20)]
    home.wait(lambda: sum(process.poll() is None for process in started) == 1, "all but one to end")
    home.wait(home.pid, "the one that lives")
    alive = [process for process in started if process.poll() is None]
    assert [process.pid for process in alive] == [home.pid()]
    assert {process.returncode for process in started} == {1, None}
    assert home.text().count("running already") == 19
    assert home.events() == ["daemon_started"]


def test_what_a_killed_one_left_behind_is_no_obstacle(home: Home) -> None:
    first = home.run()
    first.kill()
    assert ended(first) == -signal.SIGKILL
    assert (home.runtime / "breakd.sock").exists()
    assert home.breakd("status").returncode == 3
    home.run()
    assert home.events() == ["daemon_started", "daemon_started"]


# What it keeps


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_goes_on_where_it_was(quick: Home, number: signal.Signals) -> None:
    first = quick.run()
    quick.wait_for_text("Stand up")
    assert quick.breakd("snooze", "1h").returncode == 0
    first.send_signal(number)
    ended(first)
    quick.run()
    status = quick.status()
    assert (status["state"], status["offer"]) == (
        "snoozed",
        {"id": 1, "break": "micro", "state": "snoozed", "snoozes_left": 2},
    )
    stopped = [] if number == signal.SIGKILL else ["daemon_stopped"]
    assert quick.events() == ["daemon_started", "due", "prompted", "snoozed", *stopped, "daemon_started"]


def test_a_pause_outlives_it(home: Home) -> None:
    first = home.run()
    home.breakd("pause")
    first.kill()
    ended(first)
    home.run()
    assert home.status()["state"] == "paused"


@pytest.mark.parametrize(
    "damage", ["{", "[]", "null", "{}", '{"engine": 3}', '{"engine": {"version": 99}, "time": {}}', "\0"]
)
def test_a_state_that_cannot_be_used_is_set_aside_and_told(home: Home, damage: str) -> None:
    ended_daemon = home.run()
    ended_daemon.terminate()
    ended(ended_daemon)
    before = home.log()
    saved = home.state / "state.json"
    saved.write_text(damage)
    home.run()
    if damage == "{}":  # it is what `quit` leaves
        assert not home.status()["problems"][1:]
        return
    aside = home.state / "state.json.corrupt-1"
    assert aside.read_text() == damage
    told = f"the saved state {saved} cannot be used: "
    assert told in home.text()
    assert any(problem.startswith(told) for problem in home.status()["problems"])
    assert home.log()[: len(before)] == before
    json.loads(saved.read_text())


def test_a_state_of_another_kind_within_is_set_aside(home: Home) -> None:
    first = home.run()
    first.terminate()
    ended(first)
    saved = home.state / "state.json"
    document = json.loads(saved.read_text())
    for part, value in (("time", {}), ("time", None), ("time", {**document["time"], "now": "x"}), ("engine", 3)):
        saved.write_text(json.dumps(document | {part: value}))
        daemon = home.run()
        assert any("cannot be used" in problem for problem in home.status()["problems"])
        daemon.terminate()
        assert ended(daemon) == 0


# Where its files fail


def end(daemon: subprocess.Popen[bytes]) -> int:
    """End it, and return its status."""
    daemon.terminate()
    return ended(daemon)


def told(home: Home) -> str:
    """Return what `status` says, for people."""
    return home.breakd("status").stdout


def test_with_a_file_in_the_place_of_the_state_folder_it_reminds(quick: Home) -> None:
    quick.state.parent.mkdir(parents=True)
    quick.state.write_text("")
    quick.run()
    quick.wait_for_text("Stand up")
    assert "the state cannot be saved" in told(quick)
    assert quick.breakd("run").returncode == 1, "the lock lies elsewhere then"


def test_with_a_file_in_the_place_of_the_data_folder_it_reminds(quick: Home) -> None:
    quick.data.parent.mkdir(parents=True)
    quick.data.write_text("")
    daemon = quick.run()
    quick.wait_for_text("Stand up")
    assert "\nlog: " in told(quick)
    assert quick.status()["log_error"]
    quick.data.unlink()
    assert quick.breakd("skip").returncode == 0
    assert quick.status()["log_error"] is None
    assert quick.events()[:4] == ["daemon_started", "due", "prompted", "skipped"]
    assert end(daemon) == 0


def test_a_log_that_is_damaged_is_set_aside_and_told(quick: Home) -> None:
    quick.data.mkdir(parents=True)
    (quick.data / "log.db").write_bytes(b"no database" * 1000)
    quick.run()
    quick.wait_for_text("Stand up")
    assert "corrupt" in told(quick)
    assert quick.events() == ["daemon_started", "due", "prompted"]


def test_a_folder_in_the_place_of_a_file_is_no_obstacle(quick: Home) -> None:
    for path in (quick.state / "breakd.log", quick.state / "state.json", quick.data / "log.db"):
        path.mkdir(parents=True)
    quick.run()
    quick.wait_for_text("Stand up")
    said = told(quick)
    assert "state.json" in said
    assert "log: " in said


def test_on_a_full_disk_it_reminds_and_says_so(quick: Home) -> None:
    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    daemon = quick.run(preexec_fn=fill, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # a file would be full, too
    assert daemon.stdout is not None
    with daemon.stdout as output:
        while b"Stand up" not in output.readline():
            pass
        said = told(quick)
        assert "the state cannot be saved" in said
        assert "\nlog: " in said
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert quick.breakd("skip").returncode == 0
        assert quick.status()["log_error"] is None
        assert quick.events()[:4] == ["daemon_started", "due", "prompted", "skipped"]
        assert "cannot be saved" not in told(quick)
        assert end(daemon) == 0


def test_in_a_home_that_cannot_be_written_or_read_it_reminds(quick: Home) -> None:
    closed = quick.short / "home"
    closed.mkdir()
    quick.env |= {"HOME": str(closed), "BREAKD_CONFIG": str(quick.config)}
    no_rights = "-dac_override,-dac_read_search"  # root's, which no mode of a folder keeps out
    under = ["setpriv", "--bounding-set", no_rights, "--inh-caps", no_rights] if os.getuid() == 0 else []
    closed.chmod(0o000)
    quick.run(under=under)
    quick.wait_for_text("Stand up")
    said = told(quick)
    assert "the state cannot be saved" in said
    assert "\nlog: " in said
    closed.chmod(0o700)


def test_with_closed_or_full_outputs_it_reminds(quick: Home) -> None:
    command = " ".join([*PROGRAM, "run"])
    for streams in ("<&- >&- 2>&-", "</dev/null >/dev/full 2>/dev/full"):
        daemon = subprocess.Popen(["bash", "-c", f"exec {command} {streams}"], env=quick.env)
        quick.wait(lambda: quick.status().get("state") == "due", "the prompt")
        assert quick.breakd("start").returncode == 0
        quick.wait_for_event("taken")
        quick.breakd("quit")
        assert daemon.wait(SECONDS) == 0
        (quick.data / "log.db").unlink()


# Its socket


def test_without_a_runtime_folder_it_has_one_of_its_own(home: Home) -> None:
    del home.env["XDG_RUNTIME_DIR"]
    home.env["TMPDIR"] = str(home.short)
    home.runtime = folder = home.short / f"breakd-{os.getuid()}"
    home.run()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "breakd.sock").stat().st_mode) == 0o600


def test_a_runtime_folder_that_is_gone_is_made(home: Home) -> None:
    shutil.rmtree(home.runtime)
    home.run()
    assert stat.S_IMODE(home.runtime.stat().st_mode) == 0o700


def test_where_no_socket_can_be_it_runs_and_says_so(quick: Home) -> None:
    deep = quick.short / ("x" * 100)
    deep.mkdir(mode=0o700)
    quick.env["XDG_RUNTIME_DIR"] = str(deep)
    daemon = quick.start()
    quick.wait_for_text("Stand up")
    assert f"the commands cannot reach breakd: the socket {deep}/breakd.sock cannot be made: " in quick.text()
    done = quick.breakd("status")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"the socket in {deep} cannot be used: AF_UNIX path too long\n"
    assert end(daemon) == 0


# Its configuration


def test_a_wrong_configuration_is_told_whole_and_nothing_is_written(home: Home) -> None:
    home.config.write_text(f'{ALWAYS}\n[[break]]\nname = "a"\nevery = "abc"\nlength = 3\nroutines = []\n[promt]\n')
    done = home.breakd("run")
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert f'{home.config}:8: break[0].every: "abc" is not a duration; write 30m or 1h30m' in lines
    assert len(lines) == 4
    assert all(line.startswith(f"{home.config}:") for line in lines)
    assert not list(home.home.iterdir())
    assert not list(home.runtime.iterdir())


def test_a_configuration_that_is_not_there_is_told(home: Home) -> None:
    home.config.unlink()
    done = home.breakd("run")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{home.config}: there is no such file; breakd config init writes one\n"
    assert not list(home.home.iterdir())

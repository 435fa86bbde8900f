"""The sounds as files, and who plays them: scripts in the players' place record what they are given."""

import sys
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.adapters import sound
from breakd.adapters.sound import PLAYERS, RATE, SOUNDS, Name, Sounds
from breakd.folders import cache_dir
from fakeprograms import HANG, FakePrograms, until


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return FakePrograms(tmp_path, monkeypatch)


@pytest.fixture
def sounds(programs: FakePrograms) -> Iterator[Sounds]:
    """Return sounds that paplay plays."""
    programs.add("paplay")
    made = Sounds()
    yield made
    made.close()


def kept(name: Name) -> Path:
    """Return the file of a sound in the cache."""
    (file,) = (cache_dir() / "sounds").glob(f"{name}-*.wav")
    return file


def samples(file: Path) -> "array[int]":
    with wave.open(str(file)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, RATE)
        values = array("h", read.readframes(read.getnframes()))
    if sys.byteorder == "big":
        values.byteswap()
    return values


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_soft_and_begins_and_ends_with_silence(name: Name, tmp_path: Path) -> None:
    file = tmp_path / "new" / "sound.wav"
    sound.write(file, SOUNDS[name])
    values = samples(file)
    loudest = max(map(abs, values))
    assert len(values) == round(SOUNDS[name].seconds * RATE)
    assert loudest == round(SOUNDS[name].peak * 32767)
    assert loudest < 0.3 * 32767
    assert (values[0], values[-1]) == (0, 0)
    assert max(map(abs, values[:10])) < loudest / 10  # no click where it begins
    assert max(map(abs, values[-round(0.01 * RATE) :])) < loudest / 50  # nor where it ends
    assert [path.name for path in file.parent.iterdir()] == ["sound.wav"]


def test_the_tick_of_the_count_in_leaves_room_for_the_next() -> None:
    assert SOUNDS["tick"].seconds < 0.5


def test_a_sound_is_made_once_and_played_from_the_cache(programs: FakePrograms, sounds: Sounds) -> None:
    sounds.play("phase")
    programs.wait_for(f"paplay {kept('phase')}")
    made = kept("phase").stat()
    sounds.play("phase")
    programs.wait_for(*[f"paplay {kept('phase')}"] * 2)
    assert kept("phase").stat() == made


@pytest.mark.parametrize("args", PLAYERS["linux"])
def test_the_first_player_that_is_there_serves(programs: FakePrograms, args: tuple[str, ...]) -> None:
    for later in PLAYERS["linux"][PLAYERS["linux"].index(args) :]:
        programs.add(later[0])
    sounds = Sounds()
    assert sounds.name == args[0]
    sounds.play("end")
    programs.wait_for(f"{' '.join(args)} {kept('end')}")
    sounds.close()


def test_a_player_that_fails_makes_way_for_the_next(programs: FakePrograms) -> None:
    programs.add("paplay", "exit 1")
    programs.add("aplay")
    sounds = Sounds()
    sounds.play("phase")
    programs.wait_for(f"paplay {kept('phase')}")

    def moved_on() -> bool:
        sounds.play("phase")
        return sounds.name == "aplay"

    until(moved_on, lambda: f"{sounds.name} still serves")
    until(lambda: f"aplay -q {kept('phase')}" in programs.said(), lambda: f"only {programs.said()}")
    sounds.close()


def test_a_player_that_cannot_be_run_is_silence(programs: FakePrograms, tmp_path: Path) -> None:
    programs.add("paplay")
    (tmp_path / "bin" / "paplay").write_bytes(b"\x7fELF")
    sounds = Sounds()
    sounds.play("phase")
    sounds.close()


def test_with_no_player_there_is_silence(programs: FakePrograms) -> None:
    sounds = Sounds()
    sounds.play("phase")
    sounds.close()
    assert (sounds.name, programs.said()) == ("none", [])
    assert not cache_dir().exists()


def test_a_player_that_hangs_is_ended_by_the_next_sound_and_at_the_end(programs: FakePrograms) -> None:
    programs.add("paplay", HANG)
    sounds = Sounds()
    sounds.play("phase")
    file = kept("phase")
    programs.wait_for(f"paplay {file}")
    sounds.play("phase")
    programs.wait_for(*[f"paplay {file}"] * 2)
    first, second = programs.pids()
    programs.wait_for_the_end_of(first)
    assert Path(f"/proc/{second}").exists()
    sounds.close()
    programs.wait_for_the_end_of(second)
    assert sounds.name == "paplay"


def test_where_the_cache_cannot_be_written_the_sounds_are_kept_for_the_time_being(
    programs: FakePrograms, sounds: Sounds, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("not a folder")
    sounds.play("phase")
    until(programs.said, lambda: "paplay was not called")
    file = Path(programs.said()[0].removeprefix("paplay "))
    sounds.play("phase")
    programs.wait_for(*[f"paplay {file}"] * 2)
    assert max(map(abs, samples(file))) > 0
    sounds.close()
    assert not file.parent.exists()


def test_a_sound_that_changed_is_made_anew(programs: FakePrograms, sounds: Sounds) -> None:
    sounds.play("tick")
    programs.wait_for(f"paplay {kept('tick')}")
    kept("tick").rename(kept("tick").with_name("tick-00000000.wav"))
    sounds.play("tick")
    assert len(list((cache_dir() / "sounds").glob("tick-*.wav"))) == 2

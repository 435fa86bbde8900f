"""What a right file means."""

import os
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from breakd import config
from breakd.config.example import example as example_file
from breakd.config.keys import DAYS, FITTING, POSITIONS, ROOT, Key
from breakd.core.durations import HOUR, MINUTE, SECOND
from breakd.core.settings import BUILT_IN, OwnExercise, OwnStep, RoutineSettings, Settings, Tier, Window
from breakd.routines import exercises as catalogue

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

WORKDAY = (Window(540, 750), Window(810, 1050))
DEFAULTS = Settings(
    week=(WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, (), ()),
    tiers=(
        Tier("micro", 30 * MINUTE, 2 * MINUTE, ("helicopters", "knee-hovers")),
        Tier("walk", 2 * HOUR, 10 * MINUTE, ("walk",)),
    ),
    snooze=5 * MINUTE,
    max_snoozes=3,
    timeout=3 * MINUTE,
    merge_within=5 * MINUTE,
    warn_before=0,
    wait_for_pause=30 * SECOND,
    settle=0,
    auto_start=False,
    prompt_window="auto",
    away_after=3 * MINUTE,
    hold_while=frozenset({"do-not-disturb", "fullscreen", "microphone", "camera", "screen-share"}),
    hold_at_most=45 * MINUTE,
    hold_ignore=(),
    hold_programs=(),
    routine=RoutineSettings(sound=True, theme="auto", reduced_motion=False, profile="any"),
    weekly=True,
    ask_back="never",
    exercises=(),
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path))
    monkeypatch.delenv("BREAKD_CONFIG", raising=False)


def load(text: str) -> Settings:
    Path("c.toml").write_text(text, "utf-8")
    return config.load("c.toml").settings


def test_no_file_is_the_defaults() -> None:
    loaded = config.load()

    assert loaded.settings == DEFAULTS
    assert not loaded.exists


def test_an_empty_file_is_the_defaults() -> None:
    assert load("") == DEFAULTS


def test_the_example_states_the_defaults() -> None:
    assert EXAMPLE.read_text("utf-8") == example_file()
    assert config.load(os.fspath(EXAMPLE)).settings == DEFAULTS


def test_the_example_has_every_key() -> None:
    text = EXAMPLE.read_text("utf-8")

    def names(key: Key) -> list[str]:
        return [name for sub in key.keys for name in ([sub.name] if not sub.keys else names(sub))]

    assert all(f"{name} = " in text for name in names(ROOT) if name not in DAYS)


def test_what_the_example_shows_as_a_comment_is_right() -> None:
    """Taken out of the comments, the samples are a valid file of their own."""
    blocks = [block for block in EXAMPLE.read_text("utf-8").split("\n\n") if "# [" in block]
    lines = [line.removeprefix("# ") for block in blocks for line in block.split("\n")]

    def comments(key: Key) -> set[str]:
        return {key.comment}.union(*map(comments, key.keys))

    settings = load("\n".join(line for line in lines if line not in comments(ROOT)))

    assert settings.week[4] == (Window(540, 840),)
    steps = (
        OwnStep("Sit tall, shoulders low."),
        OwnStep("Turn your head slowly and come back.", 10 * SECOND, sides=True, count=5),
    )
    assert settings.exercises == (OwnExercise("neck-turns", "Neck turns", "seated", steps),)


def test_the_built_in_exercises_are_those_that_breakd_guides() -> None:
    assert set(BUILT_IN) == set(catalogue.EXERCISES)


def test_the_place_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.locate("a.toml") == (Path("a.toml"), True)
    assert config.locate(None)[1] is False
    monkeypatch.setenv("BREAKD_CONFIG", "b.toml")
    assert config.locate(None) == (Path("b.toml"), True)
    assert config.locate("a.toml") == (Path("a.toml"), True)


def test_a_mark_and_carriage_returns_are_read() -> None:
    Path("c.toml").write_bytes(b"\xef\xbb\xbf[prompt]\r\nsnooze = '1m'\r\n")

    assert config.load("c.toml").settings.snooze == MINUTE


def test_own_breaks_replace_the_default_ones() -> None:
    settings = load('break = [{name = "eyes", every = "20m", length = "20s", routines = ["walk", "walk"]}]')

    assert settings.tiers == (Tier("eyes", 20 * MINUTE, 20 * SECOND, ("walk", "walk")),)


@pytest.mark.parametrize("key", ["warn_before", "wait_for_pause", "merge_within", "settle"])
def test_what_may_be_off(key: str) -> None:
    assert getattr(load(f'prompt.{key} = "0s"'), key) == 0


def test_hold_and_snoozes_may_be_off() -> None:
    settings = load('[hold]\nat_most = "0s"\nwhile = []\n[prompt]\nmax_snoozes = 0')

    assert (settings.hold_at_most, settings.hold_while, settings.max_snoozes) == (0, frozenset(), 0)


def test_every_reason_may_hold_also_the_one_that_does_not_by_itself() -> None:
    settings = load('hold.while = ["screen-share", "idle-inhibit"]')

    assert settings.hold_while == {"screen-share", "idle-inhibit"}


def test_programs_keep_what_the_person_wrote() -> None:
    settings = load(
        '[hold]\nignore = ["emacs", "GNU Emacs"]\nprograms = ["zoom"]\n[prompt]\nsettle = "90s"\nauto_start = true'
    )

    assert (settings.hold_ignore, settings.hold_programs) == (("emacs", "GNU Emacs"), ("zoom",))
    assert (settings.settle, settings.auto_start) == (90 * SECOND, True)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (["00:00-24:00"], [Window(0, 1440)]),
        (["22:00-06:00"], [Window(1320, 360)]),
        (["22:00-00:00"], [Window(1320, 0)]),
        (["13:00-17:00", "09:00-13:00"], [Window(780, 1020), Window(540, 780)]),
        # The first belongs to the evening before: on one day they do not overlap.
        (["22:00-06:00", "05:00-09:00"], [Window(1320, 360), Window(300, 540)]),
        ([], []),
    ],
)
def test_windows(hours: list[str], expected: list[Window]) -> None:
    assert load(f"[work]\nhours = {hours}\ndays = ['sun']").week == ((), (), (), (), (), (), tuple(expected))


def test_a_days_override_counts_for_a_day_off_too() -> None:
    week = load("[work.overrides]\nfri = []\nsat = ['10:00-12:00']").week

    assert week == (WORKDAY, WORKDAY, WORKDAY, WORKDAY, (), (Window(600, 720),), ())


OWN = "".join(
    f'[[exercise]]\nid = "{position}"\nname = "N"\nposition = "{position}"\nsteps = ["S."]\n' for position in POSITIONS
)


@pytest.mark.parametrize("profile", FITTING)
def test_a_profile_leaves_out_the_own_exercises_that_do_not_fit(profile: str) -> None:
    routines = ["dead-bugs", *POSITIONS]
    tier = f'[[break]]\nname = "a"\nevery = "2h"\nlength = "1h"\nroutines = {routines}\n'

    settings = load(f'routine.profile = "{profile}"\n' + tier + OWN)

    assert settings.tiers[0].routines == ("dead-bugs", *(one for one in POSITIONS if one in FITTING[profile]))
    assert [own.id for own in settings.exercises] == [one for one in POSITIONS if one in FITTING[profile]]


STEPS = """
[[exercise]]
id = "roll"
name = "Roll"
position = "floor"
steps = [
  "Lie down.",
  {text = "Roll.", seconds = 20, sides = true, count = 3},
  {text = "Hold.", seconds = "1m30s", sides = false, image = "roll.png"},
]
"""


def test_the_steps_of_an_own_exercise(tmp_path: Path) -> None:
    Image.new("RGB", (2, 2)).save("roll.png")

    assert load(STEPS).exercises[0].steps == (
        OwnStep("Lie down."),
        OwnStep("Roll.", 20 * SECOND, sides=True, count=3),
        OwnStep("Hold.", 90 * SECOND, image=os.fspath(tmp_path / "roll.png")),
    )


def test_steps_may_be_tables_of_their_own() -> None:
    tables = "[[exercise.steps]]\ntext = 'A.'\n[[exercise.steps]]\ntext = 'B.'\ncount = 2\n"

    settings = load("[[exercise]]\nid = 'roll'\nname = 'R'\nposition = 'floor'\n" + tables)

    assert settings.exercises[0].steps == (OwnStep("A."), OwnStep("B.", count=2))


def test_images_are_looked_for_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    Image.new("RGB", (2, 2)).save(folder / "roll.png")
    (folder / "c.toml").write_text(STEPS, "utf-8")
    (tmp_path / "home.toml").write_text(STEPS.replace("roll.png", "~/roll.png"), "utf-8")
    monkeypatch.setenv("HOME", os.fspath(folder))

    for file in (folder / "c.toml", Path("folder/c.toml"), Path("home.toml")):
        loaded = config.load(os.fspath(file))
        assert loaded.settings.exercises[0].steps[2].image == os.fspath(folder / "roll.png")


LISTS = st.sampled_from([[], ["09:00-12:00"], ["22:00-06:00", "12:00-13:00"]])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Right documents, some keys left out."""
    span = st.sampled_from(["1s", "90s", "5m", "1h30m"])
    name = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip)
    own = draw(st.lists(st.sampled_from(["roll", "turn_2", "Übung"]), unique=True))
    tier: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "name": name,
            "every": st.just("2h"),
            "length": span,
            "routines": st.lists(st.sampled_from([*BUILT_IN, *own]), max_size=3).map(lambda some: ["walk", *some]),
        }
    )
    tiers = st.lists(tier, min_size=1, max_size=3, unique_by=lambda row: row["name"])
    step = st.fixed_dictionaries(
        {"text": name},
        optional={
            "seconds": st.integers(1, 3600) | st.sampled_from(["1s", "1m30s"]),
            "sides": st.booleans(),
            "count": st.integers(1, 100),
            "image": st.just("picture.png"),
        },
    )
    exercise = st.fixed_dictionaries(
        {"name": name, "position": st.sampled_from(POSITIONS), "steps": st.lists(name | step, min_size=1, max_size=3)}
    )
    document = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "work": st.fixed_dictionaries(
                    {},
                    optional={
                        "days": st.lists(st.sampled_from(DAYS), unique=True),
                        "hours": LISTS,
                        "overrides": st.dictionaries(st.sampled_from(DAYS), LISTS),
                    },
                ),
                "break": tiers,
                "prompt": st.fixed_dictionaries({}, optional={"snooze": span, "max_snoozes": st.integers(0, 9)}),
                "routine": st.fixed_dictionaries(
                    {}, optional={"profile": st.sampled_from(list(FITTING)), "sound": st.booleans()}
                ),
            },
        )
    )
    return document | ({"exercise": [{"id": one, **draw(exercise)} for one in own]} if "break" in document else {})


@settings(deadline=None)
@given(documents())
@example({})
def test_the_effective_document_reads_back_the_same(document: dict[str, Any]) -> None:
    Image.new("RGB", (1, 1)).save("picture.png")
    Path("c.toml").write_text(tomli_w.dumps(document), "utf-8")
    loaded = config.load("c.toml")
    Path("shown.toml").write_text(tomli_w.dumps(loaded.document), "utf-8")
    again = config.load("shown.toml")

    assert again.settings == loaded.settings
    assert again.document == loaded.document

"""What is known: each claim has its source, each figure its study; and how `breakd evidence` tells it."""

import dataclasses
import json
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from breakd import evidence
from breakd.evidence import SOURCES, STRENGTHS, TOPICS, Source, Topic
from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.exercises import EXERCISES, Exercise
from running import Home

CONFIG = """
[routine]
profile = "seated"

[[exercise]]
id = "neck-turns"
name = "Neck turns"
position = "seated"
steps = ["Turn your head."]
"""

ALTERNATIVES = [*STANDING.values(), *SEATED.values()]

INTERVAL = re.compile(r"\((?:from )?-?\d[\d.]*(?: \w+)? to -?\d[\d.]*[^)]*\)")

each_topic = pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
each_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


# --- the data -----------------------------------------------------------------------------------------------------


def test_there_are_breaks_exercise_and_the_seven() -> None:
    assert list(TOPICS) == ["breaks", "exercise", *EXERCISES]
    assert {topic.id: topic.heading for topic in evidence.EXERCISES.values()} == {
        exercise.id: exercise.name for exercise in EXERCISES.values()
    }


@each_topic
def test_each_claim_has_a_source_and_each_topic_says_what_is_not_known(topic: Topic) -> None:
    assert topic.claims
    for claim in topic.claims:
        assert claim.sources
        assert set(claim.sources) <= set(SOURCES)
        assert len(set(claim.sources)) == len(claim.sources)
    assert topic.unknown


def test_each_source_is_used() -> None:
    assert {key for topic in TOPICS.values() for claim in topic.claims for key in claim.sources} == set(SOURCES)


@each_source
def test_a_source_says_who_what_and_how_long_beside_what_was_found(source: Source) -> None:
    told = dataclasses.asdict(source)
    assert all(told[name].strip() for name in ("citation", "kind", "size", "programme", "length", "effect"))


@each_source
def test_a_source_can_be_found(source: Source) -> None:
    assert re.fullmatch(r"[A-Z][\w -]+, [A-Z][\w ]+ (?:19|20)\d\d[;,].*\d.*", source.citation)
    assert re.fullmatch(r"10\.\d{4,5}/\S+|", source.doi)
    assert re.fullmatch(r"\d*", source.pmid)
    # One that has no number is known by its volume and pages.
    assert source.doi or source.pmid or re.search(r";\d+:\d+-\d+$", source.citation)
    assert source.reference.startswith(source.citation)
    assert source.doi + source.pmid in source.reference


def test_no_study_is_there_twice() -> None:
    assert Counter(source.reference for source in SOURCES.values()).most_common(1)[0][1] == 1


@each_topic
def test_claims_hold_no_figure(topic: Topic) -> None:
    """A figure stands in its source alone, beside the programme that it is of."""
    for text in (topic.answer, topic.unknown, *(claim.statement for claim in topic.claims)):
        assert not re.search(r"[\d%]", text), text


def test_the_short_texts_hold_no_figure_either() -> None:
    alternatives = [evidence.of(exercise) for exercise in ALTERNATIVES]
    short = [evidence.in_short(topic) for topic in (*TOPICS.values(), *filter(None, alternatives))]

    assert not [text for text in (evidence.summary(), *short) if re.search(r"[\d%]", text)]


MEASURES = re.compile(r"(?:(?:hazard|risk|odds) ratios? |differences?: (?:\w+ )?|difference )-?\d[\d.]*")


@each_source
def test_a_ratio_or_a_difference_has_its_interval(source: Source) -> None:
    for found in MEASURES.finditer(source.effect):
        assert INTERVAL.match(source.effect, found.end() + 1), found[0]


def test_the_measures_are_found_where_they_are() -> None:
    assert sum(len(MEASURES.findall(source.effect)) for source in SOURCES.values()) >= 10


@each_topic
def test_no_trial_is_an_answer(topic: Topic) -> None:
    if topic.id in EXERCISES:
        assert (topic.as_a_break == "none") == topic.answer.startswith("No trial")
    assert topic.as_a_break in STRENGTHS
    assert {claim.strength for claim in topic.claims} <= set(STRENGTHS) - {"none"}


def test_both_sides_are_told_of_breaks() -> None:
    told = {key for claim in evidence.BREAKS.claims for key in claim.sources}

    assert {"waongenngarm-2021", "decarvalho-2023"} <= told  # found an effect
    assert {"luger-2019", "danquah-2017", "akksilp-2022", "korshoj-2018"} <= told  # found none, or the other way


@pytest.mark.parametrize("text", [*(text for topic in TOPICS.values() for text in (topic.answer, topic.unknown)),
                                  *(claim.statement for topic in TOPICS.values() for claim in topic.claims),
                                  *(source.effect for source in SOURCES.values()), evidence.VERDICT])  # fmt: skip
def test_nothing_is_called_a_cure(text: str) -> None:
    assert not re.search(r"\b(?:cures?|heals?|proven|guaranteed|fix(?:es)?|safe for|will (?:help|prevent))\b", text)


# --- of an exercise -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_each_exercise_has_its_topic(exercise: Exercise) -> None:
    assert evidence.of(exercise) is TOPICS[exercise.id]


@pytest.mark.parametrize("exercise", ALTERNATIVES, ids=lambda one: one.figure)
def test_an_alternative_borrows_nothing_from_what_it_replaces(exercise: Exercise) -> None:
    topic = evidence.of(exercise)

    assert topic is not None
    assert (topic.id, topic.as_a_break, topic.claims) == (exercise.position, "none", ())


def test_the_sources_of_a_topic_come_once() -> None:
    found = evidence.sources(TOPICS["walk"])

    assert [source.citation.split(",")[0] for source in found] == ["Pocovi", "Pocovi", "De Carvalho"]


# --- the command --------------------------------------------------------------------------------------------------


def shown(home: Home, *arguments: str) -> str:
    done = home.breakd("evidence", *arguments, COLUMNS="200")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def in_json(home: Home, *arguments: str) -> Any:
    return json.loads(shown(home, *arguments, "--json"))


def words(text: str) -> str:
    return " ".join(text.split())


def test_all_for_people(home: Home) -> None:
    text = shown(home)

    assert text.startswith("In short\n  Regular exercise lowers the chance")
    assert max(map(len, text.splitlines())) <= 96
    assert "\x1b" not in text
    for topic in TOPICS.values():
        assert topic.unknown in words(text)
    for topic in (evidence.BREAKS, evidence.EXERCISE):
        for claim in topic.claims:
            assert f"* {claim.statement} strength {STRENGTHS[claim.strength]} source " in words(text)
    for topic in evidence.EXERCISES.values():
        assert f"\n{topic.heading}  [{topic.id}]\n" in text
        assert f"{topic.answer} Strength as a break {STRENGTHS[topic.as_a_break]}" in words(text)


def test_one_for_people(home: Home) -> None:
    text = shown(home, "walk")

    assert text.startswith("Short walk  [walk]\n  Moderate evidence for a walking programme")
    for claim in TOPICS["walk"].claims:
        assert claim.statement in words(text)
    assert "Bridges" not in text


def test_a_figure_is_printed_below_its_programme_and_its_length(home: Home) -> None:
    assert """
    source    De Carvalho, Work 2023;(2):553-566, doi 10.3233/WOR-211266
    who       laboratory trial, each person under each condition; 32 healthy people
    what      walks of 2 minutes every 40 minutes of sitting; against sitting on
    how long  two sessions of 2 hours
    found     less pain in those who get it from sitting, for less than 10 minutes
""" in shown(home, "walk")


def test_a_study_that_two_claims_share_is_told_once(home: Home) -> None:
    text = words(shown(home, "walk"))

    assert text.count("19 trials, 2,362 people") == 1
    assert "2022;52:85-99, doi 10.2519/jospt.2022.10612 (above) " in text


def test_a_narrow_terminal_gets_narrow_lines(home: Home) -> None:
    done = home.breakd("evidence", COLUMNS="60")

    assert max(map(len, done.stdout.splitlines())) <= 60


def test_all_for_programs(home: Home) -> None:
    found = in_json(home)

    assert list(found) == ["summary", "reading", "strengths", "topics"]
    assert [topic["id"] for topic in found["topics"]] == list(TOPICS)
    for topic in found["topics"]:
        for claim in topic["claims"]:
            assert claim["strength"] in found["strengths"]
            for source in claim["sources"]:
                assert list(source) == [
                    "key", "citation", "kind", "size", "programme", "length", "effect", "doi", "pmid"
                ]  # fmt: skip


def test_one_for_programs(home: Home) -> None:
    walk = in_json(home, "walk")

    assert walk == in_json(home)["topics"][4] | {"instead_of": None}
    assert walk["claims"][0]["sources"][0]["key"] == "pocovi-2024"


def test_of_the_person_s_own_nothing_is_known(home: Home) -> None:
    home.config.write_text(CONFIG, encoding="utf-8")

    assert shown(home, "neck-turns") == "Neck turns  [neck-turns]\n  breakd knows nothing about this one.\n"
    assert in_json(home, "neck-turns") == {
        "answer": "breakd knows nothing about this one.", "as_a_break": None, "claims": [], "unknown": None,
        "id": "neck-turns", "heading": "Neck turns", "instead_of": None,
    }  # fmt: skip


def test_an_alternative_is_told_apart_from_what_it_stands_in_for(home: Home) -> None:
    home.config.write_text(CONFIG, encoding="utf-8")
    text, found = shown(home, "walk"), in_json(home, "walk")

    assert text.startswith("Seat march  [walk]\n  breakd's own alternative for a chair")
    assert "\nIt stands in for: Short walk\n  Moderate evidence" in text
    assert (found["id"], found["heading"], found["as_a_break"], found["claims"]) == ("walk", "Seat march", "none", [])
    assert found["instead_of"]["claims"][0]["sources"][0]["key"] == "pocovi-2024"


def test_an_unknown_exercise(home: Home) -> None:
    done = home.breakd("evidence", "wlak")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith('"wlak" is no exercise; did you mean walk? (known are dead-bugs, bridges, walk, ')


def test_a_wrong_configuration_hides_nothing_that_needs_none(home: Home) -> None:
    home.config.write_text("[routine]\nprofile = 'lying'\n", encoding="utf-8")

    assert home.breakd("evidence").returncode == 0
    assert home.breakd("evidence", "walk").returncode == 2


def test_the_daemon_loads_none_of_it() -> None:
    code = "import sys, breakd.commands.run, breakd.daemon; print('breakd.evidence' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout == "False\n"

"""The page itself: that it fetches and runs nothing, that its words hold its numbers, and what a small log gets."""

import re
import sqlite3
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import people
from breakd import evidence
from breakd.adapters.history import read
from breakd.core.record import OUTCOMES, as_json
from breakd.report import contents, page

UNTIL = date(2026, 11, 29)
VOID = {"meta"}


class Element:
    """An element of a page, with what is in it."""

    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name, self.attributes = name, attributes
        self.parts: list[Element | str] = []

    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text() for part in self.parts)

    def all(self, *names: str) -> Iterator["Element"]:
        for part in self.parts:
            if isinstance(part, Element):
                if not names or part.name in names:
                    yield part
                yield from part.all(*names)


class Reader(HTMLParser):
    """Reads a page whose every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(text)
        assert len(self._open) == 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self._open[-1].parts.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].parts.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


def written(folder: Path, days: int, person: people.Person | None = None) -> str:
    log = folder / f"{days}.db"
    people.write(log, UNTIL - timedelta(days=days - 1), days, person or people.Person(back=4), seed=3)
    return page.write(contents.gather(log, UNTIL - timedelta(days=364), UNTIL, UNTIL))


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of eight weeks."""
    return written(tmp_path_factory.mktemp("log"), 56)


@pytest.fixture(scope="module")
def root(text: str) -> Element:
    return Reader(text).root


def section(root: Element, name: str) -> Element:
    return next(each for each in root.all("section") if each.attributes["id"] == name)


def test_it_forbids_itself_to_fetch_or_run_anything(root: Element) -> None:
    (policy,) = (
        str(each.attributes["content"])
        for each in root.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (style,) = root.all("style")
    known = b64encode(sha256(style.text().encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
    names = {each.name for each in root.all()}
    assert not names & {"script", "link", "img", "iframe", "object", "image", "foreignobject"}
    for each in root.all():
        assert not {name for name in each.attributes if name == "style" or name.startswith("on")}, each.attributes
        for name in ("href", "src", "clip-path", "xlink:href"):
            value = str(each.attributes.get(name, "#"))
            assert value.startswith(("#", "url(#", "https://doi.org/", "https://")), value
            assert name == "href" or "https:" not in value
    assert "@import" not in style.text()
    assert "url(http" not in style.text()


def test_its_drawings_have_no_colours_of_their_own(text: str) -> None:
    assert "#fe" not in text
    style = text[text.index("<style>") : text.index("</style>")]
    drawn = style[style.index("\n.d0{") :]
    assert not re.search(r"#[0-9a-f]{3,6}\b(?!\))", re.sub(r"url\(#[^)]*\)", "", drawn))
    defined = set(re.findall(r"(--[a-z0-9-]+):", style))
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", style)) <= defined


def test_every_id_is_one_things_and_every_reference_leads_to_one(root: Element, text: str) -> None:
    ids = [each.attributes["id"] for each in root.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for each in root.all():
        for name in ("aria-labelledby", "aria-describedby"):
            if name in each.attributes:
                assert each.attributes[name] in ids
        if str(each.attributes.get("href", "")).startswith("#"):
            assert str(each.attributes["href"])[1:] in ids
    assert set(re.findall(r"url\(#([^)]*)\)", text)) <= set(ids)


def test_each_chart_has_its_words_and_its_table(root: Element) -> None:
    drawings = list(root.all("svg"))
    assert [str(each.attributes["aria-labelledby"]) for each in drawings] == [
        "week-alt", "weeks-alt", "heat-alt", "bouts-alt", "exercises-alt", "back-alt",
    ]  # fmt: skip
    said = {each.attributes.get("id"): each.text() for each in root.all("figcaption")}
    for each in drawings:
        assert each.attributes["role"] == "img"
        assert re.search(r"\d", said[each.attributes["aria-labelledby"]])
    tables = [*root.all("table")]
    assert len(tables) == len(drawings)
    for table in tables:
        (caption,) = table.all("caption")
        assert caption.text()
        (head,) = table.all("thead")
        columns = [each.attributes["scope"] for each in head.all("th")]
        assert set(columns) == {"col"}
        (body,) = table.all("tbody")
        for row in body.all("tr"):
            assert [each.attributes["scope"] for each in row.all("th")] == ["row"]
            assert len([*row.all("td")]) == len(columns) - 1


def test_it_has_one_heading_landmarks_and_a_language(root: Element) -> None:
    assert [each.text() for each in root.all("h1")] == ["What came of your breaks"]
    assert [each.name for each in root.all("header", "main", "footer", "nav")] == ["header", "nav", "main", "footer"]
    (html,) = root.all("html")
    assert html.attributes["lang"] == "en"
    levels = [int(each.name[1]) for each in root.all("h1", "h2", "h3")]
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_the_ratings_come_with_no_cause(root: Element) -> None:
    assert "It cannot say why" in section(root, "back").text()


def test_who_rates_nothing_has_no_section_of_it(tmp_path: Path) -> None:
    root = Reader(written(tmp_path, 14, people.Person(back=None))).root
    assert "back" not in [each.attributes["id"] for each in root.all("section")]


def test_a_log_of_three_days_says_too_early_in_place_of_its_trends(tmp_path: Path) -> None:
    root = Reader(written(tmp_path, 5)).root  # Wednesday to Friday, and a weekend
    assert [str(each.attributes["aria-labelledby"]) for each in root.all("svg")] == ["week-alt", "bouts-alt"]
    for name in ("trend", "exercises", "back"):
        assert "Too early to tell" in section(root, name).text()
    assert section(root, "figures").text().count("Too early to tell") == 2


def test_an_empty_log_has_no_chart(tmp_path: Path) -> None:
    text = page.write(contents.gather(tmp_path / "none.db", UNTIL - timedelta(days=364), UNTIL, UNTIL))
    root = Reader(text).root
    assert not [*root.all("svg")]
    for name in ("figures", "week", "trend", "hours", "sitting", "exercises"):
        assert "Too early to tell" in section(root, name).text()


# --- the numbers, worked out a second way -------------------------------------------------------------------------


class Second:
    """The log's rows as `log --format json` prints them, and its spans by plain SQL."""

    def __init__(self, log: Path) -> None:
        self.rows = [as_json(*found) for found in read(log)]
        self.due = {row["offer"] for row in self.rows if row["event"] == "due"}
        self.ended = [row for row in self.rows if row["event"] in OUTCOMES]
        answers = ("taken", "skipped", "missed", "abandoned")
        self.answers = [row for row in self.ended if row["offer"] in self.due and row["event"] in answers]
        with closing(sqlite3.connect(log)) as connection:
            query = "SELECT began_us, duration_s FROM span WHERE kind = 'sitting' ORDER BY began_us"
            self.sitting = connection.execute(query).fetchall()

    def shares(self, key: Callable[[datetime], Any]) -> dict[Any, tuple[int, int]]:
        """Return how many were taken of how many answers, by what the key gives."""
        found: dict[Any, list[bool]] = {}
        for row in self.answers:
            at = key(datetime.fromisoformat(str(row["at"])))
            found.setdefault(at, []).append(row["event"] == "taken")
        return {at: (sum(taken), len(taken)) for at, taken in found.items()}


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Second:
    log = tmp_path_factory.mktemp("second") / "log.db"
    people.write(log, UNTIL - timedelta(days=55), 56, people.Person(back=4), seed=3)
    return Second(log)


def table(root: Element, name: str) -> list[list[str]]:
    (body,) = section(root, name).all("tbody")
    return [[cell.text() for cell in row.all("th", "td")] for row in body.all("tr")]


def test_the_leading_figures_are_right(root: Element, second: Second) -> None:
    taken = sum(row["event"] == "taken" for row in second.answers)
    good = sum(row["event"] in {"taken", "natural"} for row in second.ended)
    settled = sum(row["event"] != "expired" for row in second.ended)
    said = section(root, "figures")
    values = [each.text() for each in said.all("p") if each.attributes.get("class") == "value"]
    assert values == [f"{100 * taken / len(second.answers):.0f} %", f"{100 * good / settled:.0f} %"]
    assert f"{taken} of {len(second.answers)} offers that came due were taken" in said.text()


def test_the_weeks_are_right(root: Element, second: Second) -> None:
    found = second.shares(lambda at: at.date() - timedelta(days=at.weekday()))
    assert [(row[1], row[3]) for row in table(root, "trend")] == [
        (f"{100 * taken / of:.0f} %", str(of)) for _monday, (taken, of) in sorted(found.items())
    ]


def test_the_hours_are_right(root: Element, second: Second) -> None:
    found = second.shares(lambda at: (at.hour, at.weekday()))
    rows = table(root, "hours")
    assert rows == [
        [
            f"{hour:02}:00",
            *("{} of {}".format(*found[hour, day]) if (hour, day) in found else "\u2013" for day in range(5)),
        ]
        for hour in sorted({hour for hour, _day in found})
    ]


def test_the_bouts_are_right(root: Element, second: Second) -> None:
    lengths = [0]
    end = None
    for began, seconds in second.sitting:
        if end is not None and began - end >= 60_000_000:
            lengths.append(0)
        lengths[-1] += seconds
        end = began + seconds * 1_000_000
    counts = [sum(min(8, length // 900) == at for length in lengths) for at in range(9)]
    assert [int(row[1]) for row in table(root, "sitting")] == counts


def test_the_exercises_are_right(root: Element, second: Second) -> None:
    found = Counter((str(row["exercise"]), str(row["event"])) for row in second.ended if row["exercise"])
    rows = {row[0]: list(map(int, row[1:])) for row in table(root, "exercises")}
    assert rows == {name: [found[name, outcome] for outcome in OUTCOMES] for name, _outcome in found}


def test_the_week_is_right(root: Element, second: Second) -> None:
    taken = Counter(str(row["at"])[:10] for row in second.ended if row["event"] == "taken")
    (head,) = section(root, "week").all("thead")
    column = [each.text() for each in head.all("th")].index("taken")
    rows = table(root, "week")
    assert len(rows) == 7
    for number, row in enumerate(rows):
        times = [] if row[column] == "\u2013" else row[column].split(", ")
        assert len(times) == taken[(UNTIL - timedelta(days=6 - number)).isoformat()]


def test_every_claim_stands_with_its_strength_and_its_sources(root: Element) -> None:
    part = section(root, "evidence")
    items = {str(each.parts[0]).strip(): each for each in part.all("li")}
    for topic in evidence.TOPICS.values():
        for claim in topic.claims:
            item = items[claim.statement]
            assert f"strength: {evidence.STRENGTHS[claim.strength]}" in item.text()
            cited = [str(each.attributes["href"]) for each in item.all("a")]
            assert cited == [f"#study-{key}" for key in claim.sources]
        assert f"{topic.unknown}." in part.text()
    for key, source in evidence.SOURCES.items():
        (study,) = (each for each in part.all("li") if each.attributes.get("id") == f"study-{key}")
        assert source.effect in study.text()


@pytest.mark.parametrize(
    "name",
    ["<b>bold</b> & 'more'", "x_$1^{ \\frac", "\u8dd1\u6b65 \U0001f3c3", "a" * 200, "line\nbreak\x00\x1b[1m", "same"],
)
def test_no_name_of_an_exercise_spoils_the_page(tmp_path: Path, name: str) -> None:
    log = tmp_path / "log.db"
    people.write(log, UNTIL - timedelta(days=13), 14, seed=3)
    root = Reader(page.write(contents.gather(log, UNTIL - timedelta(days=13), UNTIL, UNTIL, lambda _id: name))).root
    shown = "".join(each if each.isprintable() else "?" for each in name)
    names = [row[0] for row in table(root, "exercises")]
    assert names[0] == shown
    assert len(set(names)) == 3
    assert all(found.startswith(shown) for found in names)
    assert len([*root.all("svg")]) == 5


def test_a_log_of_an_earlier_breakd_has_no_sitting_in_it(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    with closing(sqlite3.connect(log)) as connection:
        connection.executescript(Path(__file__).parents[1].joinpath("examples/schemas/v2.sql").read_text())
        (last,) = connection.execute("SELECT max(outcome_day) FROM event").fetchone()
    until = date.fromisoformat(last)
    root = Reader(page.write(contents.gather(log, until - timedelta(days=364), until, until))).root
    said = section(root, "figures")
    facts = dict(zip((each.text() for each in said.all("dt")), (each.text() for each in said.all("dd")), strict=True))
    assert "How long you sat is not in the log of these days" in section(root, "sitting").text()
    assert "How long you sat is not in the log of these days" in section(root, "week").text()
    assert "back" not in [each.attributes["id"] for each in root.all("section")]
    assert facts["Sitting, a day"] == "\u2013"

"""The report as a person opens it: from disk, in Chromium with the network off, in light, dark, on a phone and printed.

Not of `make test`: it needs a browser. `make test-report` runs it; PICTURES names a folder for what was seen.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from people import Person, write

AXE = Path(__file__).parents[2] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
TODAY = date(2026, 6, 30)
CHARTS = 6
"""All that there can be."""

DARK, LIGHT = 80, 180
"""Of 255: a ground below the one and ink above the other are a dark page's."""

LOGS = {"full": 180, "tiny": 2, "empty": 0}
"""For how many days each person has had breakd."""

PHONE: ViewportSize = {"width": 375, "height": 812}
DESK: ViewportSize = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Way:
    """A way to look at the page."""

    dark: bool = False
    size: ViewportSize | None = None
    printed: bool = False


WAYS = {"light": Way(), "dark": Way(dark=True), "phone": Way(size=PHONE), "phone-dark": Way(dark=True, size=PHONE),
        "print": Way(printed=True), "print-dark": Way(dark=True, printed=True)}  # fmt: skip


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Have `breakd report` write one for each log."""
    found = {}
    for name, days in LOGS.items():
        home = tmp_path_factory.mktemp(name)
        if days:
            first = TODAY - timedelta(days=days - 1)
            write(home / "share" / "breakd" / "log.db", first, days, Person(back=3.0))
        env = os.environ | {"HOME": str(home), "XDG_DATA_HOME": str(home / "share"), "LANG": "C.UTF-8"}
        found[name] = home / "report.html"
        days_of = ["--since", str(TODAY - timedelta(days=364)), "--until", str(TODAY)]
        command = [sys.executable, "-m", "breakd", "report", *days_of, "--output", str(found[name])]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sandbox = os.geteuid() != 0  # Chromium refuses to build one for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", chromium_sandbox=sandbox)
        yield browser
        browser.close()


class Opened:
    """A page that was opened, with all that it asked for and complained of."""

    def __init__(self, context: BrowserContext, file: Path) -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(file.as_uri())
        assert self.asked == [file.as_uri()]


@pytest.fixture
def opened(browser: Browser, reports: dict[str, Path], log: str, way: str) -> Iterator[Opened]:
    look = WAYS[way]
    context = browser.new_context(
        offline=True,
        color_scheme="dark" if look.dark else "light",
        viewport=look.size or DESK,
        device_scale_factor=2 if look.size else 1,
    )
    opened = Opened(context, reports[log])
    if look.printed:
        opened.page.emulate_media(media="print")
    yield opened
    assert opened.complaints == []
    assert len(opened.asked) == 1
    context.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture, where a folder for them is named."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("log", "way"),
    [("full", way) for way in WAYS] + [(log, way) for log in ("tiny", "empty") for way in ("light", "phone")],
)
def test_it_is_whole_in_its_colours_and_without_barriers(opened: Opened, log: str, way: str) -> None:
    page = opened.page
    keep(page, f"{log}-{way}")
    # Nothing reaches over the edge of a phone; a wide table scrolls in itself.
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    look = "getComputedStyle(document.{0})"
    ground, ink = page.evaluate(f"[{look.format('documentElement')}.backgroundColor, {look.format('body')}.color]")
    dark = WAYS[way].dark and not WAYS[way].printed
    assert (brightness(ground) < DARK) == dark
    assert (brightness(ink) > LIGHT) == dark
    assert barriers(page) == []


def brightness(colour: str) -> float:
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)]
    if len(parts) > 3 and parts[3] == 0:  # see-through: the paper's white
        return 255
    return sum(parts[:3]) / 3


def barriers(page: Page) -> list[str]:
    """Return what axe finds, by all of its rules."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; null")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("log", "way"), [(log, "light") for log in LOGS])
def test_each_chart_has_a_name_a_text_and_its_table(opened: Opened, log: str) -> None:
    page = opened.page
    charts = page.locator("figure svg")
    assert (charts.count() == CHARTS) == (log == "full")
    for chart in charts.all():
        assert chart.get_attribute("role") == "img"
        named = chart.get_attribute("aria-labelledby")
        assert named
        assert page.locator(f"#{named}").inner_text().strip()
    assert page.locator("figure figcaption").count() == charts.count()
    assert page.locator("main section:has(figure) details table").count() >= charts.count()
    early = page.get_by_text("Too early to tell.", exact=True).count()
    assert charts.count() + early >= CHARTS - 1
    assert (early > 0) == (log != "full")


def test_a_print_has_all_pages(browser: Browser, reports: dict[str, Path], tmp_path: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(reports["full"].as_uri())
    pdf = page.pdf(format="A4")
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / "full.pdf").write_bytes(pdf)
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 3
    context.close()


def test_the_checker_finds_a_barrier(browser: Browser) -> None:
    page = browser.new_context(offline=True).new_page()
    page.set_content("<html><body><img src='data:,'></body></html>")
    assert {"image-alt", "html-has-lang"} <= {line.partition(":")[0] for line in barriers(page)}

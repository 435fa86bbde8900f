"""The report as a person opens it: from disk, in Chromium with the network off, in light, dark, on a phone and printed.

Not of `make test`: it needs a browser. `make test-report` runs it; PICTURES names a folder for what was seen.
"""

import os
import re
import shutil
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

LEGIBLE = 4.5
"""The least contrast of a text (WCAG 2, 1.4.3)."""

LOGS = {"full": 180, "tiny": 2, "empty": 0}
"""For how many days each person has had breakd."""

PHONE: ViewportSize = {"width": 375, "height": 812}
DESK: ViewportSize = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Way:
    """A way to look at the page."""

    dark: bool = False
    phone: bool = False
    printed: bool = False


WAYS = {"light": Way(), "dark": Way(dark=True), "phone": Way(phone=True), "print": Way(printed=True),
        "phone-dark": Way(dark=True, phone=True), "print-dark": Way(dark=True, printed=True)}  # fmt: skip


def command(home: Path, *args: str) -> subprocess.Popen[str]:
    env = os.environ | {"HOME": str(home), "XDG_DATA_HOME": str(home / "share"), "LANG": "C.UTF-8"}
    return subprocess.Popen([sys.executable, "-m", "breakd", *args], env=env, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Have `breakd report` write one for each log."""
    found, writers = {}, []
    for name, days in LOGS.items():
        home = tmp_path_factory.mktemp(name)
        if days:
            first = TODAY - timedelta(days=days - 1)
            write(home / "share" / "breakd" / "log.db", first, days, Person(back=3.0))
        found[name] = home / "report.html"
        year = ["--since", str(TODAY - timedelta(days=364)), "--until", str(TODAY)]
        writers.append(command(home, "report", *year, "--output", str(found[name])))
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * len(LOGS)
    return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "there is no chromium on PATH"
    sandbox = os.geteuid() != 0  # Chromium refuses to build one for root
    home = os.environ | {"HOME": str(tmp_path_factory.mktemp("browser"))}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=sandbox, env=dict(home))
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
        viewport=PHONE if look.phone else DESK,
        is_mobile=look.phone,
        has_touch=look.phone,
        device_scale_factor=2 if look.phone else 1,
    )
    opened = Opened(context, reports[log])
    if look.printed:
        opened.page.emulate_media(media="print")
    yield opened
    assert opened.complaints == []
    assert len(opened.asked) == 1
    context.close()


def pictures() -> Path | None:
    """Return the folder for what was seen, where one is named."""
    if not (named := os.environ.get("PICTURES")):
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("log", "way"),
    [(log, way) for log in LOGS for way in WAYS if log == "full" or "-" not in way],
)
def test_it_is_whole_in_its_colours_and_without_barriers(opened: Opened, log: str, way: str) -> None:
    page, look = opened.page, WAYS[way]
    if folder := pictures():
        page.screenshot(path=folder / f"{log}-{way}.png", full_page=True)
    size = PHONE if look.phone else DESK
    assert widths(page) == [size["width"]] * 2
    looks = "getComputedStyle(document.{0})"
    ground, ink = page.evaluate(f"[{looks.format('documentElement')}.backgroundColor, {looks.format('body')}.color]")
    dark = look.dark and not look.printed
    assert (brightness(ground) < DARK) == dark
    assert (brightness(ink) > LIGHT) == dark
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert widths(page) == [size["width"]] * 2
    assert barriers(page) == []


def widths(page: Page) -> list[int]:
    """Return how wide the window is, and what is in it: more where something reaches over the edge."""
    found: list[int] = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    return found


def brightness(colour: str) -> float:
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)]
    if len(parts) > 3 and parts[3] == 0:  # see-through: the paper's white
        return 255
    return sum(parts[:3]) / 3


def barriers(page: Page) -> list[str]:
    """Return what axe finds by the rules that it has on: WCAG's A and AA, and best practices."""
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
    charts = page.locator("svg, img, canvas")
    assert page.get_by_role("img", name=re.compile(r"\w")).count() == charts.count()
    for chart in charts.all():
        figure = chart.locator("xpath=ancestor::figure")
        assert figure.locator("figcaption").inner_text().strip()
        assert figure.locator("xpath=following-sibling::*[1][self::details]").locator("tbody td").count() > 1
    early = page.get_by_text("Too early to tell.", exact=True)
    assert all(text.is_visible() for text in early.all())
    assert (charts.count() == CHARTS) == (log == "full")
    assert (charts.count() == 0) == (log == "empty")
    assert charts.count() + early.count() >= CHARTS - 1  # there is nothing of a back that nobody was asked for
    assert (early.count() > 0) == (log != "full")


# axe leaves the text of a drawing undecided: it is painted over shapes.
UNDER = """() => [...document.querySelectorAll('svg text')].map(text => {
  text.scrollIntoView({block: 'center', inline: 'center'})
  const box = text.getBoundingClientRect()
  const seen = part => part instanceof SVGElement ? getComputedStyle(part).fill : getComputedStyle(part).backgroundColor
  const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    .filter(part => !(part instanceof SVGTextContentElement) && !(part instanceof SVGSVGElement)).map(seen)
  return [text.textContent, seen(text), under.find(colour => /^rgb\\(/.test(colour)) ?? 'nothing']
})"""


@pytest.mark.parametrize(("log", "way"), [("full", "light"), ("full", "dark"), ("full", "phone-dark")])
def test_the_text_of_a_chart_is_legible(opened: Opened, log: str, way: str) -> None:
    texts = opened.page.evaluate(UNDER)
    assert len(texts) > 100
    assert len({under for _text, _ink, under in texts}) > 3  # the page, and the cells of the heat map
    poor = [(text, ink, under) for text, ink, under in texts if contrast(ink, under) < LEGIBLE]
    assert poor == []


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)]
    parts = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(("log", "way"), [(log, "light") for log in LOGS])
def test_a_print_has_each_section_as_text_and_no_empty_page(opened: Opened, log: str, tmp_path: Path) -> None:
    printed = (pictures() or tmp_path) / f"{log}.pdf"
    opened.page.pdf(path=printed, format="A4")
    text = subprocess.run(["pdftotext", printed, "-"], check=True, capture_output=True, text=True).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) >= 3
    assert all(page.strip() for page in pages)
    words = " ".join(text.split())
    told = opened.page.locator("h1, h2, h3, figcaption, .early-note").all_inner_texts()
    assert [part for part in told if " ".join(part.split()) not in words] == []


def test_the_checker_finds_a_barrier(browser: Browser) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_content("<html><body><img src='data:,'></body></html>")
    assert {"image-alt", "html-has-lang"} <= {line.partition(":")[0] for line in barriers(page)}
    context.close()

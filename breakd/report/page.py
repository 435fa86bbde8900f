"""The page: one HTML file that fetches nothing, from what contents.py holds.

Law: the page forbids itself to fetch or run anything; where the log says too little for a chart it says so, and draws
none.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.resources import files

from breakd.insight.interval import FEWEST_DAYS, Estimate
from breakd.report import charts, known, words
from breakd.report.canvas import Canvas
from breakd.report.contents import Contents
from breakd.report.markup import Markup, join, tag
from breakd.report.words import Table, interval, long_day, percent
from breakd.texts import _, language, plural

Step = Callable[[str], None]
"""Is told what is done next."""

Section = tuple[str, str, Markup]
"""A section's id, its heading, and the whole of it."""

ENOUGH_BOUTS = 20
ENOUGH_RATINGS = 5


def write(found: Contents, step: Step = lambda _what: None) -> str:
    """Return the page. Raises canvas.MissingError where there is nothing to draw with."""
    canvas = Canvas()
    sections = list(_sections(found, canvas, step))
    style = Markup(files("breakd.report").joinpath("page.css").read_text(encoding="utf-8") + canvas.styles())
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", _("breakd: {since} to {until}").format(since=found.since, until=found.until)),
        tag("style", style),
    )
    main = tag("main", *(section for _name, _heading, section in sections), id="main")
    body = tag("body", _head_of(found, sections), main, _foot())
    return "<!DOCTYPE HTML>\n" + tag("html", head, body, lang=language().replace("_", "-")) + "\n"


def _sections(found: Contents, canvas: Canvas, step: Step) -> Iterator[Section]:
    parts: tuple[tuple[str, str, Callable[[Contents, Canvas], Markup]], ...] = (
        ("figures", _("The two figures"), _figures),
        ("week", _("The week at a glance"), _week),
        ("trend", _("Answered, week by week"), _trend),
        ("hours", _("When you say yes"), _hours),
        ("sitting", _("How long you sit without a break"), _sitting),
        ("exercises", _("What came of each exercise"), _exercises),
        ("back", _("How your back was"), _back),
        ("evidence", _("What is known"), _evidence),
        ("definitions", _("What the words mean"), _definitions),
    )
    for name, heading, part in parts:
        step(heading)
        if body := part(found, canvas):
            own = f"{name}-heading"
            yield name, heading, tag("section", tag("h2", heading, id=own), body, id=name, aria_labelledby=own)


def _head_of(found: Contents, sections: Sequence[Section]) -> Markup:
    lead = _("{since} to {until}, as breakd logged it on this machine. Nothing of this page was sent anywhere.").format(
        since=long_day(found.since), until=long_day(found.until)
    )
    links = (tag("li", tag("a", heading, href=f"#{name}")) for name, heading, _section in sections)
    return tag(
        "header",
        tag("a", _("To the content"), class_="skip", href="#main"),
        tag("h1", _("What came of your breaks")),
        tag("p", lead, class_="lead"),
        tag("nav", tag("ul", *links), aria_label=_("On this page")),
    )


def _foot() -> Markup:
    text = _(
        "Made by breakd. Keyboard and mouse are a proxy: breakd cannot see whether you sit. The page holds no script"
        " and fetches nothing."
    )
    return tag("footer", tag("p", text))


def _note(text: str) -> Markup:
    return tag("p", text, class_="note")


def _early(why: str) -> Markup:
    return tag("p", tag("strong", _("Too early to tell.")), why, class_="early-note")


def _chart(key: str, drawing: str, said: tuple[str, Table]) -> Markup:
    """Return a figure: the drawing, its words, and the table behind it."""
    text, table = said
    picture = tag("figure", _wide(table.caption, Markup(drawing)), tag("figcaption", text, id=f"{key}-alt"))
    return join(picture, tag("details", tag("summary", _("The table behind it")), _table(table)))


def _wide(name: str, part: Markup) -> Markup:
    """Return what may be wider than the screen: it can be scrolled, also by the keyboard."""
    return tag("div", part, class_="wide", tabindex="0", role="group", aria_label=name)


def _table(table: Table) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in table.headings)))
    rows = (
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)) for first, *rest in table.rows
    )
    return _wide(table.caption, tag("table", tag("caption", table.caption), head, tag("tbody", *rows)))


def _pairs(pairs: Iterable[tuple[str, str]], kind: str) -> Markup:
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs), class_=kind)


# --- the sections -------------------------------------------------------------------------------------------------


def _figures(found: Contents, _canvas: Canvas) -> Markup:
    if not found.settled:
        return _early(_("No offer has ended in these days."))
    of_due = _("{taken} of {n} offers that came due were taken.").format(taken=found.taken, n=found.due)
    if found.own_accord:
        of_due += " " + plural(
            "One break of your own accord is counted apart.",
            "{n} breaks of your own accord are counted apart.",
            found.own_accord,
        )
    taken, natural = (found.outcomes[name] for name in ("taken", "natural"))
    of_all = _(
        "Of {n} offers {taken} were taken ({taken_share}), and {natural} ended in a natural break ({natural_share}): no"
        " input; perhaps you only read."
    ).format(
        n=found.settled, taken=taken, taken_share=percent(taken / found.settled),
        natural=natural, natural_share=percent(natural / found.settled),
    )  # fmt: skip
    leading = tag(
        "div",
        _figure(_("Answered"), found.answered, of_due),
        _figure(_("Adherence"), found.adherence, of_all),
        class_="figures",
    )
    return join(leading, _pairs(found.facts, "facts"))


def _figure(name: str, value: Estimate, text: str) -> Markup:
    days = plural("one day", "{n} days", value.days)
    if value.low is None:
        sure = _("Too early to tell how sure that is ({days}).").format(days=days)
    else:
        sure = _("In the long run likely {interval}").format(interval=interval(value))
        text = _("A 95 % interval over {days}. {text}").format(days=days, text=text)
    return tag(
        "div",
        tag("h3", name),
        tag("p", percent(value.value), class_="value"),
        tag("p", sure, class_="interval"),
        _note(text),
    )


def _week(found: Contents, canvas: Canvas) -> Markup:
    text = _note(_("Bars are what went on, marks above them what became of each break."))
    if not any(day.stretches or day.marks for day in found.days):
        return join(text, _early(_("Nothing was logged in these seven days.")))
    if not any(day.stretches for day in found.days):
        text = join(text, _note(_("How long you sat is not in the log of these days.")))
    return join(text, _chart("week", charts.timeline(canvas, found.days), words.of_timeline(found.days)))


def _trend(found: Contents, canvas: Canvas) -> Markup:
    text = _note(
        _("Each point is a week, each line its 95 % interval: where lines overlap, the weeks may well be alike.")
    )
    told = [week for week in found.weeks if week.answered.value is not None]
    if found.answered.days < FEWEST_DAYS or len(told) < 2:  # noqa: PLR2004 - one point is no trend
        return join(
            text, _early(_("This needs two weeks, and {n} days, with offers that came due.").format(n=FEWEST_DAYS))
        )
    return join(text, _chart("weeks", charts.weeks(canvas, found.weeks), words.of_weeks(found.weeks)))


def _hours(found: Contents, canvas: Canvas) -> Markup:
    text = _note(_("Of the offers that came due in an hour of a weekday, the share that you took."))
    if not any(due >= charts.FEWEST for _answered, due in found.heat.values()):
        return join(text, _early(_("No hour of a weekday has {n} offers yet.").format(n=charts.FEWEST)))
    return join(text, _chart("heat", charts.heat(canvas, found.heat), words.of_heat(found.heat)))


def _sitting(found: Contents, canvas: Canvas) -> Markup:
    text = _note(
        _("A bout is sitting with no interruption of a minute or longer. Minutes below, how many bouts above.")
    )
    if not found.bouts:
        return join(text, _early(_("How long you sat is not in the log of these days.")))
    if len(found.bouts) < ENOUGH_BOUTS:
        return join(text, _early(_("This needs {n} bouts.").format(n=ENOUGH_BOUTS)))
    return join(text, _chart("bouts", charts.bouts(canvas, found.bouts), words.of_bouts(found.bouts)))


def _exercises(found: Contents, canvas: Canvas) -> Markup:
    if found.adherence.days < FEWEST_DAYS or not found.exercises:
        return _early(_("This needs {n} days with offers.").format(n=FEWEST_DAYS))
    return _chart("exercises", charts.exercises(canvas, found.exercises), words.of_exercises(found.exercises))


def _back(found: Contents, canvas: Canvas) -> Markup:
    if not found.back:
        return Markup()
    text = _note(
        _(
            "What you said of your back, 0 (no pain) to 10 (the worst pain imaginable). It cannot say why: pain comes"
            " and goes for many reasons, and nobody else was compared with you."
        )
    )
    if len(found.back) < ENOUGH_RATINGS:
        return join(text, _early(_("This needs {n} ratings.").format(n=ENOUGH_RATINGS)))
    return join(text, _chart("back", charts.back(canvas, found.back), words.of_back(found.back)))


def _evidence(_found: Contents, _canvas: Canvas) -> Markup:
    return known.part()


def _definitions(found: Contents, _canvas: Canvas) -> Markup:
    return _pairs(found.definitions, "definitions")

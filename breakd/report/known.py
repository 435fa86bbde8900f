"""The report's part on what is known: every claim with how sure it is and its sources, and what nobody knows.

Law: it says what breakd.evidence says, and nothing beside it.
"""

from collections.abc import Iterable

from breakd.core.settings import BUILT_IN
from breakd.evidence import READING, SOURCES, STRENGTHS, TOPICS, VERDICT, Claim, Source, Topic
from breakd.report.markup import Markup, join, tag
from breakd.texts import _


def part() -> Markup:
    """Return the whole of it; the studies stand once, at the end, and each claim leads to its own."""
    verdict = tag("p", tag("strong", _(VERDICT)))
    how = tag("p", " ".join(map(_, READING)), class_="note")
    cited = dict.fromkeys(key for topic in TOPICS.values() for claim in topic.claims for key in claim.sources)
    studies = tag(
        "details",
        tag("summary", _("The studies: in whom, what was done, and what was found")),
        tag("ul", *(_study(key, SOURCES[key]) for key in cited), class_="claims"),
        class_="studies",
    )
    return join(
        verdict, how, *(_folded(topic) if topic.id in BUILT_IN else _open(topic) for topic in TOPICS.values()), studies
    )


def _open(topic: Topic) -> Markup:
    return join(tag("h3", _(topic.heading)), _topic(topic))


def _folded(topic: Topic) -> Markup:
    return tag("details", tag("summary", _(topic.heading)), _topic(topic), class_="studies")


def _topic(topic: Topic) -> Markup:
    claims = tag("ul", *map(_claim, topic.claims), class_="claims")
    unknown = tag("p", tag("strong", _("Not known:")), f"{_(topic.unknown)}.")
    as_a_break = tag(
        "p", _("How sure it is that a break of minutes helps a back:"), tag("strong", _(STRENGTHS[topic.as_a_break]))
    )
    return join(tag("p", _(topic.answer)), as_a_break, claims, unknown)


def _claim(claim: Claim) -> Markup:
    rated = _("strength: {how}").format(how=_(STRENGTHS[claim.strength]))
    return tag(
        "li",
        _(claim.statement),
        tag("span", rated, class_="strength"),
        tag("div", *_links(claim.sources), class_="note"),
    )


def _links(keys: Iterable[str]) -> Iterable[Markup]:
    for key in keys:
        yield tag("a", SOURCES[key].citation, href=f"#study-{key}")


def _study(key: str, source: Source) -> Markup:
    facts = (
        (_("What it was"), source.kind),
        (_("In whom"), source.size),
        (_("What was done"), source.programme),
        (_("How long"), source.length),
        (_("What was found"), source.effect),
    )
    pairs = (tag("div", tag("dt", name), tag("dd", _(value))) for name, value in facts)
    return tag(
        "li", tag("strong", source.citation), _where(source), tag("dl", *pairs, class_="study"), id=f"study-{key}"
    )


def _where(source: Source) -> Markup:
    """Return a link to where the study is; nothing is fetched unless a person follows it."""
    if source.doi:
        return tag("a", f"doi {source.doi}", href=f"https://doi.org/{source.doi}", rel="noreferrer")
    if source.pmid:
        address = f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"
        return tag("a", f"PMID {source.pmid}", href=address, rel="noreferrer")
    return Markup()

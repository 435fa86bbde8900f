"""Changes one key in the text of a configuration; everything else stays as it is, to the byte.

Law: it may fail to find a good place, but it decides nothing about meaning: whoever calls it reads the new text and
sees whether it says what was wanted. The text is one that tomllib has taken.
"""

import re
import tomllib
from collections.abc import Iterator
from itertools import count, takewhile
from typing import Any

from breakd.config.keys import ROOT
from breakd.config.lines import Header, Layout, Pair, Place, find_layout
from breakd.config.problems import literal

_ORDER = tuple(key.name for key in ROOT.keys)


def with_value(text: str, place: Place, value: Any) -> str:
    """Return the text with the value at the place, in the stead of the one that is there or in the place's table."""
    layout = find_layout(text)
    for pair in layout.pairs:
        if pair.place == place:
            made = _over_lines(text, layout, pair, value) if isinstance(value, list) else None
            return text[: pair.value] + (made or _literal(value)) + text[pair.end :]
    return _added(without(text, place), place, value)


def without(text: str, place: Place) -> str:
    """Return the text without the key, the table or the row of a list at the place, and all that is below it."""
    layout = find_layout(text)
    spans = sorted(_spans(text, layout, place), reverse=True)
    for start, end in spans:
        text = text[:start] + text[end:]
    return text


def with_rows(text: str, name: str, rows: list[dict[str, Any]]) -> str:
    """Return the text with the rows as tables, `[[name]]`, behind what comes before them in the table of keys."""
    blocks = ([f"[[{name}]]", *(f"{key} = {_literal(value)}" for key, value in row.items())] for row in rows)
    return _with_table(text, find_layout(text), (name,), "\n\n".join("\n".join(block) for block in blocks))


def _literal(value: Any) -> str:
    """Return the value as TOML has it: unlike JSON it wants DEL written as an escape."""
    return literal(value).replace("\x7f", "\\u007f")


def _over_lines(text: str, layout: Layout, pair: Pair, value: list[Any]) -> str | None:
    """Return a list with a line for each element, as the old one has it: those that stay keep theirs, comments stay.

    None where the old one is not so.
    """
    places = takewhile(layout.values.__contains__, ((*pair.place, at) for at in count()))
    spans = [layout.values[place] for place in places]
    starts = [_line_start(text, start) for start, _end in spans]
    closing = _line_start(text, pair.end - 1)
    ends = [*starts[1:], closing]
    alone = all(not text[line:start].strip() for line, (start, _end) in zip(starts, spans, strict=True))
    if not spans or starts[0] <= pair.value or not alone or len({*starts, closing}) <= len(starts):
        return None
    old = [tomllib.loads(f"value = {text[start:end]}")["value"] for start, end in spans]
    made, at = text[pair.value : starts[0]], 0

    def left(to: int) -> str:
        return "".join(text[_line_end(text, spans[one][1]) : ends[one]] for one in range(at, to))

    for element in value:
        found = next((one for one in range(at, len(old)) if old[one] == element), None)
        if found is None:
            made += f"{_indent(text, spans[0][0])}{_literal(element)},{_newline(text)}"
            continue
        end = spans[found][1]
        comma = "" if re.compile(r"\s*,").match(text, end) else ","
        made += left(found) + text[starts[found] : end] + comma + text[end : ends[found]]
        at = found + 1
    return made + left(len(old)) + text[closing : pair.end]


# --- Taking away ---


def _spans(text: str, layout: Layout, place: Place) -> Iterator[tuple[int, int]]:
    """Yield the pieces of text that say something of the place; none is within another."""
    for header in layout.headers:
        if _below(header.place, place):
            yield _table_span(text, layout, header)
    for pair in layout.pairs:
        if _below(pair.place, place) and not _below(pair.table, place):
            yield _element_span(text, pair.start, pair.end) if pair.inline else _line_span(text, pair.start, pair.end)
    is_row = isinstance(place[-1], int) and not any(_below(header.place, place) for header in layout.headers)
    if is_row and place in layout.values:
        yield _element_span(text, *layout.values[place])


def _below(place: Place, other: Place) -> bool:
    return place[: len(other)] == other


def _table_span(text: str, layout: Layout, header: Header) -> tuple[int, int]:
    """Return the table from its header to its last key, and the empty line that would be one too many then."""
    start, end = _line_start(text, header.start), _content_end(text, layout, header)
    before = re.search(r"(?:\A|(?<=\n))[ \t]*\r?\n\Z", text[:start])
    after = re.compile(r"[ \t]*\r?\n").match(text, end)
    if after and (before or not start):
        return start, after.end()
    if before and end == len(text):
        return before.start(), end
    return start, end


def _line_span(text: str, start: int, end: int) -> tuple[int, int]:
    return _line_start(text, start), _line_end(text, end)


def _element_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the element of an inline table or a list, with the comma behind it, else with that before it."""
    if comma := re.compile(r"\s*,[ \t]*").match(text, end):
        return start, comma.end()
    if comma := re.search(r",\s*\Z", text[:start]):
        return comma.start(), end
    return start, end


# --- Adding ---


def _added(text: str, place: Place, value: Any) -> str:
    """Return the text with a key that it does not have: beside its siblings, else in a table of its own."""
    layout = find_layout(text)
    parent = place[:-1]
    dotted = [pair for pair in layout.pairs if _below(pair.place[:-1], parent) and len(pair.table) < len(parent)]
    if dotted:
        return _beside(text, dotted[-1], place, value)
    for depth in range(len(parent), 0, -1):
        span = layout.values.get(place[:depth])
        if span and text[span[0]] == "{":
            return _in_braces(text, span, place[depth:], value)
    for header in layout.headers:
        if header.place == parent:
            return _in_table(text, layout, header, place, value)
    block = f"[{'.'.join(map(str, parent))}]\n{place[-1]} = {_literal(value)}"
    return _with_table(text, layout, parent, block)


def _in_braces(text: str, span: tuple[int, int], names: Place, value: Any) -> str:
    """Add it as the last of an inline table."""
    for name in reversed(names[1:]):
        value = {name: value}
    inside = text[span[0] + 1 : span[1] - 1]
    pair = f"{names[0]} = {_literal(value)}"
    end = len(inside.rstrip())
    inside = f"{inside[:end]}, {pair}{inside[end:]}" if end else f" {pair} "
    return f"{text[: span[0]]}{{{inside}}}{text[span[1] :]}"


def _beside(text: str, sibling: Pair, place: Place, value: Any) -> str:
    """Add it behind a key that is written `table.key`, in the same form."""
    pair = f"{'.'.join(map(str, place[len(sibling.table) :]))} = {_literal(value)}"
    if sibling.inline:
        return f"{text[: sibling.end]}, {pair}{text[sibling.end :]}"
    return _line_behind(text, _line_end(text, sibling.end), _indent(text, sibling.start) + pair)


def _in_table(text: str, layout: Layout, header: Header, place: Place, value: Any) -> str:
    """Add it below the line where it stands as a comment, else as the last key of the table."""
    own = [pair for pair in _content(text, layout, header) if not pair.inline]
    indent = _indent(text, own[-1].start if own else header.start)
    at = _commented(text, layout, header, str(place[-1])) or _content_end(text, layout, header)
    return _line_behind(text, at, f"{indent}{place[-1]} = {_literal(value)}")


def _commented(text: str, layout: Layout, header: Header, name: str) -> int | None:
    """Return the end of the line `# name = ...` in the table, None where there is none."""
    end = _next_header(text, layout, header)
    if table := re.compile(r"^[ \t]*#[ \t]*\[", re.MULTILINE).search(text, header.end, end):
        end = table.start()
    for found in re.compile(rf"^[ \t]*#[ \t]*{re.escape(name)}[ \t]*=.*\n?", re.MULTILINE).finditer(
        text, header.end, end
    ):
        if not any(pair.start < found.start() < pair.end for pair in layout.pairs):
            return found.end()
    return None


def _with_table(text: str, layout: Layout, place: Place, block: str) -> str:
    """Add a table: below its comment, else behind the tables that come before it by the table of keys, else last."""
    at = _commented_table(text, layout, place)
    if at is None:
        rank = _ORDER.index(str(place[0]))
        ranks = {header: _rank(header) for header in layout.headers if _rank(header) <= rank}
        if ranks:
            last = max(ranks.values())
            at = _content_end(text, layout, [header for header in ranks if ranks[header] == last][-1])
        else:
            at = _before_tables(text, layout)
    before, after = text[:at], text[at:]
    newline = _newline(text)
    if before and not before.endswith("\n"):
        before += newline
    if before.strip() and not re.search(r"\n[ \t]*\r?\n\Z", before):
        before += newline
    if after and not re.match(r"[ \t]*\r?\n", after):
        after = newline + after
    return before + block.replace("\n", newline) + newline + after


def _before_tables(text: str, layout: Layout) -> int:
    """Return where the comment of the first table begins; that is the end where the comment is the whole file's."""
    first = min((header.start for header in layout.headers), default=len(text))
    comment = re.search(r"(?:^[ \t]*#.*\n)*\Z", text[: _line_start(text, first)], re.MULTILINE)
    at = comment.start() if comment else 0
    return at if at and layout.headers else len(text)


def _commented_table(text: str, layout: Layout, place: Place) -> int | None:
    """Return the end of the comment that begins with the table's header; None where there is none, or a key follows."""
    name = r"\.".join(re.escape(str(part)) for part in place)
    for found in re.compile(rf"^[ \t]*#[ \t]*\[{name}\].*\n?(?:[ \t]*#.*\n?)*", re.MULTILINE).finditer(text):
        at = found.end()
        within = any(pair.start < found.start() < pair.end for pair in layout.pairs)
        following = min((start for start in _starts(layout) if start >= at), default=None)
        is_free = following is None or any(header.start == following for header in layout.headers)
        if is_free and not within:
            return at
    return None


def _starts(layout: Layout) -> list[int]:
    return [header.start for header in layout.headers] + [pair.start for pair in layout.pairs if not pair.inline]


def _rank(header: Header) -> int:
    name = header.place[0]
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


# --- Where things end ---


def _next_header(text: str, layout: Layout, header: Header) -> int:
    return min((other.start for other in layout.headers if other.start > header.start), default=len(text))


def _content(text: str, layout: Layout, header: Header) -> list[Pair]:
    """Return the keys that are written below the header."""
    end = _next_header(text, layout, header)
    return [pair for pair in layout.pairs if header.start < pair.start < end]


def _content_end(text: str, layout: Layout, header: Header) -> int:
    """Return where the line of the table's last key ends, or that of its header where it has none."""
    return _line_end(text, max((pair.end for pair in _content(text, layout, header)), default=header.end))


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Return where the next line begins."""
    return text.find("\n", at) + 1 or len(text)


def _indent(text: str, at: int) -> str:
    return text[_line_start(text, at) : at]


def _line_behind(text: str, at: int, line: str) -> str:
    """Put a line where another one ends."""
    newline = _newline(text)
    before = text[:at] if not at or text[at - 1] == "\n" else text[:at] + newline
    return before + line + newline + text[at:]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"

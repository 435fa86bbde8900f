"""Every text that a person reads can be translated: what reads like a sentence in the code passes through `_`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import breakd
from breakd import texts

PACKAGE = Path(breakd.__file__).parent
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? (?:\{\w*\} )?[a-z]{2,}")
THROUGH = {"_", "later", "plural", "gettext", "ngettext"}
NO_TEXT = {"compile", "execute", "executescript", "fullmatch", "search", "match", "sub", "namedtuple"}
"""Calls whose texts are patterns or SQL."""
LOGS = {"debug", "info", "warning", "error", "exception"} | {
    "BusError", "ConnectionError", "ConnectionResetError", "LookupError", "LostError", "NoIdleTimeError", "PulseError",
    "WireError",
}  # fmt: skip
"""breakd's own text log is for developers, and so is what an adapter cannot do."""
INSIDE = {"core", "adapters/bus.py"}
"""No text of these is shown as it is: whoever shows it says it in the person's language."""
POSES = re.compile(r"(?:(?:stand|sit|lean|bend|press|right|left)\b ?)+")
"""The figure's way from pose to pose."""
STYLE = re.compile(r"bold \w+")
"""How rich draws."""
DATA = re.compile(
    r"^\s*(ALTER|CREATE|INSERT|SELECT|WHERE|UPDATE|DELETE|PRAGMA|BEGIN|DROP|type=|%\(|org\.|\[Unit\]|Peak detect$)",
    re.IGNORECASE,
)


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def loose_sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the sentences below a node that no translation would reach."""
    if isinstance(node, ast.Call) and name_of(node) in THROUGH | NO_TEXT | LOGS:
        return
    if isinstance(node, ast.Assert):
        return
    if isinstance(node, ast.JoinedStr) and DATA.search(str(getattr(next(iter(node.values), None), "value", ""))):
        return  # the whole of it is SQL
    if isinstance(node, ast.AnnAssign):  # its annotation may be a text, too
        yield from loose_sentences(node.value) if node.value else ()
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if SENTENCE.search(node.value) and not any(
            (DATA.search(node.value), POSES.fullmatch(node.value), STYLE.fullmatch(node.value))
        ):
            yield node.lineno, node.value
        return
    for child in ast.iter_child_nodes(node):
        is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if not is_docstring:
            yield from loose_sentences(child)


def modules() -> list[Path]:
    found = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py")]
    return sorted(path for path in found if path.as_posix() not in INSIDE and path.parts[0] not in INSIDE)


@pytest.mark.parametrize("module", modules(), ids=str)
def test_no_sentence_escapes_translation(module: Path) -> None:
    assert list(loose_sentences(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))) == []


def test_a_sentence_that_escapes_is_found() -> None:
    code = 'def f():\n    """Not shown."""\n    log.info("not for people")\n    print(_("for all"), f"one loose {x}")'
    assert list(loose_sentences(ast.parse(code))) == [(4, "one loose ")]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (90, "1 min 30 s"), (301, "5 min"), (3540, "59 min"), (3600, "1 h"),
     (5400, "1 h 30 min"), (86400, "24 h")],
)  # fmt: skip
def test_durations_are_spelt_in_two_units_at_most(seconds: int, text: str) -> None:
    assert texts.spell(seconds * 1_000_000) == text

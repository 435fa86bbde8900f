"""Writes the table of keys as a commented file: config.example.toml and what `config init` writes.

Law: the file that is written says the defaults and nothing else; what has no default stands in it as a comment.
"""

from typing import Any

from breakd.config.keys import ROOT, Key
from breakd.config.problems import literal
from breakd.texts import _


def example() -> str:
    """Return the whole file."""
    head = _("The configuration of breakd. Every key may be left out; what stands here are the defaults.")
    units = _("Durations are written 90s, 5m, 2h or 1h30m.")
    blocks = [f"# {head}\n# {units}", *(block for key in ROOT.keys for block in _blocks(key, key.name))]
    return "\n\n".join(blocks) + "\n"


def _blocks(key: Key, name: str) -> list[str]:
    """Return the blocks of a table or of a list of tables, and of the tables within."""
    if key.default is None:
        lines = _lines(key, name, key.sample)
        return ["\n".join(line if line.startswith("#") else f"# {line}" for line in lines)]
    blocks = ["\n".join(_lines(key, name, key.default))]
    for sub in key.keys:
        if sub.kind == "table":
            blocks += _blocks(sub, f"{name}.{sub.name}")
    return blocks


def _lines(key: Key, name: str, value: Any) -> list[str]:
    """Return the table's comment, and its header and values; of several tables only the first has comments."""
    if key.kind == "table":
        return [*_comment(key), f"[{name}]", *_values(key, value, comments=True)]
    lines = _comment(key)
    for at, row in enumerate(value):
        lines += [*([""] if at else []), f"[[{name}]]", *_values(key, row, comments=not at)]
    return lines


def _values(table: Key, row: dict[str, Any], *, comments: bool) -> list[str]:
    lines = []
    for key in table.keys:
        value = row.get(key.name, key.default)
        if value is not None and key.kind != "table":
            lines += [*(_comment(key) if comments else []), f"{key.name} = {literal(value)}"]
    return lines


def _comment(key: Key) -> list[str]:
    return [f"# {_(key.comment)}"] if key.comment else []

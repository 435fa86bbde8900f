"""Writes the table of keys as a commented file: config.example.toml, what `config init` and the welcome write.

Law: the file says every key, with the defaults or what stands in their place; what has neither is in it as a comment.
"""

from typing import Any

from breakd.config.check import filled
from breakd.config.keys import ROOT, Key
from breakd.config.problems import literal
from breakd.texts import _

SCHEMA_FILE = "config.schema.json"
SCHEMA_LINE = f"#:schema ./{SCHEMA_FILE}"
"""Names the schema beside the file for editors: taplo, Even Better TOML and tombi read it."""


def example() -> str:
    """Return the file of the defaults."""
    head = _("The configuration of breakd. Every key may be left out; what stands here are the defaults.")
    return _file(head, filled({}))


def answered(document: dict[str, Any]) -> str:
    """Return the file of a filled document, which a person's answers have made."""
    return _file(_("The configuration of breakd, with your answers. A key that is left out has its default."), document)


def _file(head: str, document: dict[str, Any]) -> str:
    units = _("Durations are written 90s, 5m, 2h or 1h30m.")
    parts = [(key, document.get(key.name)) for key in ROOT.keys]
    blocks = [block for key, value in parts for block in _blocks(key, key.name, value)]
    return "\n\n".join([f"{SCHEMA_LINE}\n# {head}\n# {units}", *blocks]) + "\n"


def _blocks(key: Key, name: str, value: Any) -> list[str]:
    """Return the blocks of a table or of a list of tables, and of the tables within."""
    if value is None:
        lines = _lines(key, name, key.sample)
        return ["\n".join(line if line.startswith("#") else f"# {line}" for line in lines)]
    blocks = ["\n".join(_lines(key, name, value))]
    for sub in key.keys:
        if sub.kind == "table":
            blocks += _blocks(sub, f"{name}.{sub.name}", value.get(sub.name))
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
            lines += [*(_comment(key) if comments else []), *_pair(key, value)]
    return lines


def _pair(key: Key, value: Any) -> list[str]:
    """Return the key with its value; of steps each has a line of its own."""
    if key.kind != "steps":
        return [f"{key.name} = {literal(value)}"]
    return [f"{key.name} = [", *(f"  {literal(step)}," for step in value), "]"]


def _comment(key: Key) -> list[str]:
    return [f"# {_(key.comment)}"] if key.comment else []

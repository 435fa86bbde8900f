"""The configuration as a JSON Schema, made from the table of keys; editors complete and check by it.

Law: what breakd takes, the schema takes; where the schema can say less than the checks do, they have the last word.
"""

import json
from pathlib import Path
from typing import Any

from breakd.config.example import SCHEMA_FILE
from breakd.config.keys import ROOT, Key
from breakd.config.writing import put
from breakd.core.settings import BUILT_IN
from breakd.texts import _

_OURS = "breakd:generated"
"""The comment of a schema that breakd wrote, and may write anew."""

_DURATION = "^([0-9]{1,9}h([0-9]{1,9}m)?([0-9]{1,9}s)?|[0-9]{1,9}m([0-9]{1,9}s)?|[0-9]{1,9}s)$"
_NOTHING = "^[0hms]*$"
_WINDOW = "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_TEXT = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
_ID = r"^[^\x00-/:-@\[-^\x60{-\x7f][^\x00-,./:-@\[-^\x60{-\x7f]*$"
"""Of ASCII what an id may have, and all else: to the validators of editors, unlike to Python, a \\w is ASCII alone."""


def schema() -> dict[str, Any]:
    """Return the schema, of draft 7."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "$comment": _OURS, "title": "breakd"}
    return head | _of(ROOT)


def text() -> str:
    """Return the schema as it is written to a file or printed."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def write_beside(path: Path) -> str | None:
    """Write the schema beside the configuration and return why that could not be done, None where it was.

    A file of that name that is not breakd's stays as it is.
    """
    file = path.with_name(SCHEMA_FILE)
    try:
        if file.exists() and not _is_ours(file):
            return _("{file} is not breakd's; it stays as it is").format(file=file)
        put(file, text())
    except OSError as error:
        return _("{file} cannot be written: {reason}").format(file=file, reason=error.strerror or error)
    return None


def _is_ours(file: Path) -> bool:
    with file.open("rb") as stream:
        return f'"$comment": "{_OURS}"'.encode() in stream.read(1000)


def _of(key: Key) -> dict[str, Any]:
    """Return the schema of one key, with what it is for and its default."""
    told = {"description": _(key.comment)} if key.comment else {}
    default = {} if key.default is None or key.kind == "table" else {"default": key.default}
    return told | _form(key) | default


def _form(key: Key) -> dict[str, Any]:  # noqa: C901, PLR0912 - one case a kind
    match key.kind:
        case "table":
            return _table(key)
        case "tables":
            return {"type": "array", "items": _table(key)} | ({"minItems": 1} if key.default else {})
        case "duration":
            duration = {"type": "string", "pattern": _DURATION}
            return duration if key.zero else duration | {"not": {"pattern": _NOTHING}}
        case "count":
            return {"type": "integer", "minimum": key.least, "maximum": key.most}
        case "flag":
            return {"type": "boolean"}
        case "text" | "image":
            return {"type": "string", "pattern": _TEXT}
        case "id":
            return {"type": "string", "pattern": _ID}
        case "choice":
            return {"type": "string", "enum": list(dict.fromkeys(key.allowed))}
        case "choices":
            return _list({"type": "string", "enum": list(dict.fromkeys(key.allowed))}) | {"uniqueItems": True}
        case "exercises":
            own = {"type": "string", "pattern": _ID}
            return _list({"anyOf": [{"enum": list(dict.fromkeys(BUILT_IN))}, own]}) | {"minItems": 1}
        case "windows":
            return _list({"type": "string", "pattern": _WINDOW})
        case "programs":
            return _list({"type": "string", "pattern": r"\S"})
        case "command":
            return {
                "type": "array",
                "items": [{"type": "string", "pattern": r"\S"}],
                "additionalItems": {"type": "string"},
            }
        case "steps":
            step = {"anyOf": [{"type": "string", "pattern": _TEXT}, _table(key)]}
            return _list(step) | {"minItems": 1, "maxItems": 100}
        case "seconds":
            number = {"type": "integer", "minimum": 1, "maximum": 3600}
            return {"anyOf": [number, {"type": "string", "pattern": _DURATION, "not": {"pattern": _NOTHING}}]}


def _table(key: Key) -> dict[str, Any]:
    needed = [sub.name for sub in key.keys if sub.required]
    return {
        "type": "object",
        "properties": {sub.name: _of(sub) for sub in key.keys},
        "additionalProperties": False,
    } | ({"required": needed} if needed else {})


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}

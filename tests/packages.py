"""The packages of this checkout, built and installed as their users get them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 100


def build(source: Path, out: Path) -> tuple[Path, Path]:
    """Build the source archive, and from it the wheel; return both."""
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source)
    (archive,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return archive, wheel


def installed(wheel: Path, folder: Path) -> Path:
    """Install the wheel in a virtual environment of its own, and return the program."""
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    options = ["--no-compile", "--only-binary", ":all:", "--constraint", str(ROOT / "constraints.txt")]
    _run(sys.executable, "-m", "pip", "-qq", "--python", folder / "bin/python", "install", *options, wheel)
    return folder / "bin/breakd"


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr

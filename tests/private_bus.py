"""A message bus of a test's own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_bus(folder: Path, services: Path | None = None) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run a dbus-daemon; its socket lies in the folder. Yield its address and the process.

    It starts what the files of `services` name.
    """
    program = shutil.which("dbus-daemon")
    assert program, "dbus-daemon is not installed: apt install dbus-daemon"
    config = folder / "bus.conf"
    starts = f"<servicedir>{services}</servicedir>" if services else ""
    config.write_text(
        f"<busconfig><type>session</type>{starts}<listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    args = [program, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()

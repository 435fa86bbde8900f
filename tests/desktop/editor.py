"""An editor on a desk, in which somebody types while a window comes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.desk import Desk

TITLE = "editor"
EDITOR = """
import sys, tkinter
root = tkinter.Tk()
root.title(sys.argv[1])
root.geometry("500x300+100+100")
text = tkinter.Text(root)
text.pack()
text.focus_set()
text.bind("<KeyRelease>", lambda event: open(sys.argv[2], "w").write(text.get("1.0", "end-1c")))
root.mainloop()
"""


@contextmanager
def editor(desk: Desk, file: Path) -> Iterator[Callable[[], str]]:
    """Open it and give it the keyboard; what it gives reads its text, which it keeps in the file."""
    process = desk.start([sys.executable, "-c", EDITOR, TITLE, str(file)])
    in_front(desk, TITLE)
    yield lambda: file.read_text() if file.exists() else ""
    desk.stop(process)
    desk.wait(lambda: not any(window.title == TITLE for window in desk.windows()), "the editor gone")


def in_front(desk: Desk, title: str) -> None:
    """Wait until the window has the keyboard."""
    number = str(desk.window(title).id)
    desk.wait(lambda: desk.run(["xdotool", "getactivewindow"]).stdout.strip() == number, f"{title!r} in front")

"""The question how the back is, where no window can be opened: nobody is asked, and the text log says so."""

from queue import SimpleQueue

import pytest

from breakd.adapters.rating import RatingWindow
from breakd.ports import Message
from fakeprograms import until

NO_SUCH_SCREEN = ":9999"


@pytest.mark.parametrize("display", [None, NO_SUCH_SCREEN])
def test_without_a_screen_it_is_noted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, display: str | None
) -> None:
    if display is None:
        monkeypatch.delenv("DISPLAY", raising=False)
    else:
        monkeypatch.setenv("DISPLAY", display)
    posted: SimpleQueue[Message] = SimpleQueue()
    window = RatingWindow(posted.put)
    window.ask("light")
    until(lambda: caplog.messages, lambda: "nothing is noted")
    window.withdraw()
    window.close()
    (text,) = caplog.messages
    assert text.startswith("how the back is cannot be asked: no window can be opened: ")
    assert "display" in text
    assert posted.empty()

"""Prompts as plain text by plyer: Windows, macOS, and where no session bus can be reached.

Law: it only tells. There are no buttons, nothing can be replaced or taken back, and no failure of plyer gets out.
"""

import logging
import shutil
import sys
import warnings

from breakd.ports import Post, Prompt, SourceChanged
from breakd.texts import with_how_to_answer

log = logging.getLogger(__name__)


class PlyerPrompter:
    """A Prompter that can only tell."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.name = ""
        usable = sys.platform != "linux" or shutil.which("notify-send")
        self._serves("plyer" if usable else "none")

    def show(self, prompt: Prompt) -> None:
        """Show the prompt's text, with how to answer where answers are expected."""
        body = with_how_to_answer(prompt.body) if prompt.choices else prompt.body
        message = f"{prompt.title}\n{body}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that dbus-python is not installed is none of the person's business
                from plyer import notification  # noqa: PLC0415 - 2 MB that only the fallback needs

                # On Linux these are arguments of notify-send, which reads one that begins with a dash as an option.
                notification.notify(
                    title="breakd", message=message.replace("-", " -", 1) if message[0] == "-" else message
                )
        except Exception as error:  # noqa: BLE001 - plyer's back ends raise whatever their system raises
            log.warning("plyer cannot show a notification: %s", error)
            self._serves("none")
        else:
            self._serves("plyer")

    def withdraw(self) -> None:
        """Do nothing: what plyer shows cannot be taken back."""

    def close(self) -> None:
        """Nothing is held."""

    def _serves(self, name: str) -> None:
        if name != self.name:
            self.name = name
            self._post(SourceChanged("notifications", name))

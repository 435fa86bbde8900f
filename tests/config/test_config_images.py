"""The images of own exercises: what can be shown is taken, anything else is one clear line with its place."""

import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from breakd import config
from breakd.config import images


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(*names: str) -> config.Loaded:
    steps = "".join(f'  {{ text = "Roll.", image = "{name}" }},\n' for name in names)
    head = '[[exercise]]\nid = "roll"\nname = "Roll"\nposition = "floor"\nsteps = [\n'
    Path("c.toml").write_text(head + steps + "]\n", "utf-8")
    return config.load("c.toml")


def problem(name: str) -> str:
    """Return the one line that is said of the file, without its place."""
    with pytest.raises(config.ConfigError) as error:
        load(name)
    (line,) = error.value.lines
    place, text = line.split(": exercise[0].steps[0].image: ")
    assert place == "c.toml:6"
    return text


def noise(width: int = 300) -> Image.Image:
    return Image.effect_noise((width, width), 60).convert("RGB")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "bmp"])
def test_common_pictures_are_taken(folder: Path, ending: str) -> None:
    noise().save(f"a.{ending}")

    assert load(f"a.{ending}").settings.exercises[0].steps[0].image == os.fspath(folder / f"a.{ending}")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "bmp"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_picture_that_was_cut_off(folder: Path, ending: str, share: float) -> None:
    noise().save(f"a.{ending}")
    data = Path(f"a.{ending}").read_bytes()
    Path(f"a.{ending}").write_bytes(data[: int(len(data) * share)])

    assert problem(f"a.{ending}") in {
        f"{folder}/a.{ending} is broken; save it anew as PNG or JPEG",
        f"{folder}/a.{ending} is not a picture that can be read; save it as PNG or JPEG",
    }


def test_a_picture_with_a_wrong_bit(folder: Path) -> None:
    noise().save("a.png")
    data = bytearray(Path("a.png").read_bytes())
    data[len(data) // 2] ^= 1
    Path("a.png").write_bytes(data)

    assert problem("a.png") == f"{folder}/a.png is broken; save it anew as PNG or JPEG"


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"%PDF-1.7", b"\x00" * 5000])
def test_what_is_no_picture(folder: Path, data: bytes) -> None:
    Path("a.png").write_bytes(data)

    assert problem("a.png") == f"{folder}/a.png is not a picture that can be read; save it as PNG or JPEG"


def test_what_is_not_there(folder: Path) -> None:
    Path("link.png").symlink_to("nowhere")

    assert problem("a.png") == f"there is no such file: {folder}/a.png"
    assert problem("link.png") == f"there is no such file: {folder}/link.png"


def test_what_is_no_file(folder: Path) -> None:
    os.mkfifo("pipe.png")

    assert problem(".") == f"{folder} is a folder; name a picture"
    assert problem("pipe.png") == f"{folder}/pipe.png is not a file; name a picture"
    assert problem("/dev/zero") == "/dev/zero is not a file; name a picture"
    assert problem("c.toml/a.png") == f"{folder}/c.toml/a.png cannot be read: Not a directory"
    assert problem("a" * 300).endswith(" cannot be read: File name too long")


def test_a_file_that_is_too_large(folder: Path) -> None:
    noise().save("a.png")
    os.truncate("a.png", images.LARGEST + 1)

    assert problem("a.png") == f"{folder}/a.png is larger than 20 MiB; make it smaller"


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_picture_of_too_many_pixels(folder: Path, side: int) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))

    assert problem("a.png") == f"{folder}/a.png has more than 50 million pixels; make it smaller"


def test_all_problems_are_told_at_once() -> None:
    noise().save("good.png")

    with pytest.raises(config.ConfigError) as error:
        load("a.png", "good.png", ".", "b.png")

    assert [line.split(": ")[0] for line in error.value.lines] == ["c.toml:6", "c.toml:8", "c.toml:9"]

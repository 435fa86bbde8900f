"""Everything in the routine's window has its place: nothing is cut off, nothing lies on something else."""

import pytest

from breakd.windows.stage import Box, split


@pytest.mark.parametrize("width", [200, 504, 928, 1044, 2400])
@pytest.mark.parametrize("height", [120, 240, 330, 520, 1100, 1900])
def test_picture_and_words_share_the_body(width: int, height: int) -> None:
    body = Box(28, 72, 28 + width, 72 + height)
    picture, words = split(body, 36)
    assert picture.width == picture.height
    for place in (picture, words):
        assert body.left <= place.left < place.right <= body.right
        assert body.top <= place.top < place.bottom <= body.bottom
    assert picture.right <= words.left or picture.bottom <= words.top

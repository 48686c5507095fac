"""Pictures drawn anew: the pixels stay, upright; where, when and by whom does not."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from models import pictures
from models.domain.errors import Invalid
from tests.files import MAKER, picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_nothing_says_where_or_with_what_a_picture_was_taken(kind: str) -> None:
    before = picture(kind)
    assert MAKER.encode() in before
    after, mime = pictures.redraw(before)
    drawn = Image.open(BytesIO(after))
    assert (MAKER.encode() in after, b"Exif" in after, b"eXIf" in after, b"EXIF" in after) == (False,) * 4
    assert (dict(drawn.getexif()), dict(drawn.getexif().get_ifd(0x8825)), drawn.size) == ({}, {}, (64, 48))
    assert mime == {"JPEG": "image/jpeg", "WEBP": "image/webp"}.get(kind, "image/png")
    red, green, _ = drawn.convert("RGB").getpixel((3, 3))  # type: ignore[misc]
    assert red > green


def test_a_picture_that_lay_on_its_side_stands_up() -> None:
    after, _ = pictures.redraw(picture(turned=True))
    drawn = Image.open(BytesIO(after))
    red, green, _ = drawn.getpixel((drawn.width - 3, 3))  # type: ignore[misc]
    assert (drawn.size, red > green) == ((48, 64), True)


def test_a_large_one_becomes_small_enough_and_a_moving_one_stands_still() -> None:
    after, _ = pictures.redraw(picture(size=(6000, 2000)))
    assert max(Image.open(BytesIO(after)).size) == pictures.LONGEST_SIDE
    assert getattr(Image.open(BytesIO(pictures.redraw(picture("GIF"))[0])), "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (picture()[:200], "file_type"),
        (b"\xff\xd8\xff" + bytes(50), "file_type"),
        (b"\x89PNG\r\n\x1a\n" + picture("PNG")[8:16] + (60000).to_bytes(4, "big") * 2 + bytes(9), "file_type"),
    ],
)
def test_what_cannot_be_drawn_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        pictures.redraw(content)
    assert refused.value.code == code


@pytest.mark.parametrize("side", [6000, 14000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(side: int) -> None:
    made = BytesIO()
    Image.new("1", (side, side)).save(made, "PNG")
    assert len(made.getvalue()) < 100_000
    with pytest.raises(Invalid) as refused:
        pictures.redraw(made.getvalue())
    assert refused.value.code == "file_too_big"

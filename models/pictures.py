"""Pictures drawn anew: what is kept has the same pixels and nothing that says where, when or by whom it was taken."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import Final

from PIL import Image, ImageOps

from models.domain.errors import Invalid

#: Pixels a picture may have before it is unpacked. JPEG can be unpacked at a fraction of its size, so it may have more.
_MOST: Final = 26_000_000
_MOST_JPEG: Final = 80_000_000
#: Pixels of the longer side of what is kept: a letter photographed whole is still easy to read.
LONGEST_SIDE: Final = 3000
_FORMATS: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/png"}
#: One picture at a time, so that several large ones never need their memory at once.
_one_at_a_time = Lock()


def redraw(content: bytes) -> tuple[bytes, str]:
    """A picture drawn anew, upright and at most `LONGEST_SIDE` pixels long, and its content type. Of a moving one the
    first frame. Slow: for a thread. Raises Invalid ("file_type" where it cannot be drawn, "file_too_big" for too many
    pixels) on field "file".
    """
    with _one_at_a_time:
        try:
            return _redraw(content)
        except Invalid:
            raise
        except Image.DecompressionBombError:
            raise Invalid("file_too_big", "file") from None
        except Exception:  # noqa: BLE001 (a broken picture fails in as many ways as there are decoders)
            raise Invalid("file_type", "file") from None


def _redraw(content: bytes) -> tuple[bytes, str]:
    with Image.open(BytesIO(content), formats=tuple(_FORMATS)) as opened:
        kind = str(opened.format)
        if opened.width * opened.height > (_MOST_JPEG if kind == "JPEG" else _MOST):
            raise Invalid("file_too_big", "file")
        opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        if opened.width * opened.height > _MOST:
            raise Invalid("file_too_big", "file")
        drawn = ImageOps.exif_transpose(opened)
        clear = drawn.has_transparency_data and kind != "JPEG"
        drawn = drawn.convert("RGBA" if clear else "RGB")
        drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Pasted onto a fresh canvas: whatever else hung on the picture stays behind.
    canvas = Image.new(drawn.mode, drawn.size)
    canvas.paste(drawn)
    kept = BytesIO()
    match kind:
        case "JPEG":
            canvas.save(kept, "JPEG", quality=85, optimize=True)
        case "WEBP":
            canvas.save(kept, "WEBP", quality=85)
        case _:
            canvas.save(kept, "PNG")
    return kept.getvalue(), _FORMATS[kind]

"""Raster: the picture as PNG, with its letters wherever it runs."""

import resvg_py
from noto_cjk_sans_jp_regular import FONT_PATH

ZOOM = 2.0
"""Ours: sharp on a phone; a picture of ten lanes is about 200 kB."""


def png(svg: str) -> bytes:
    """The picture in dots. Takes some tenths of a second: not for the event loop."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, zoom=ZOOM, skip_system_fonts=True, font_files=[str(FONT_PATH)],
            font_family="Noto Sans CJK JP", sans_serif_family="Noto Sans CJK JP",
        )
    )  # fmt: skip

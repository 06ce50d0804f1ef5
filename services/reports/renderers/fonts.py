"""The typefaces of our paper, found in PyPI packages, and which of them draws which character.

Noto Sans draws Latin (Polish, Vietnamese, ...), Greek and Cyrillic, Noto Sans Arabic draws Arabic and Persian,
WenQuanYi Micro Hei Chinese, Japanese and Korean, FiraGO what is left (Hebrew, Thai, Devanagari, Georgian, without
their ligatures). Noto and FiraGO are under the SIL Open Font License 1.1, WenQuanYi Micro Hei under Apache 2.0.
A font is read when the first character needs it (Noto Sans 10 ms, the Chinese one 0.1 s and 25 MB, bold Arabic 1 s,
for it is cut from a variable font) and then kept.
"""

import io
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.resources import as_file, files
from pathlib import Path

from reports.renderers.font_subsets import PaperFont

_ARABIC = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))
_EAST_ASIAN = (
    (0x1100, 0x11FF),
    (0x2E80, 0xA4CF),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
)
_CHARACTERS_KEPT = 65_536


@lru_cache(maxsize=_CHARACTERS_KEPT)
def font_for(character: str, bold: bool = False) -> PaperFont:
    """The font that draws this character; Noto Sans, with its box for what is missing, where none of them does."""
    text = text_font(bold)
    if text.has(character):
        return text
    for font in _others(ord(character), bold):
        if font().has(character):
            return font()
    return text


def text_font(bold: bool = False) -> PaperFont:
    """The font of plain text, which has every printable ASCII character."""
    return _noto_sans_bold() if bold else _noto_sans()


def arabic_font(bold: bool = False) -> PaperFont:
    """The font of Arabic and Persian; it has the presentation forms that reshaping makes."""
    return _arabic_bold() if bold else _arabic()


def chinese_font(bold: bool = False) -> PaperFont:
    """The font of Chinese, Japanese and Korean; it has no bold of its own."""
    return _chinese_bold() if bold else _chinese()


def _others(code: int, bold: bool) -> list[Callable[[], PaperFont]]:
    """Where else to look, likeliest first, so that a big font is read only for its own script."""
    arabic, chinese = (_arabic_bold, _chinese_bold) if bold else (_arabic, _chinese)
    fallback = _firago_bold if bold else _firago
    if _within(code, _ARABIC):
        return [arabic, fallback]
    if _within(code, _EAST_ASIAN) or 0x20000 <= code <= 0x3FFFF:
        return [chinese]
    return [fallback, chinese] if code < 0x10000 else []


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _pymupdf_font(module: str) -> bytes:
    """pymupdf-fonts keeps each font as bytes in a module of its own."""
    data: bytes = import_module(f"pymupdf_fonts.{module}").fontbuffer
    return data


def _packaged(package: str, *parts: str) -> bytes:
    with as_file(files(package).joinpath(*parts)) as path:
        return Path(path).read_bytes()


def _arabic_variable() -> bytes:
    return _packaged("fontpkg_noto_sans_arabic", "files", "NotoSansArabic[wdth,wght].ttf")


def _chinese_collection() -> bytes:
    return _packaged("paperang_p2_fonts_cjk", "fonts", "wqy-microhei.ttc")


@lru_cache(maxsize=1)
def _noto_sans() -> PaperFont:
    return PaperFont("HeadendText", _pymupdf_font("NotoSans_Regular"))


@lru_cache(maxsize=1)
def _noto_sans_bold() -> PaperFont:
    return PaperFont("HeadendTextBold", _pymupdf_font("NotoSans_Bold"))


@lru_cache(maxsize=1)
def _firago() -> PaperFont:
    return PaperFont("HeadendOther", _pymupdf_font("FiraGO_Regular"))


@lru_cache(maxsize=1)
def _firago_bold() -> PaperFont:
    return PaperFont("HeadendOtherBold", _pymupdf_font("FiraGO_Bold"))


@lru_cache(maxsize=1)
def _arabic() -> PaperFont:
    return PaperFont(
        "HeadendArabic", _arabic_variable()
    )  # the outlines of the variable font are those of Regular


@lru_cache(maxsize=1)
def _arabic_bold() -> PaperFont:
    return PaperFont("HeadendArabicBold", _instance(_arabic_variable(), {"wght": 700, "wdth": 100}))


@lru_cache(maxsize=1)
def _chinese() -> PaperFont:
    return PaperFont("HeadendChinese", _chinese_collection(), subfont_index=0)


@lru_cache(maxsize=1)
def _chinese_bold() -> PaperFont:
    regular = _chinese()
    return regular.thickened("HeadendChineseBold")


def _instance(variable: bytes, axes: dict[str, float]) -> bytes:
    """One weight of a variable font, without the tables that reportlab does not read."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(io.BytesIO(variable), recalcTimestamp=False)  # the same bytes at any time
    for table in ("GSUB", "GPOS", "GDEF", "STAT"):
        if table in font:
            del font[table]
    made = io.BytesIO()
    instantiateVariableFont(font, axes).save(made)
    return made.getvalue()

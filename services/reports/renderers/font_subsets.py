"""Embedding of TrueType fonts: only the glyphs a document uses, and text that can be searched and copied.

reportlab's own TTFont would do, but for three things: it makes every subset anew (most of the time of a short
document), it writes glyphs into the text of a PDF that no reader maps back to letters (Arabic presentation forms,
characters beyond the basic plane), and it seeks in the font while subsetting, so that two threads disturb each other.
"""

import io
import struct
import unicodedata
import zlib
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.ttfonts import TTFont

_SUBSETS_KEPT = 256
_SPACE = 32
_MORE_COMPONENTS, _WORD_ARGUMENTS = 0x20, 0x01
_SCALES = ((0x08, 2), (0x40, 4), (0x80, 8))
_MISSING = 0xFFFD


@dataclass(frozen=True, slots=True)
class Subset:
    """A part of a font as a PDF carries it: streams compressed, the widths of its codes (1/1000 em) as a PDF array."""

    program: bytes
    program_length: int
    to_unicode: bytes
    widths: str
    last_code: int


class PaperFont(TTFont):
    """A TrueType font to draw with. A character that it lacks is drawn as its box and stays readable in the text."""

    def __init__(self, name: str, data: bytes, subfont_index: int = 0) -> None:
        super().__init__(name, io.BytesIO(data), subfontIndex=subfont_index, asciiReadable=True)
        self.faux_bold = False
        """True where the family has no bold: the outline is drawn a little thicker instead."""
        face = self.face
        self.glyph_of: dict[int, int] = face.charToGlyph
        self._width_of: dict[str, float] = {}
        self._code_widths: dict[int, float] = face.charWidths
        self._missing_width = float(face.defaultWidth)

    def thickened(self, name: str) -> "PaperFont":
        """The same font under another name, drawn bold by a stroke around its outlines; the data is shared."""
        font = copy(self)
        font.fontName, font.faux_bold, font.state = name, True, WeakKeyDictionary()
        return font

    def has(self, character: str) -> bool:
        """Whether there is a glyph for it."""
        return ord(character) in self.glyph_of

    def em_width(self, text: str) -> float:
        """The width of the text in em: multiply by the size for points."""
        widths = self._width_of
        try:
            return sum([widths[character] for character in text])
        except KeyError:
            for character in set(text):
                code = ord(character)
                widths[character] = self._code_widths.get(code, self._missing_width) / 1000
            return sum([widths[character] for character in text])

    def begin(self, doc: Any) -> Any:
        """What this document uses of the font so far; from now on the font is known to it."""
        return super()._assignState(doc)  # type: ignore[misc]  # the stubs lack it

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        """The text as (subset, codes), new characters taking the next free code (reportlab's interface)."""
        state = self.begin(doc)
        assigned = state.assignments
        parts: list[tuple[int, bytearray]] = []
        for character in text:
            code = ord(character)
            number = assigned.get(code)
            if number is None:
                number = assigned[code] = _next_code(state, code)
            subset = number >> 8
            if not parts or parts[-1][0] != subset:
                parts.append((subset, bytearray()))
            parts[-1][1].append(number & 0xFF)
        return [(subset, bytes(codes)) for subset, codes in parts]

    def addObjects(self, doc: Any) -> None:
        """Write the font into the document, one PDF font for every 256 characters used (reportlab's interface)."""
        state = self.begin(doc)
        state.frozen = 1
        fonts = doc.idToObject["BasicFonts"].dict
        for number, codes in enumerate(state.subsets):
            name = self.getSubsetInternalName(number, doc)[1:]
            base_name = f"{_tag(self.fontName, number)}+{self.face.name.decode('ascii', 'replace')}"
            font = self._pdf_font(doc, name, base_name, _subset(self, tuple(codes)))
            doc.Reference(font, name)
            fonts[name] = font
        del self.state[doc]

    def _pdf_font(self, doc: Any, name: str, base_name: str, subset: Subset) -> Any:
        font: Any = pdfdoc.PDFTrueTypeFont()
        font.Name, font.BaseFont = name, base_name
        font.FirstChar, font.LastChar, font.Widths = 0, subset.last_code, subset.widths
        font.ToUnicode = doc.Reference(_stream(subset.to_unicode), "toUnicodeCMap:" + name)
        program = _stream(subset.program)
        program.dictionary["Length1"] = subset.program_length
        face = self.face
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "Ascent": face.ascent,
                "CapHeight": face.capHeight,
                "Descent": face.descent,
                "Flags": 4,  # symbolic: the codes are ours
                "FontBBox": pdfdoc.PDFArray(face.bbox),
                "FontName": pdfdoc.PDFName(base_name),
                "ItalicAngle": face.italicAngle,
                "StemV": face.stemV,
                "FontFile2": doc.Reference(program, "fontFile:" + name),
                "MissingWidth": face.defaultWidth,
            }
        )
        font.FontDescriptor = doc.Reference(descriptor, "fontDescriptor:" + name)
        return font


def _next_code(state: Any, code: int) -> int:
    """The next free code: 1 to 31 and 128 to 255 of the first subset, which holds ASCII, then further subsets."""
    number: int = state.nextCode
    if number < _SPACE:
        state.subsets[0][number] = code
        state.nextCode = number + 1 if number < _SPACE - 1 else len(state.subsets[0])
        return number
    if not number & 0xFF:
        state.subsets.append([0])
        number += 1
    if number & 0xFF == _SPACE:
        state.subsets[number >> 8].append(_SPACE)
        number += 1
    state.subsets[number >> 8].append(code)
    state.nextCode = number + 1
    return number


def _tag(font: str, number: int) -> str:
    """The six capitals that mark a subset, different for each."""
    rest, capitals = zlib.crc32(f"{font} {number}".encode()), ""
    while len(capitals) < 6:
        rest, letter = divmod(rest, 26)
        capitals += chr(65 + letter)
    return capitals


def _stream(compressed: bytes) -> Any:
    stream = pdfdoc.PDFStream(content=compressed)
    stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    return stream


@lru_cache(maxsize=_SUBSETS_KEPT)
def _subset(font: PaperFont, codes: tuple[int, ...]) -> Subset:
    """Kept, because most invoices of one language use the very same characters."""
    program = subset_program(font.face, codes)
    widths = " ".join(f"{font.em_width(chr(code)) * 1000:.0f}" for code in codes)
    return Subset(
        zlib.compress(program), len(program), zlib.compress(_to_unicode(codes)), f"[{widths}]", len(codes) - 1
    )


def _to_unicode(codes: tuple[int, ...]) -> bytes:
    """The CMap that tells a reader which letters a code stands for."""
    entries = [f"<{code:02X}> <{_letters(value)}>" for code, value in enumerate(codes) if value]
    chunks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    body = "\n".join(f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")


def _letters(code: int) -> str:
    """A code point as UTF-16 in hexadecimal; Arabic presentation forms as the letters that were typed."""
    character = chr(code if not 0xD800 <= code <= 0xDFFF else _MISSING)
    if 0xFB50 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
        character = unicodedata.normalize("NFKC", character)
    return character.encode("utf-16-be").hex().upper()


def subset_program(face: Any, codes: tuple[int, ...]) -> bytes:
    """A TrueType file that holds the glyphs of these characters and of what they are composed of."""
    glyphs: dict[int, int] = {0: 0}
    for code in codes:
        glyphs.setdefault(face.charToGlyph.get(code, 0), len(glyphs))
    wanted, outlines, offsets = list(glyphs), [], [0]
    start, positions, data = face.get_table_pos("glyf")[0], face.glyphPos, face._ttf_data
    for glyph in wanted:  # grows while it is read: parts of composite glyphs come behind
        outline = data[start + positions[glyph] : start + positions[glyph + 1]]
        if len(outline) > 10 and outline[0] & 0x80:
            outline = _renumbered(outline, glyphs, wanted)
        outline += b"\0" * (-len(outline) % 4)
        outlines.append(outline)
        offsets.append(offsets[-1] + len(outline))
    long_offsets = offsets[-1] > 0x1FFFE
    metrics = [face.hmetrics[glyph] for glyph in wanted]
    cmap = struct.pack(
        f">HHHHLHHHHH{len(codes)}H",
        *(0, 1, 1, 0, 12, 6, 10 + 2 * len(codes), 0, 0, len(codes)),
        *(glyphs[face.charToGlyph.get(code, 0)] for code in codes),
    )
    count = len(wanted)
    tables = {
        "cmap": cmap,
        "glyf": b"".join(outlines),
        "head": _with_ushort(_with_ulong(face.get_table("head"), 8, 0), 50, int(long_offsets)),
        "hhea": _with_ushort(face.get_table("hhea"), 34, count),
        "hmtx": struct.pack(f">{2 * count}H", *(int(value) & 0xFFFF for pair in metrics for value in pair)),
        "loca": struct.pack(f">{count + 1}L", *offsets)
        if long_offsets
        else struct.pack(f">{count + 1}H", *(offset >> 1 for offset in offsets)),
        "maxp": _with_ushort(face.get_table("maxp"), 4, count),
        "post": b"\0\3\0\0" + face.get_table("post")[4:16] + b"\0" * 16,
    }
    for hinting in ("cvt ", "fpgm", "prep"):
        if hinting in face.table:
            tables[hinting] = face.get_table(hinting)
    return _font_file(tables)


def _renumbered(outline: bytes, glyphs: dict[int, int], wanted: list[int]) -> bytes:
    """A composite glyph whose parts carry their new numbers; parts not met before are added to what is wanted."""
    changed, place, flags = bytearray(outline), 10, _MORE_COMPONENTS
    while flags & _MORE_COMPONENTS:
        flags, part = struct.unpack_from(">HH", changed, place)
        if part not in glyphs:
            glyphs[part] = len(glyphs)
            wanted.append(part)
        struct.pack_into(">H", changed, place + 2, glyphs[part])
        place += 8 if flags & _WORD_ARGUMENTS else 6
        place += next((size for bit, size in _SCALES if flags & bit), 0)
    return bytes(changed)


def _with_ushort(table: bytes, place: int, value: int) -> bytes:
    return table[:place] + struct.pack(">H", value) + table[place + 2 :]


def _with_ulong(table: bytes, place: int, value: int) -> bytes:
    return table[:place] + struct.pack(">L", value) + table[place + 4 :]


def _font_file(tables: dict[str, bytes]) -> bytes:
    """The tables behind their directory, padded and with checksums as TrueType wants them."""
    power = 1 << (len(tables).bit_length() - 1)
    header = struct.pack(
        ">LHHHH", 0x10000, len(tables), power * 16, power.bit_length() - 1, (len(tables) - power) * 16
    )
    directory, body, offset = [], [], 12 + 16 * len(tables)
    for tag in sorted(tables):
        table = tables[tag]
        padded = table + b"\0" * (-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
        directory.append(struct.pack(">4sLLL", tag.encode("ascii"), checksum, offset, len(table)))
        body.append(padded)
        offset += len(padded)
    return header + b"".join(directory) + b"".join(body)

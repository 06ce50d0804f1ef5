"""Pages to draw on: text by its starting or ending edge, rules, boxes; mirrored for scripts from right to left.

Places are points from the starting edge (left; right when mirrored) and from the bottom. On a page every shape lies
beneath every text. Pages are compressed when they are finished, so that thousands of them stay small.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal

from reportlab.pdfbase import pdfdoc

from reports.renderers.font_subsets import PaperFont
from reports.renderers.fonts import text_font
from reports.renderers.shaping import clean, em_width, fit, runs, wrap

Align = Literal["start", "end", "center"]
Colour = tuple[float, float, float]
A4 = (595.28, 841.89)
A4_LANDSCAPE = (841.89, 595.28)
_TEXTS_KEPT = 20_000
_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)", "\r": r"\r", "\n": r"\n"})


def colour(hexadecimal: str) -> Colour:
    """`#1f2933` as parts between 0 and 1."""
    red, green, blue = (int(hexadecimal[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return round(red, 3), round(green, 3), round(blue, 3)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. `leading` is the distance between the baselines of its lines."""

    size: float
    colour: Colour = (0.0, 0.0, 0.0)
    bold: bool = False

    @property
    def leading(self) -> float:
        """A comfortable distance for this size."""
        return round(self.size * 1.4, 2)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document is: its size in points, direction, language and the words in its properties."""

    size: tuple[float, float]
    title: str
    author: str = ""
    language: str = "en"
    right_to_left: bool = False
    made_at: datetime | None = None


class Sheet:
    """A document under way. Draw, next_page(), draw, ..., then finish() for the bytes of the PDF."""

    def __init__(self, paper: Paper) -> None:
        self.width, self.height = paper.size
        self._paper = paper
        self._document = _document(paper)
        self._resources = pdfdoc.PDFResourceDictionary()
        self._resources.basicFonts()
        self._resources.basicProcs()
        self._composed: dict[tuple[str, Style], str] = {}
        self._start_page()

    def _start_page(self) -> None:
        self._shapes: list[str] = []
        self._texts: list[str] = []
        self._text_state: tuple[float, bool, Colour] | None = None

    def text(
        self, x: float, y: float, text: str, style: Style, align: Align = "start", room: float = 0
    ) -> None:
        """Draw one line with its baseline at y. With room (points), what does not fit ends in an ellipsis."""
        if room:
            text = fit(text, room, style.size, style.bold)
        if not text:
            return
        state = (style.size, style.bold, style.colour)
        if state != self._text_state:
            self._set_text_state(style)
            self._text_state = state
        mirrored = self._paper.right_to_left
        left = self.width - x if mirrored else x
        if align == "center":
            left -= style.size * em_width(text, style.bold) / 2
        elif (align == "end") is not mirrored:
            left -= style.size * em_width(text, style.bold)
        self._texts.append(f"1 0 0 1 {left:.2f} {y:.2f} Tm {self._operators(text, style)}")

    def lines(self, x: float, y: float, texts: Sequence[str], style: Style, align: Align = "start") -> float:
        """Draw lines one below the other, the first baseline at y; answers the baseline that the next would have."""
        for text in texts:
            self.text(x, y, text, style, align)
            y -= style.leading
        return y

    def paragraph(self, x: float, y: float, text: str, style: Style, room: float, most: int = 2) -> float:
        """Draw a text wrapped to the room, like lines()."""
        return self.lines(x, y, wrap(text, room, style.size, style.bold, most), style)

    def rule(self, x: float, y: float, length: float, colour: Colour, thickness: float = 0.5) -> None:
        """A horizontal line that begins at x."""
        self.fill(x, y - thickness / 2, length, thickness, colour)

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled box whose lower starting corner is (x, y)."""
        self.fills([(x, y, width, height)], colour)

    def fills(self, boxes: Sequence[tuple[float, float, float, float]], colour: Colour) -> None:
        """Many boxes (x, y, width, height) of one colour."""
        mirrored = self._paper.right_to_left
        self._shapes.append("{:g} {:g} {:g} rg".format(*colour))
        for x, y, width, height in boxes:
            left = self.width - x - width if mirrored else x
            self._shapes.append(f"{left:.2f} {y:.2f} {width:.2f} {height:.2f} re")
        self._shapes.append("f")

    def pattern(self, x: float, y: float, size: float, rows: Sequence[Sequence[int]], colour: Colour) -> None:
        """A square of dark and light cells, such as a QR code; its place is mirrored, the pattern never."""
        cell = size / len(rows)
        left = self.width - x - size if self._paper.right_to_left else x
        self._shapes.append("{:g} {:g} {:g} rg".format(*colour))
        for line, row in enumerate(rows, start=1):
            bottom, column = y + size - line * cell, 0
            for dark, cells in groupby(row):
                length = len(list(cells))
                if dark:
                    box = (left + column * cell, bottom, length * cell, cell)
                    self._shapes.append("{:.2f} {:.2f} {:.2f} {:.2f} re".format(*box))
                column += length
        self._shapes.append("f")

    def watermark(self, text: str, style: Style) -> None:
        """A word rising across the middle of the page: above the boxes drawn so far, beneath every text."""
        half = style.size * em_width(text, style.bold) / 2
        cosine, sine = 0.866, 0.5  # 30 degrees
        x = self.width / 2 - half * cosine + style.size * 0.35 * sine
        y = self.height / 2 - half * sine - style.size * 0.35 * cosine
        start = self._state_operators(style)
        matrix = f"{cosine} {sine} {-sine} {cosine} {x:.2f} {y:.2f} Tm"
        self._shapes.append(f"BT {start} {matrix} {self._operators(text, style)} ET")

    def next_page(self) -> None:
        """Finish this page and begin another."""
        content = "\n".join([*self._shapes, "BT", *self._texts, "ET"]).encode("latin-1")
        stream = pdfdoc.PDFStream(content=zlib.compress(content, 6))
        stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
        page: Any = pdfdoc.PDFPage()
        page.pagewidth, page.pageheight = self.width, self.height
        page.Contents = stream
        page.Resources = self._document.Reference(self._resources, "shared resources")
        self._document.addPage(page)
        self._start_page()

    def finish(self) -> bytes:
        """The PDF. The page under way is its last one."""
        self.next_page()
        data: bytes = self._document.GetPDFData(None)
        return data

    def _set_text_state(self, style: Style) -> None:
        self._texts.append(self._state_operators(style))

    def _state_operators(self, style: Style) -> str:
        font = self._font_operator(text_font(style.bold), 0, style.size)
        return "{:g} {:g} {:g} rg ".format(*style.colour) + font

    def _font_operator(self, font: PaperFont, subset: int, size: float) -> str:
        font.begin(self._document)
        return f"{font.getSubsetInternalName(subset, self._document)} {size:g} Tf"

    def _operators(self, text: str, style: Style) -> str:
        """What draws the text where the matrix stands; begins and ends with the font of plain text."""
        if text.isascii() and text.isprintable():
            return f"({text.translate(_ESCAPES)}) Tj"
        key = (text, style)
        known = self._composed.get(key)
        if known is None:
            if len(self._composed) >= _TEXTS_KEPT:
                self._composed.clear()
            known = self._composed[key] = self._compose(text, style)
        return known

    def _compose(self, text: str, style: Style) -> str:
        plain = text_font(style.bold)
        operators: list[str] = []
        current: tuple[PaperFont, int] = (plain, 0)
        for run in runs(text, style.bold):
            for subset, codes in run.font.splitString(run.text, self._document):
                if (run.font, subset) != current:
                    current = (run.font, subset)
                    operators.append(self._font_operator(run.font, subset, style.size))
                shown = f"({codes.decode('latin-1').translate(_ESCAPES)}) Tj"
                operators.append(_thick(shown, style) if run.font.faux_bold else shown)
        if current != (plain, 0):
            operators.append(self._font_operator(plain, 0, style.size))
        return " ".join(operators)


def _thick(shown: str, style: Style) -> str:
    """Bold where the font has none: a stroke of the same colour around the letters."""
    stroke = "{:g} {:g} {:g} RG".format(*style.colour)
    return f"2 Tr {stroke} {style.size * 0.03:.2f} w {shown} 0 Tr"


def _document(paper: Paper) -> Any:
    """An empty document. `invariant`: the same drawing is the same bytes, and nothing looks at the clock."""
    document: Any = pdfdoc.PDFDocument(compression=1, invariant=1, lang=paper.language)
    document.info.title, document.info.author = clean(paper.title), clean(paper.author)
    document.info.producer, document.info.creator, document.info.subject = "Headend", "Headend", ""
    if paper.made_at is not None:
        document._timeStamp.YMDhms = paper.made_at.astimezone(UTC).timetuple()[:6]
    return document

"""PDF and Word files made by hand, small, for the tests."""

import io
import zipfile
from collections.abc import Sequence

from docx import Document

Placed = tuple[str, float]  # a line and the size of its letters


def pdf(
    pages: Sequence[Sequence[str | Placed]],
    *,
    title: str = "",
    filters: str = "",
    content: bytes | None = None,
) -> bytes:
    """Return a PDF with the lines of each page, one below the other, in letters of 11 points unless said."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        drawn = content if content is not None else _drawn(lines)
        objects.append(f"<< /Length {len(drawn)} {filters} >>\nstream\n".encode() + drawn + b"\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects.append(f"<< /Title ({title}) /CreationDate (D:20310506120000Z) >>".encode("cp1252"))
    return _file(objects)


def _drawn(lines: Sequence[str | Placed]) -> bytes:
    commands = ["BT"]
    at = 800.0
    for line in lines:
        text, size = line if isinstance(line, tuple) else (line, 11.0)
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        commands.append(f"/F1 {size} Tf 1 0 0 1 60 {at} Tm ({escaped}) Tj")
        at -= 1.3 * size
    return "\n".join([*commands, "ET"]).encode("cp1252")


def _file(objects: Sequence[bytes]) -> bytes:
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010} 00000 n \n".encode() for place in places))
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    out.write(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def word(
    paragraphs: Sequence[str],
    *,
    rows: Sequence[Sequence[str]] = (),
    title: str = "",
    xml: tuple[str, str] = ("", ""),
) -> bytes:
    """Return a Word document; in its XML the first of ``xml`` is replaced by the second."""
    document = Document()
    document.core_properties.title = title
    for i, paragraph in enumerate(paragraphs):
        document.add_paragraph(paragraph, style="Title" if i == 0 else None)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for cells, row in zip(rows, table.rows, strict=True):
            for text, cell in zip(cells, row.cells, strict=True):
                cell.text = text
    made = io.BytesIO()
    document.save(made)
    return with_parts(made.getvalue(), xml)


def with_parts(package: bytes, xml: tuple[str, str]) -> bytes:
    """Return a package in whose document one text is replaced by another."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.infolist():
            data = before.read(part)
            if part.filename == "word/document.xml" and xml[0]:
                assert xml[0] in data.decode()
                data = data.decode().replace(*xml, 1).encode()
            after.writestr(part.filename, data)
    return out.getvalue()


def bomb(megabytes: int) -> bytes:
    """Return a package whose one part unpacks to as many megabytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("word/a", "w") as part,
    ):
        for _ in range(megabytes):
            part.write(b"\0" * 1_000_000)
    return out.getvalue()

#!/usr/bin/env python3
"""Writes a C++ source that holds the files of a folder: tools/embed_files.py web|lab FOLDER OUT.cc

web: the console, each file compressed, with its content type. lab: what the Café is made of, as it is.
The bytes lie beside the source in OUT.pack, which the assembler includes: as text they would take the compiler minutes.
"""

import gzip
import hashlib
import sys
from pathlib import Path

TYPES = {
    ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
    ".woff": "font/woff", ".woff2": "font/woff2",
}
# What the lab's program needs of lab/: not what its pictures are drawn from.
LAB_FOLDERS = ("site", "pictures/intruder.jpg", "attack", "people", "page")

SOURCE = """// Written by tools/embed_files.py.
#include "{header}"

__asm__(
    ".section .rodata\\n"
    ".global {label}\\n"
    "{label}:\\n"
    ".incbin \\"{pack}\\"\\n"
    ".byte 0\\n"
    ".text\\n");
extern "C" const char {label}[];

namespace opentrail::{space} {{

std::span<const {type}> {type}s() {{
  static const {type} kFiles[] = {{
{rows}
  }};
  return kFiles;
}}

}}  // namespace opentrail::{space}
"""
KINDS = {
    "web": {"header": "gateway/web_files.h", "label": "opentrail_web_pack", "space": "gateway", "type": "WebFile"},
    "lab": {"header": "lab/lab_files.h", "label": "opentrail_lab_pack", "space": "lab", "type": "LabFile"},
}


def web_row(folder, name, content):
    suffix = Path(name).suffix
    if suffix not in TYPES:
        sys.exit(f"{folder / name}: no content type is known for {suffix} (tools/embed_files.py, TYPES)")
    return f'"{name}", "{TYPES[suffix]}", "{hashlib.sha256(content).hexdigest()}"', gzip.compress(content, 9, mtime=0)


def lab_row(_folder, name, content):
    return f'"{name}"', content


def main():
    kind, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    pack = out.with_suffix(".pack")
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    if kind == "lab":
        names = [name for name in names if name.startswith(LAB_FOLDERS) and not name.endswith(".pyc")]
    rows, packed = [], b""
    for name in names:
        described, content = (web_row if kind == "web" else lab_row)(folder, name, (folder / name).read_bytes())
        rows.append(f'      {{{described}, {{{KINDS[kind]["label"]} + {len(packed)}, {len(content)}}}}},')
        packed += content
    if not rows:
        sys.exit(f"{folder}: there are no files to embed")
    pack.write_bytes(packed)
    out.write_text(SOURCE.format(pack=pack, rows="\n".join(rows), **KINDS[kind]))


if __name__ == "__main__":
    main()

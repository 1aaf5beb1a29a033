#!/usr/bin/env python3
"""Writes a C++ source that holds the files of a folder, each compressed: tools/embed_web.py web/dist OUT.cc

The bytes lie beside it in OUT.pack, which the assembler includes: as text they would take the compiler minutes.
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

SOURCE = """// Written by tools/embed_web.py.
#include "gateway/web_files.h"

__asm__(
    ".section .rodata\\n"
    ".global opentrail_web_pack\\n"
    "opentrail_web_pack:\\n"
    ".incbin \\"{pack}\\"\\n"
    ".byte 0\\n"
    ".text\\n");
extern "C" const char opentrail_web_pack[];

namespace opentrail::gateway {{

std::span<const WebFile> WebFiles() {{
  static const WebFile kFiles[] = {{
{rows}
  }};
  return kFiles;
}}

}}  // namespace opentrail::gateway
"""


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    pack = out.with_suffix(".pack")
    rows, packed = [], b""
    for name in sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        suffix = Path(name).suffix
        if suffix not in TYPES:
            sys.exit(f"{folder / name}: no content type is known for {suffix} (tools/embed_web.py, TYPES)")
        content = (folder / name).read_bytes()
        squeezed = gzip.compress(content, 9, mtime=0)
        digest = hashlib.sha256(content).hexdigest()
        rows.append(f'      {{"{name}", "{TYPES[suffix]}", "{digest}", {{opentrail_web_pack + {len(packed)}, {len(squeezed)}}}}},')
        packed += squeezed
    if not rows:
        sys.exit(f"{folder}: there are no files to embed")
    pack.write_bytes(packed)
    out.write_text(SOURCE.format(pack=pack, rows="\n".join(rows)))


if __name__ == "__main__":
    main()

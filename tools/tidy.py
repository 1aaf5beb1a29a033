#!/usr/bin/env python3
"""Holds the house in order: include ranks and cycles, lengths, headers' guards, what the documents name, and that no merge was left half done.

  tools/tidy.py            checks the whole tree; prints one line a finding; exits 1 where there is any
  tools/tidy.py --self-test   checks that each rule finds what it is for
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RANKS = {
    "base": 0, "codec": 1, "http": 2, "sigv4": 3, "protocol": 3, "store": 3, "logs": 4, "catalog": 4, "iam": 4,
    "sql": 5, "formats": 5, "trail": 5, "engine": 6, "instances": 6, "investigate": 7, "services": 8, "gateway": 9, "lab": 9, "cli": 10,
}
MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 800
ENGINE_HEADER = re.compile(r'^\s*#include\s+[<"]duckdb', re.M)
INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"', re.M)
# What counts as a path in a document: `src/x/y.cc`, `tools/tidy.py`, `docs/formats/`, also `src/x/y.cc:Function`.
DOCUMENT_PATH = re.compile(r"`((?:\./)?[A-Za-z0-9_.][A-Za-z0-9_./-]*)(?::([A-Za-z_][A-Za-z0-9_:]*))?`")
DOCUMENT_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
# What a merge that was not finished leaves behind.
CONFLICT = re.compile(r"^(<<<<<<<|>>>>>>>) ", re.M)
TEXT_SUFFIXES = (".h", ".cc", ".py", ".md", ".txt", ".ts", ".tsx", ".sql", ".json", ".cmake", ".css", "")
TOP_FOLDERS = ("src", "web", "lab", "tests", "fuzz", "bench", "docs", "tools", "cmake", ".ci")


def sources(root):
    return sorted(p for p in (root / "src").rglob("*") if p.suffix in (".h", ".cc") and "generated" not in p.parts)


def check_includes(root):
    """Ranks, cycles between files, DuckDB's headers in engine/ alone."""
    graph = {}
    for path in sources(root):
        text = path.read_text()
        name = path.relative_to(root / "src")
        folder = name.parts[0]
        if folder not in RANKS:
            yield f"{path}: folder src/{folder} has no rank (tools/tidy.py, RANKS)"
            continue
        if ENGINE_HEADER.search(text) and folder != "engine":
            yield f"{path}: includes an engine header; only src/engine may"
        targets = []
        for include in INCLUDE.findall(text):
            if include.startswith("duckdb"):  # ENGINE_HEADER above is its rule
                continue
            if not (root / "src" / include).exists():
                yield f"{path}: includes \"{include}\", which is not under src/"
                continue
            other = include.split("/")[0]
            if other != folder and RANKS.get(other, 99) >= RANKS[folder]:
                yield f"{path}: src/{folder} (rank {RANKS[folder]}) includes src/{other} (rank {RANKS.get(other)})"
            targets.append(include)
        graph[str(name)] = targets
    yield from cycles(graph)


def cycles(graph):
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, []):
            if state.get(target) == "open":
                yield "include cycle: " + " -> ".join(trail[trail.index(target):] + [target] if target in trail else trail)
            elif target not in state:
                yield from visit(target, trail + [target])
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            yield from visit(node, [node])


def check_files(root):
    for path in sources(root):
        lines = path.read_text().count("\n")
        if lines > MAX_FILE_LINES:
            yield f"{path}: {lines} lines; {MAX_FILE_LINES} is the most"
        if path.suffix == ".h" and "#pragma once" not in path.read_text():
            yield f"{path}: no #pragma once"


def check_constants(root):
    """An inline constant that two headers of a folder define is one object to the linker, which keeps either value."""
    defined = {}
    for path in sources(root):
        if path.suffix != ".h":
            continue
        folder = path.relative_to(root / "src").parts[0] if path.is_relative_to(root / "src") else ""
        for name in re.findall(r"^inline constexpr [^=;({]*\b(k\w+)(?:\[\w*\])? *[={]", path.read_text(), re.M):
            other = defined.setdefault((folder, name), path)
            if other != path:
                yield f"{path}: {name} is also defined in {other}"


def check_functions(root):
    files = [str(p) for p in sources(root)]
    if not files:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listing:
        listing.write("\n".join(files))
        listing.flush()
        tags = subprocess.run(
            ["ctags", "--output-format=json", "--fields=+ne", "--kinds-c++=f", "--language-force=C++", "-o", "-", "-L", listing.name],
            capture_output=True, text=True, check=True).stdout
    for line in tags.splitlines():
        tag = json.loads(line)
        length = tag.get("end", tag["line"]) - tag["line"] + 1
        if tag.get("kind") == "function" and length > MAX_FUNCTION_LINES:
            yield f"{tag['path']}:{tag['line']}: {tag['name']} has {length} lines; {MAX_FUNCTION_LINES} is the most"


def documents(root):
    return sorted(list(root.glob("*.md")) + list((root / "docs").rglob("*.md")) +
                  [p for folder in TOP_FOLDERS for p in (root / folder).glob("**/README.md") if "node_modules" not in p.parts])


def check_documents(root):
    """Every path that a document names exists, and every function named after a colon is in that file."""
    for document in dict.fromkeys(documents(root)):
        text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S)
        for path, function in DOCUMENT_PATH.findall(text):
            if not looks_like_path(path):
                continue
            target = root / path
            if not target.exists():
                yield f"{document}: names {path}, which does not exist"
            elif function and not re.search(rf"\b{re.escape(function.split('::')[-1])}\b", target.read_text()):
                yield f"{document}: names {function} in {path}, where it is not"
        for link in DOCUMENT_LINK.findall(text):
            if not (document.parent / link).exists():
                yield f"{document}: links to {link}, which does not exist"


def check_conflicts(root):
    for folder in TOP_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if {"node_modules", "dist"} & set(path.parts) or path.suffix not in TEXT_SUFFIXES or not path.is_file():
                continue
            found = CONFLICT.search(path.read_bytes().decode(errors="replace"))
            if found:
                yield f"{path}: a merge was not finished: {found.group(1)}"


def looks_like_path(path):
    first = path.removeprefix("./").split("/")[0]
    return ("/" in path and first in TOP_FOLDERS) or path in ("./run", "./test")


CHECKS = (check_includes, check_files, check_constants, check_functions, check_documents, check_conflicts)


def findings(root):
    return [finding for check in CHECKS for finding in check(root)]


def self_test():
    """Builds a small tree with one fault of each kind and expects each to be found."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in {
            "src/base/a.h": '#pragma once\n#include "logs/b.h"\n',
            "src/logs/b.h": '#include "logs/c.h"\ninline constexpr int kMany = 1;\n',
            "src/logs/c.h": '#pragma once\n#include "logs/b.h"\n#include <duckdb.hpp>\ninline constexpr size_t kMany = 2;\n',
            "src/logs/long.cc": "void Long() {\n" + "  ;\n" * 80 + "}\n",
            "src/logs/huge.cc": "// x\n" * 900,
            "tests/merged.py": "a\n" + "<" * 7 + " HEAD\n",
            "docs/a.md": "`src/none.cc` `src/logs/b.h:Missing` [x](gone.md)\n",
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = "\n".join(findings(root))
    wanted = ("rank 0", "include cycle", "engine header", "no #pragma once", "Long has 82 lines", "900 lines", "kMany is also defined",
              "names src/none.cc", "names Missing", "links to gone.md", "a merge was not finished")
    missed = [w for w in wanted if w not in found]
    for w in missed:
        print(f"self-test: no finding says: {w}\n{found}")
    return 1 if missed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = Path(__file__).resolve().parent.parent
    found = findings(root)
    for finding in found:
        print(finding.replace(f"{root}/", ""))
    print(f"tidy: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

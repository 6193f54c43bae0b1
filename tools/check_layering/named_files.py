"""Checks that the files that documents and comments name exist.

Usage: named_files.py ROOT

Prints `file:line: message` for each path in a document or a comment that leads
nowhere; exit status 1 when there is one. Paths start at the workspace's root,
as in #include lines. Names that stand for any (layers/x/x_layer.h) are left
alone.
"""

import os
import re
import sys

ROOMS = ("core", "kernels", "proto", "data", "layers", "formats", "net",
         "solvers", "tools", "tests", "docs", "third_party", "findings")
EXTENSION = r"\.(?:h|cc|py|sh|md|bzl|proto|prototxt)"
PATH = re.compile(r"(?<![\w/.:-])((?:" + "|".join(ROOMS) + r")/[\w/.-]*?(?:" +
                  EXTENSION + r"\b|\{[\w,./-]+\}[\w.]*))")
# Stands for any name: a single letter, alone or beside an underscore.
ANY = re.compile(r"(^|/)[a-z](_\w+)?(\.|/|$)|_x\.")
SLASHES, HASH = re.compile(r"//"), re.compile(r"(^|\s)# ")
COMMENT = {".h": SLASHES, ".cc": SLASHES, ".proto": SLASHES, ".py": HASH,
           ".sh": HASH, ".bzl": HASH}


def expand(path):
    """"a.{h,cc}" is a.h and a.cc."""
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path] if re.search(EXTENSION + "$", path) else []
    return [path[:match.start()] + part + path[match.end():]
            for part in match.group(1).split(",")]


def named_in(text, is_document, mark):
    """(line number, path) of each file that a text names."""
    for i, line in enumerate(text.split("\n"), 1):
        if not is_document:
            comment = mark.search(line)
            if not comment:
                continue
            line = line[comment.start():]
        for match in PATH.finditer(line):
            if not ANY.search(match.group(1)):
                yield from ((i, path) for path in expand(match.group(1)))


def walk(text):
    """The files of the section that walks through a training step."""
    section = re.search(r"^## A training step.*?(?=^## |\Z)", text,
                        re.MULTILINE | re.DOTALL)
    return [path for _, path in named_in(section.group(0), True, None)]


def errors(root):
    """All paths that lead nowhere, and how many were looked at."""
    found, count = [], 0
    for folder, folders, names in os.walk(root):
        # The links of a build, hidden folders, and nets that are wrong.
        folders[:] = sorted(f for f in folders if not f.startswith(".") and
                            not f.startswith("bazel-") and f != "broken_nets")
        for name in sorted(names):
            full = os.path.join(folder, name)
            extension = os.path.splitext(name)[1]
            if extension != ".md" and extension not in COMMENT:
                continue
            with open(full, encoding="utf-8") as file:
                text = file.read()
            place = os.path.relpath(full, root)
            for line, path in named_in(text, extension == ".md",
                                       COMMENT.get(extension)):
                count += 1
                if not os.path.exists(os.path.join(root, path)):
                    found.append(f"{place}:{line}: there is no {path}")
    return found, count


def main():
    found, count = errors(sys.argv[1])
    for error in found:
        print(error)
    print(f"{count} names of files, {len(found)} lead nowhere")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

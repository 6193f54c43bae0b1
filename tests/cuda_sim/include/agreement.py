"""Writes a source that compiles only if two headers agree.

Usage: agreement.py OURS.h THEIRS.h

Prints C++ that includes <THEIRS.h> and says again all that OURS.h declares:
each enumerator with its value and type as a static_assert, each field of a
struct with its place, each other name for a function and each number too,
functions and types as declarations, which C++ refuses where an earlier one
differs. OURS.h keeps to what is understood here: enums with values, structs,
typedefs and functions within `extern "C"`. What may differ are fields of the
name `others`, whose size counts, and numbers of the name ..._VERSION.
"""

import re
import sys

ENUM = re.compile(r"(?:typedef )?enum (\w*)\s*\{([^}]*)\}\s*(\w*);")
STRUCT = re.compile(r"(?:typedef )?struct (\w+)\s*\{([^}]*)\}\s*(\w*);")
FIELD = re.compile(r"(\w+)(?:\[\d+\])?;")
ENUMERATOR = re.compile(r"(\w+) = (-?\d+)")
NUMBER = re.compile(r"^#define (\w+)(?<!_VERSION) (0x[0-9a-f]+|\d+)$",
                    re.MULTILINE)
OTHER_NAME = re.compile(r"^#define (\w+) ([A-Za-z]\w+)$", re.MULTILINE)


def enumerators(text):
    """Pairs of an enum's name and [(enumerator, value)]."""
    for tag, body, name in ENUM.findall(text):
        entries = [entry.strip() for entry in body.split(",") if entry.strip()]
        matches = [ENUMERATOR.fullmatch(entry) for entry in entries]
        if not all(matches):
            raise ValueError(f"{name}: each enumerator needs a value")
        yield name or tag, [match.groups() for match in matches]


def structs(text):
    """C++ that compares all structs with ours."""
    for tag, body, name in STRUCT.findall(text):
        name, ours = name or tag, "Our" + tag
        yield f"struct {ours} {{{body}}};"
        yield f"static_assert(std::is_same_v<struct {tag}, {name}>);"
        yield f"static_assert(sizeof({ours}) == sizeof({name}));"
        for field in FIELD.findall(body):
            if field == "others":
                continue
            yield (f"static_assert(offsetof({ours}, {field}) == "
                   f"offsetof({name}, {field}));")
            yield (f"static_assert(std::is_same_v<decltype({ours}::{field}), "
                   f"decltype({name}::{field})>);")


def declarations(text):
    """The functions and types, but for the enums."""
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    text = STRUCT.sub("", ENUM.sub("", text)).replace('extern "C" {', "")
    statements = [" ".join(statement.split())
                  for statement in text.split(";") if statement.strip()]
    if statements and statements[-1] == "}":
        statements.pop()
    for statement in statements:
        if re.search(r"[{}]", statement):
            raise ValueError(f"not understood: {statement}")
    return statements


def agreement(text, theirs):
    """The source as one string."""
    text = re.sub(r"//.*", "", text).replace("\\\n", " ")
    lines = [f"#include <{theirs}>", "", "#include <cstddef>",
             "#include <string_view>", "#include <type_traits>", "", "#define TEXT_OF(name) TEXT(name)",
             "#define TEXT(name) std::string_view(#name)"]
    for name, values in enumerators(text):
        for enumerator, value in values:
            lines.append(f"static_assert({enumerator} == {value});")
            lines.append("static_assert(std::is_same_v<decltype("
                         f"{enumerator}), {name}>);")
    lines += structs(text)
    for name, value in NUMBER.findall(text):
        lines.append(f"static_assert({name} == {value});")
    for name, meant in OTHER_NAME.findall(text):
        lines.append(f'static_assert(TEXT_OF({name}) == "{meant}");')
    lines.append('extern "C" {')
    lines += [statement + ";" for statement in declarations(text)]
    lines += ["}", "int main() {}", ""]
    return "\n".join(lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as ours:
        print(agreement(ours.read(), sys.argv[2]), end="")


if __name__ == "__main__":
    main()

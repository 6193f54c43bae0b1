"""Writes what was found as JSON and as Markdown."""

import json
import os

_MARKS = {"passed": "passed", "failed": "**failed**", "not run": "**not run**"}
# Without them a report says nothing for the GPU.
REQUIRED = ("device tests", "losses beside the CPU", "speed")


def is_success(parts):
    """All that is required passed, and nothing failed."""
    status = {part["name"]: part["status"] for part in parts}
    return (all(status.get(name) == "passed" for name in REQUIRED) and
            "failed" not in status.values())


def _escape(value):
    return str(value).replace("|", "\\|").replace("\n", " ")


def _table(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return ["| " + " | ".join(_escape(cell) for cell in line) + " |"
            for line in lines]


def _outputs(outputs):
    lines = []
    for name, output in outputs.items():
        lines += ["", f"The end of what {name} wrote:", ""]
        lines += ["    " + line for line in output.splitlines()]
    return lines


def markdown(parts):
    """The report as text: the parts in one table, then each."""
    verdict = ("All that was asked for passed." if is_success(parts) else
               "NOT all passed: see what failed or did not run.")
    lines = ["# GPU check", "", verdict, ""]
    lines += _table(["part", "status", "s", "note"], [
        [part["name"], _MARKS[part["status"]], f'{part["seconds"]:.1f}',
         part["note"]] for part in parts])
    for part in parts:
        if not (part.get("table") or part.get("outputs")):
            continue
        lines += ["", f'## {part["name"]}', ""]
        if part.get("table"):
            lines += _table(part["table"]["columns"], part["table"]["rows"])
        lines += _outputs(part.get("outputs", {}))
    return "\n".join(lines) + "\n"


def write(folder, parts):
    """Writes gpu_check.json and gpu_check.md, whole at every time."""
    os.makedirs(folder, exist_ok=True)
    texts = {
        "gpu_check.json": json.dumps({"success": is_success(parts),
                                      "parts": parts}, indent=1) + "\n",
        "gpu_check.md": markdown(parts),
    }
    for name, text in texts.items():
        path = os.path.join(folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)

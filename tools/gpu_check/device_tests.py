"""Runs the device tests of a pack, several at once."""

import concurrent.futures
import json
import os
import tempfile

from tools.gpu_check import programs

_LIMIT_SECONDS = 120  # of one test
# Cases that name another device say nothing of the GPU.
_NOT_OTHER_DEVICES = "--gtest_filter=-*/cpu*:*/host*"


def read_cases(path):
    """(passed, failed, skipped, those whose name says cuda) of GoogleTest."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    passed, failed, skipped, on_gpu = [], [], [], []
    for suite in report["testsuites"]:
        for case in suite["testsuite"]:
            name = f'{suite["name"]}.{case["name"]}'
            if case.get("failures"):
                failed.append(name)
            elif case.get("result") == "COMPLETED":
                passed.append(name)
                if "cuda" in name.lower():
                    on_gpu.append(name)
            elif case.get("result") == "SKIPPED":
                skipped.append(name)
    return passed, failed, skipped, on_gpu


def _judge(test, outcome, path):
    """(status, note, number of cases that passed)."""
    try:
        passed, failed, skipped, on_gpu = read_cases(path)
    except (OSError, ValueError, KeyError):
        why = programs.explain(outcome) or "it wrote no result"
        return "failed", why, 0
    if failed:
        return "failed", f"{len(failed)} cases, {failed[0]} first", len(passed)
    if outcome.code != 0:
        return "failed", programs.explain(outcome), len(passed)
    if not passed:
        return "not run", f"{len(skipped)} cases, all skipped", 0
    if test["is_over_devices"] and not on_gpu:
        return "not run", "no case ran on the GPU", len(passed)
    note = f"{len(skipped)} cases skipped" if skipped else ""
    return "passed", note, len(passed)


def run_one(test, tree, env, clock):
    """Runs a test as Bazel does: in the root of its files."""
    limit = clock.limit(_LIMIT_SECONDS)
    result = {"test": test["label"], "status": "not run", "cases": 0,
              "seconds": 0.0, "note": "no time was left", "output": ""}
    if limit < 1:
        return result
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cases.json")
        command = [os.path.join(tree, test["path"]), f"--gtest_output=json:{path}"]
        if test["is_over_devices"]:
            command.append(_NOT_OTHER_DEVICES)
        outcome = programs.run(command, limit, dict(env, TEST_TMPDIR=folder), tree)
        status, note, cases = _judge(test, outcome, path)
    result.update(status=status, note=note, cases=cases, seconds=outcome.seconds,
                  output=outcome.output if status == "failed" else "")
    return result


def run_all(tests, tree, env, clock, at_once):
    """The results, in the order of `tests`."""
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(
            lambda test: run_one(test, tree, env, clock), tests))


def part(results):
    """The part of a report."""
    count = {status: sum(r["status"] == status for r in results)
             for status in ("passed", "failed", "not run")}
    worst_first = sorted(results, key=lambda r: ("failed", "not run",
                                                 "passed").index(r["status"]))
    is_whole = results and count["passed"] == len(results)
    return {
        "status": "passed" if is_whole else "failed",
        "note": f'{len(results)} tests: {count["passed"]} passed, '
                f'{count["failed"]} failed, {count["not run"]} not run',
        "table": {
            "columns": ["test", "status", "cases", "s", "note"],
            "rows": [[r["test"], r["status"], r["cases"],
                      f'{r["seconds"]:.1f}', r["note"]] for r in worst_first],
        },
        "outputs": {r["test"]: r["output"] for r in results if r["output"]},
    }

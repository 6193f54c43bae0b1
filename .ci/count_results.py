"""Counts test cases from Bazel's build events: prints `N passed, M failed`.

Usage: count_results.py (EVENTS.json BAZEL_EXIT_STATUS)...

Several runs of Bazel are added up.

Every case of every test.xml counts. Skipped cases are listed and count as
neither passed nor failed. A test target that failed without a failed case (it
crashed, timed out or did not build) counts as one failure, and so does a Bazel
that failed for any other reason. A test target that this configuration leaves
out (it needs --config=cuda) does not count. Results from Bazel's cache count like others.
"""

import collections
import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree

Counts = collections.namedtuple("Counts", ["passed", "failed", "skipped"])


def read_events(path):
    """The events, one JSON object a line; [] when Bazel wrote none."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def xml_paths(events):
    """{(target, run, shard): path of test.xml} of the last attempts."""
    paths = {}
    for event in events:
        key = event["id"].get("testResult")
        if key is None or "testResult" not in event:
            continue
        for output in event["testResult"].get("testActionOutput", []):
            if output["name"] == "test.xml":
                uri = urllib.parse.urlparse(output["uri"])
                which = (key["label"], key.get("run"), key.get("shard"))
                paths[which] = urllib.parse.unquote(uri.path)
    return paths


def count_cases(path):
    """Counts the cases of one test.xml."""
    passed, failed, skipped = 0, 0, []
    root = xml.etree.ElementTree.parse(path).getroot()
    for case in root.iter("testcase"):
        name = f'{case.get("classname", "")}.{case.get("name", "")}'
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif (case.find("skipped") is not None or
              case.get("status") == "notrun"):
            skipped.append(name.strip("."))
        else:
            passed += 1
    return Counts(passed, failed, skipped)


def left_out(events):
    """The labels of targets that are incompatible with the configuration."""
    return {
        event["id"]["targetCompleted"]["label"] for event in events
        if event.get("aborted", {}).get("reason") == "SKIPPED" and
        "targetCompleted" in event["id"]
    }


def expected_targets(events):
    """All test targets of the command line: {label: overall status}."""
    statuses = {}
    for event in events:
        kind = event.get("configured", {}).get("targetKind", "")
        if kind.endswith("_test rule"):
            statuses[event["id"]["targetConfigured"]["label"]] = "NO_STATUS"
    for event in events:
        if "testSummary" in event:
            label = event["id"]["testSummary"]["label"]
            statuses[label] = event["testSummary"]["overallStatus"]
    for label in left_out(events):
        statuses.pop(label, None)
    return statuses


def count_all(events, bazel_status):
    """Counts over all targets; each problem without a case is one failure."""
    passed, skipped, problems = 0, [], []
    failed_of = collections.Counter()
    for (label, _, _), path in sorted(xml_paths(events).items(), key=str):
        try:
            counts = count_cases(path)
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            counts = Counts(0, 1, [])
            problems.append(f"{label}: {error}")
        passed += counts.passed
        failed_of[label] += counts.failed
        skipped += [f"{label} {name}" for name in counts.skipped]
    for label, status in sorted(expected_targets(events).items()):
        if status != "PASSED":
            problems.append(f"{label}: {status}")
            failed_of[label] = max(failed_of[label], 1)
    failed = sum(failed_of.values())
    if bazel_status != 0 and failed == 0:
        problems.append(f"bazel ended with status {bazel_status}")
        failed = 1
    return Counts(passed, failed, skipped), problems


def main():
    passed, failed = 0, 0
    runs_passed = True
    for events, status in zip(sys.argv[1::2], sys.argv[2::2]):
        counts, problems = count_all(read_events(events), int(status))
        for name in counts.skipped:
            print(f"skipped: {name}")
        for problem in problems:
            print(f"failed: {problem}")
        passed += counts.passed
        failed += counts.failed
        runs_passed = runs_passed and counts.passed > 0
    print(f"{passed} passed, {failed} failed")
    return 0 if runs_passed and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

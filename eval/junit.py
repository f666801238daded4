"""A run as JUnit XML: one test per case and per gate, for the test tabs of CI systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from eval.gates import GateResult


def junit(result: Mapping[str, Any], gates: Sequence[GateResult]) -> str:
    """The XML document.  A case with a blamed stage fails; a case that raised an error is an error."""
    root = ET.Element("testsuites")
    _suite(root, "gates", [_gate(g) for g in gates])
    _suite(root, "cases", [_case(c) for c in result["cases"]])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def write_junit(result: Mapping[str, Any], gates: Sequence[GateResult], path: Path) -> None:
    """Writes the XML document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(junit(result, gates), encoding="utf-8")


def _suite(root: ET.Element, name: str, tests: Sequence[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=f"briefing.eval.{name}", tests=str(len(tests)))
    suite.set("failures", str(sum(t.find("failure") is not None for t in tests)))
    suite.set("errors", str(sum(t.find("error") is not None for t in tests)))
    suite.extend(tests)


def _gate(gate: GateResult) -> ET.Element:
    test = ET.Element("testcase", classname="gate", name=gate.name)
    if not gate.passed:
        ET.SubElement(test, "failure", message=_clean(gate.reason))
    return test


def _case(case: Mapping[str, Any]) -> ET.Element:
    seconds = (case["metrics"].get("latency_ms") or 0.0) / 1000
    test = ET.Element(
        "testcase",
        classname=str(case["type"]),
        name=_clean(f"{case['id']} {case['question']}"),
        time=f"{seconds:.3f}",
    )
    if case["error"] is not None:
        ET.SubElement(test, "error", message=_clean(case["error"]))
    elif case["failure"]:
        failure = ET.SubElement(test, "failure", message=case["failure"], type=case["failure"])
        failure.text = _clean(f"expected: {case['expected']}")
    return test


def _clean(text: str) -> str:
    """Characters that XML 1.0 forbids are left out."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)

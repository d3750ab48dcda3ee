"""Checks what the model wrote, by executing its steps anew.

First every equation and comparison on its own, wherever it stands: `7+9+0=16`, `25=6*4+1`,
`8<91`, `27 > 51: false`. Then the whole: the steps are executed again from the problem's operands,
and each written line must be what the execution gives at that place, with or without the check.
"""
import re

from problems import Problem
from tasks import work_again
from tokenizer import END_THINK

SEPARATOR = "\n" + END_THINK + "\n\n"
EQUATION = re.compile(r"(?<![\w.])(-?\d+(?:[-+*]\d+)*)=(-?\d+(?:[-+*]\d+)*)(?![\w.])")
COMPARISON = re.compile(r"(?<![\w.*])(\d+)([<>])(\d+)(?![\w.])")
JUDGED = re.compile(r"^(\d+) ([<>=]) (\d+): (true|false|참|거짓)$")
TERM = re.compile(r"[-+]?[^-+]+")


def value(text: str) -> int:
    """A sum of products of whole numbers, the first one perhaps negative."""
    total = 0
    for term in TERM.findall(text):
        product = 1
        for factor in term.lstrip("+").split("*"):
            product *= int(factor)
        total += product
    return total


def compares(left: str, sign: str, right: str) -> bool:
    a, b = int(left), int(right)
    return a < b if sign == "<" else a > b if sign == ">" else a == b


def line_faults(line: str) -> list[str]:
    """The equations and comparisons of one line that are not true."""
    faults = [match[0] for match in EQUATION.finditer(line) if value(match[1]) != value(match[2])]
    faults += [match[0] for match in COMPARISON.finditer(line) if not compares(*match.groups())]
    judged = JUDGED.match(line)
    if judged and compares(*judged.groups()[:3]) != (judged[4] in ("true", "참")):
        faults.append(line)
    return faults


def faults(problem: Problem, output: str) -> list[str]:
    """What is wrong with an output (without the end token); empty if every step is right."""
    reasoning, separator, answer = output.partition(SEPARATOR)
    if not separator or END_THINK in answer:
        return ["not one </think> and an answer"]
    lines = reasoning.split("\n")
    found = [fault for line in lines for fault in line_faults(line)]
    again = work_again(problem)
    wanted = again.steps + (again.check if len(lines) > len(again.steps) else [])
    for i, (line, expected) in enumerate(zip(lines, wanted)):
        if line != expected:
            found.append(f"line {i + 1}: {line!r} instead of {expected!r}")
            break
    if len(lines) != len(wanted):
        found.append(f"{len(lines)} lines instead of {len(wanted)}")
    if answer != again.answer:
        found.append(f"answer {answer!r} instead of {again.answer!r}")
    return found

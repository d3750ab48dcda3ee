"""Writes the examples by which module eval is held against these generators and this checker.

Run: python3 vectors.py keys > ../../../eval/src/test/resources/training-keys.jsonl
     python3 vectors.py steps > ../../../eval/src/test/resources/written-steps.jsonl"""
import json
import random
import sys

import check
import tasks
from problems import LEVELS, Problem
from stories import ONE_STEP, REST, TWO_STEPS

SEED = 20261130
ASKED = {  # what eval's own generators ask of a family that has several kinds of questions
    "decimals": {"larger"}, "dates": {"after", "before"},
    "integers": {"parity", "divisible", "prime"},
}
DAMAGED = 3  # outputs of each problem


def example(problem: Problem) -> dict:
    """Facts as they are in JSON, where a tuple is a list; of a story its number and numbers."""
    facts = problem.facts
    if problem.task == "stories":
        facts = tuple(map(int, problem.key.split(" ")[1:]))
    return {"task": problem.task, "facts": facts, "key": problem.key,
            "held_out": problem.held_out, "answer": problem.answer}


def keys() -> list[dict]:
    rng = random.Random(SEED)
    found = []
    for task in tasks.FAMILIES:
        for level in LEVELS:
            for language in tasks.LANGUAGES:
                problems = [tasks.MAKE[task](rng, level, language) for _ in range(2)]
                problems += tasks.evaluation_problems(task, level, language, 1, SEED)
                found += map(example, problems)
    for number, story in enumerate((*ONE_STEP, *REST, *TWO_STEPS)):
        found.append({"task": "wording", "facts": [number, story.english, story.korean],
                      "key": f"story {number}", "held_out": False, "answer": ""})
    return found


def other_digit(rng: random.Random, text: str) -> str:
    """One digit changed, or the last character left out where there is none."""
    places = [i for i, character in enumerate(text) if character.isdigit()]
    if not places:
        return text[:-1]
    at = rng.choice(places)
    digit = rng.choice([d for d in "0123456789" if d != text[at]])
    return text[:at] + digit + text[at + 1:]


def damaged(rng: random.Random, lines: list[str], answer: str) -> tuple[list[str], str]:
    """Something done to an output; mostly it is wrong then, and the checker says whether."""
    kind, at, lines = rng.randrange(6), rng.randrange(len(lines)), lines.copy()
    if kind < 2:
        lines[at] = other_digit(rng, lines[at])
    elif kind == 2:
        return lines, other_digit(rng, answer)
    elif kind == 3:
        del lines[at]
    elif kind == 4:
        lines.insert(at, rng.choice(["1+1=2", "1+1=3", "7<5", "", lines[at]]))
    else:
        lines[at - 1], lines[at] = lines[at], lines[at - 1]
    return lines, answer


def judged(problem: Problem, lines: list[str], answer: str) -> dict:
    reasoning = "\n".join(lines)
    return {"reasoning": reasoning, "answer": answer,
            "false": [fault for line in lines for fault in check.line_faults(line)],
            "valid": not check.faults(problem, reasoning + check.SEPARATOR + answer)}


def asked(rng: random.Random, task: str, level: int, language: str) -> Problem:
    """Dates above level 2 are training's alone: eval asks for weekdays only."""
    while True:
        problem = tasks.MAKE[task](rng, min(level, 2) if task == "dates" else level, language)
        if problem.kind in ASKED.get(task, {problem.kind}):
            return problem


def steps() -> list[dict]:
    rng = random.Random(SEED)
    found = []
    for task in tasks.FAMILIES:
        for level in LEVELS:
            for language in tasks.LANGUAGES:
                problem = asked(rng, task, level, language)
                worked = problem.worked
                whole = worked.steps + worked.check
                outputs = [judged(problem, worked.steps, worked.answer)]
                if worked.check:
                    outputs.append(judged(problem, whole, worked.answer))
                for _ in range(DAMAGED):
                    lines = whole if rng.random() < 0.3 else worked.steps
                    outputs.append(judged(problem, *damaged(rng, lines, worked.answer)))
                found.append({"task": task, "language": language, "key": problem.key,
                              "facts": problem.facts, "outputs": outputs})
    return found


if __name__ == "__main__":
    for line in (steps if sys.argv[1:] == ["steps"] else keys)():
        print(json.dumps(line, ensure_ascii=False))

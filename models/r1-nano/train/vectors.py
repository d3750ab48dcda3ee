"""Writes the examples by which module eval's generators are held against these ones.

Run: python3 vectors.py > ../../../eval/src/test/resources/training-keys.jsonl"""
import json
import random

import tasks
from problems import LEVELS
from stories import ONE_STEP, REST, TWO_STEPS

SEED = 20261130


def example(problem) -> dict:
    """Facts as they are in JSON, where a tuple is a list; of a story its number and numbers."""
    facts = problem.facts
    if problem.task == "stories":
        facts = tuple(map(int, problem.key.split(" ")[1:]))
    return {"task": problem.task, "facts": facts, "key": problem.key,
            "held_out": problem.held_out, "answer": problem.answer}


def examples() -> list[dict]:
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


if __name__ == "__main__":
    for line in examples():
        print(json.dumps(line, ensure_ascii=False))

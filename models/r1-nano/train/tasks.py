"""What r1-nano learns: the families, their mixture in training, and held-out problems.

Held-out rule: the canonical form of a problem (task and operands, without wording, order or
language) is hashed and one bucket in ten is for evaluation only. A training problem may not even
contain a held-out one as a step, as (12 + 34) * 5 contains 12 + 34. Outside questions are hashed
by their text, and some wordings and words (see `problems.reserved`) never occur in training.
"""
import random
from dataclasses import replace

import arithmetic
import comparing
import dates
import integers
import letters
import logic
import stories
from outside import outside, sentence
from problems import LEVELS, Problem, Worked
from talk import talk

MAKE = {
    "addition": arithmetic.single("+"), "subtraction": arithmetic.single("-"),
    "multiplication": arithmetic.single("*"), "division": arithmetic.single("/"),
    "mixed": arithmetic.mixed, "decimals": comparing.decimals, "ordering": comparing.ordering,
    "letters": letters.letters, "dates": dates.dates, "stories": stories.stories,
    "integers": integers.integers, "logic": logic.logic,
}
FAMILIES = tuple(MAKE)
LANGUAGES = ("en", "ko")
WORK = {  # how the steps of a problem are executed anew from its facts
    **dict.fromkeys(("addition", "subtraction", "multiplication", "division", "mixed"),
                    arithmetic.work),
    "decimals": comparing.work_decimals, "ordering": comparing.work_ordering,
    "letters": letters.work, "dates": dates.work, "stories": stories.work,
    "integers": integers.work, "logic": logic.work,
}
SHARES = {"addition": 9, "subtraction": 12, "multiplication": 13, "division": 7, "mixed": 11,
          "decimals": 7, "ordering": 6, "letters": 9, "dates": 9, "stories": 8, "integers": 8,
          "logic": 6, "talk": 2, "outside": 11}
# after reinforcement learning: more of what it still fails by its success for each family
WEAK_SHARES = {"addition": 3, "subtraction": 4, "multiplication": 5, "division": 3, "mixed": 5,
               "decimals": 8, "ordering": 18, "letters": 16, "dates": 18, "stories": 4,
               "integers": 12, "logic": 18, "talk": 2, "outside": 6}
LEVEL_SHARES = (2, 3, 4, 4)
KOREAN_SHARE, CHECKED_SHARE, SYSTEM_SHARE = 0.4, 0.12, 0.1
SYSTEM_TEXTS = ("You are a helpful assistant.", "You are r1-nano.", "Answer briefly.",
                "You are a helpful and honest assistant. Think before you answer.",
                "Be polite and concise.", "You are a calculator.", "Reply in English.",
                "You are a math tutor.", "Today is Monday.", "당신은 친절한 도우미입니다.")


def work_again(problem: Problem) -> Worked:
    """The steps executed anew from the problem's facts."""
    return WORK[problem.task](problem.facts, problem.language)


def family_problem(rng: random.Random, task: str, level: int, language: str) -> Problem:
    """A problem for training: three in ten sums have operands that a plain draw seldom gives."""
    if task in ("addition", "subtraction"):
        return MAKE[task](rng, level, language, rare=True)
    return MAKE[task](rng, level, language)


def problem_of(rng: random.Random, task: str, level: int) -> Problem:
    """A problem of a task in either language; it may be a held-out one."""
    language = "ko" if rng.random() < KOREAN_SHARE else "en"
    if task == "talk":
        return talk(rng, language)
    return outside(rng) if task == "outside" else family_problem(rng, task, level, language)


def training_problem(rng: random.Random, shares: dict[str, float] = SHARES) -> Problem:
    """One problem of the training mixture; never a held-out one. Some have a system text."""
    task = rng.choices(list(shares), list(shares.values()))[0]
    while True:
        problem = problem_of(rng, task, rng.choices(LEVELS, LEVEL_SHARES)[0])
        if problem.trainable or task == "talk":
            break
    if problem.worked.check and rng.random() < CHECKED_SHARE:
        problem = replace(problem, checked=True)
    if rng.random() < SYSTEM_SHARE:
        system = rng.choice(SYSTEM_TEXTS) if rng.random() < 0.6 else sentence(rng, False)
        problem = replace(problem, system=system)
    return problem


def evaluation_problems(task: str, level: int, language: str, count: int,
                        seed: int) -> list[Problem]:
    """`count` held-out problems of a task: of the level for families; seen or unseen wording for
    "outside" and "outside-unseen". Where fewer exist (primes), wordings repeat them."""
    rng = random.Random(f"{seed} {task} {level} {language}")
    problems = []
    while len(problems) < count:
        if task == "talk":
            problem = talk(rng, language)
        elif task.startswith("outside"):
            problem = outside(rng, task == "outside-unseen")
        else:
            problem = MAKE[task](rng, level, language)
        held = problem.held_out or task in ("talk", "outside-unseen")
        if held and problem.language == language:
            problems.append(problem)
    return problems

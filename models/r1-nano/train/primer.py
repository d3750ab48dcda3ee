"""The base model of the R1-Zero run: it knows how such texts look, not how to be right.

R1-Zero starts from a pre-trained base without a cold start. A base of this size has to be made:
it copies numbers and words, writes digits apart and letters spelled, knows the form of an answer,
and has seen chains of the easiest family in all stages of completeness. A chain that breaks off
ends in a guess, mostly a wrong one, and most chains break off early; reinforcement is to find out
by itself that longer ones are worth it.
"""
import random

import tasks
from lexicon import ALL_WORDS
from problems import Problem, operand
from steps import apart
from tokenizer import Tokenizer

FAMILY, LEVEL = "addition", 1  # the easiest one
KINDS = ((FAMILY, (LEVEL,)),)
COPYING_SHARE = 0.3


def copying(rng: random.Random) -> tuple[str, str, str]:
    """Question, reasoning and answer of a copying exercise."""
    if rng.random() < 0.5:
        number = operand(rng, rng.randint(1, 5))
        return rng.choice([f"Copy {number}.", f"{number}"]), apart(number), str(number)
    word = rng.choice(ALL_WORDS)
    return rng.choice([f"Copy {word}.", f"Spell {word}."]), " ".join(word), word


def guess(rng: random.Random, problem: Problem) -> str:
    """An answer of the right form with a number of about the right size."""
    left, _, result = problem.answer.partition(" = ")
    return f"{left} = {max(0, int(result) + rng.choice([-10, -9, -2, -1, 1, 2, 9, 10, 11]))}"


def unreliable(rng: random.Random, problem: Problem) -> tuple[str, str]:
    """Reasoning and answer: the first lines of the chain, few of them mostly, and then a guess."""
    steps = problem.worked.steps
    kept = min(rng.randrange(len(steps)), rng.randrange(len(steps))) + (rng.random() < 0.15)
    whole = rng.random() < 0.06
    lines = steps if whole else steps[:max(1, kept)]
    return "\n".join(lines), problem.answer if whole else guess(rng, problem)


def source(tokens: Tokenizer):
    def row(rng: random.Random):
        if rng.random() < COPYING_SHARE:
            question, reasoning, answer = copying(rng)
            return tokens.prompt(question), tokens.output(reasoning, answer)
        while True:
            problem = tasks.problem_of(rng, FAMILY, LEVEL)
            if problem.trainable:
                break
        return tokens.prompt(problem.question), tokens.output(*unreliable(rng, problem))
    return row

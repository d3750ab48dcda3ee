"""Rejection sampling: what the model itself wrote, if it is right, valid and short.

Each training problem is sampled several times at temperature 1. Of the outputs with the right
answer in the right language, whose every step the checker accepts, the shortest and one other are
kept; problems that the model always solves are kept once. Refusals and talk come from the
generator. Writes samples.jsonl (question, system, reasoning, answer, task, level, language) and
resumes where it stopped.

Usage: reject.py --work DIR --tokenizer FILE --start CHECKPOINT --problems N [--samples 8]
       [--seed 4] [--threads 1]
"""
import argparse
import json
import random

import torch

import check
import tasks
from model import generate
from problems import Problem
from rewards import reward
from stage import OUTPUT_LIMIT, Stage, finish, load_checkpoint, model_of
from tokenizer import EOS, Tokenizer

BATCH = 256  # outputs sampled at a time


class Rejection(Stage):
    def __init__(self, arguments: argparse.Namespace):
        self.each = BATCH // arguments.samples  # problems of one step
        super().__init__(arguments.name, arguments.work, -(-arguments.problems // self.each),
                         arguments.seed)
        self.samples, self.tokens = arguments.samples, Tokenizer.load(arguments.tokenizer)
        self.model = model_of(load_checkpoint(arguments.start)).eval()
        self.kept: list[str] = []
        self.resume()

    def state(self) -> dict:
        """The lines kept so far are written with the checkpoint, so both tell of the same step."""
        with open(self.path("samples.jsonl"), "w", encoding="utf-8") as file:
            file.writelines(self.kept)
        return {"kept": self.kept}

    def load(self, state: dict) -> None:
        self.kept = state["kept"]

    def step_once(self) -> dict:
        rng = random.Random(f"{self.seed} {self.step}")
        problems = [tasks.training_problem(rng) for _ in range(self.each)]
        asked = [p for p in problems if p.facts]
        prompts = [self.tokens.prompt(p.question, p.system)
                   for p in asked for _ in range(self.samples)]
        outputs = generate(self.model, prompts, self.tokens.ids[EOS], OUTPUT_LIMIT, 1.0, 1.0,
                           seed=self.seed * 1_000_003 + self.step)
        self.seen += sum(map(len, outputs))
        good = 0
        for number, problem in enumerate(asked):
            group = outputs[number * self.samples:(number + 1) * self.samples]
            texts = [self.tokens.decode(o) for o in group if self.accepts(problem, o)]
            good += len(texts)
            for text in chosen(rng, texts, self.samples):
                self.keep(problem, *text.split(check.SEPARATOR))
        for problem in problems:
            if not problem.facts:
                self.keep(problem, problem.reasoning, problem.answer)
        return {"accepted": good / max(1, len(outputs)), "kept": float(len(self.kept))}

    def accepts(self, problem: Problem, output: list[int]) -> bool:
        scored = reward(problem, output, len(output) < OUTPUT_LIMIT, self.tokens)
        return (scored.accuracy > 0 and scored.language > 0 and scored.length == 0
                and not check.faults(problem, self.tokens.decode(output)))

    def keep(self, problem: Problem, reasoning: str, answer: str) -> None:
        self.kept.append(json.dumps({
            "question": problem.question, "system": problem.system, "reasoning": reasoning,
            "answer": answer, "task": problem.task, "level": problem.level,
            "language": problem.language}, ensure_ascii=False) + "\n")


def chosen(rng: random.Random, texts: list[str], samples: int) -> list[str]:
    """The shortest, and another one where the model also failed."""
    if not texts:
        return []
    shortest = min(texts, key=len)
    if len(texts) == samples:
        return [rng.choice(texts)]
    return list(dict.fromkeys([shortest, rng.choice(texts)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("work", "tokenizer", "start"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--problems", type=int, required=True)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--name", default="rejection")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    finish(Rejection(arguments).run(score_every=10 ** 9))


if __name__ == "__main__":
    main()

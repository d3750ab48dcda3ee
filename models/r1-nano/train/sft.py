"""Supervised training, with the loss on the output only: cold start, primer, and on samples.

The rates are constant after a warm-up and fall linearly to 0 over the last part of the steps; the
forward pass is computed in bfloat16 (router, norms and loss in F32), in F32 for the last tenth.
What a step sees depends on the seed and the step only, so a run can stop and resume anywhere.
When a quick score says that the model is good enough, the rates begin to fall earlier.

--source cold:     generated problems with their reference chains, from nothing
--source primer:   copying, spelling and unreliable chains of one family, from nothing: the base
                   model of the R1-Zero run
--source samples:  --share from --samples FILE (see reject.py), the rest generated; on from
                   --start, or with --distill from nothing in a plain Qwen2 of half the size

Usage: sft.py --work DIR --tokenizer FILE --steps N [--source cold] [--start CHECKPOINT]
       [--samples FILE] [--share 0.5] [--distill] [--peak 1.0] [--decay 0.4] [--name cold-start]
       [--compile] [--threads 1] [--seed 1] [--score-every 500]
"""
import argparse
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

import primer
import tasks
from model import Model, Shape
from optimizers import Optimizers
from problems import Problem
from qwen2 import Qwen2, Qwen2Shape
from stage import EVERYTHING, Stage, accuracy, finish, load_checkpoint, model_of
from tokenizer import PAD, Tokenizer

BATCH = 64  # problems of one step, about 6,400 tokens
PART = 2048  # tokens of one pass with padding, which fit the processor's cache
WARM_UP = 100  # steps
BIAS_STEP = 0.001  # of the experts' selection bias, frozen when the rates start to fall
IGNORED = -100
GOOD_ENOUGH = 0.97  # mean quick accuracy of the families from which the rates fall
LEAST_STEPS = 2000  # before that
Row = tuple[list[int], list[int]]  # ids of a prompt and of an output with its end
Source = Callable[[random.Random], Row]
SHAPE = {"hidden_size": 192, "num_hidden_layers": 5}


@dataclass(frozen=True)
class Plan:
    """How a run goes. `decay` and `f32` are shares of all steps, at the end."""

    steps: int
    peak: float = 1.0  # share of the full learning rates
    decay: float = 0.4  # while the rates fall, the experts' balance is frozen
    f32: float = 0.1

    def rate(self, step: int) -> float:
        """Share of the full learning rates: warm-up, constant, linear to 0."""
        warm_up = min(WARM_UP, self.steps // 10 + 1)
        left = (self.steps - step) / (self.decay * self.steps)
        return self.peak * min(1.0, (step + 1) / warm_up, left)


def padded(rows: list[Row], pad: int) -> tuple[Tensor, Tensor]:
    """Inputs and targets (rows, tokens) of prompts and outputs; the width is a multiple of 16."""
    width = -(-(max(len(prompt) + len(output) for prompt, output in rows) - 1) // 16) * 16
    inputs = torch.full((len(rows), width), pad)
    targets = torch.full((len(rows), width), IGNORED)
    for i, (prompt, output) in enumerate(rows):
        ids = torch.tensor(prompt + output)
        inputs[i, :len(ids) - 1] = ids[:-1]
        targets[i, len(prompt) - 1:len(ids) - 1] = ids[len(prompt):]
    return inputs, targets


def parts_of(rows: list[Row], pad: int) -> list[tuple[Tensor, Tensor]]:
    """The rows sorted by length, in parts of at most PART tokens."""
    rows = sorted(rows, key=lambda row: len(row[0]) + len(row[1]))
    parts, part = [], []
    for row in rows:
        if part and (len(part) + 1) * (len(row[0]) + len(row[1]) + 15) > PART:
            parts.append(padded(part, pad))
            part = []
        part.append(row)
    return [*parts, padded(part, pad)]


def loss_of(model: Model | Qwen2, inputs: Tensor, targets: Tensor, rounded: bool) -> Tensor:
    """Summed loss of the output tokens."""
    with torch.autocast(inputs.device.type, torch.bfloat16, enabled=rounded):
        hidden = model.hidden(inputs)
    wanted = targets != IGNORED
    return F.cross_entropy(model.head(hidden[wanted].float()), targets[wanted], reduction="sum")


def row_of(tokens: Tokenizer, problem: Problem) -> Row:
    return (tokens.prompt(problem.question, problem.system),
            tokens.output(problem.reasoning, problem.answer))


def generated(tokens: Tokenizer) -> Source:
    return lambda rng: row_of(tokens, tasks.training_problem(rng))


def sampled(tokens: Tokenizer, path: str, share: float) -> Source:
    """This share from a file of samples, the rest generated, mostly of the weak families."""
    with open(path, encoding="utf-8") as file:
        samples = [json.loads(line) for line in file]

    def row(rng: random.Random) -> Row:
        if rng.random() >= share:
            return row_of(tokens, tasks.training_problem(rng, tasks.WEAK_SHARES))
        sample = rng.choice(samples)
        return (tokens.prompt(sample["question"], sample["system"]),
                tokens.output(sample["reasoning"], sample["answer"]))
    return row


class Sft(Stage):
    """From nothing, or on from a model."""

    def __init__(self, name: str, work: str, tokens: Tokenizer, plan: Plan, seed: int,
                 source: Source, model: Model | Qwen2 | None = None, kinds=EVERYTHING):
        super().__init__(name, work, plan.steps, seed)
        self.tokens, self.plan, self.source, self.kinds = tokens, plan, source, kinds
        torch.manual_seed(seed)
        self.model = (model or Model(Shape(vocab_size=len(tokens), **SHAPE))).train()
        self.optimizers = Optimizers(self.model)
        self.resume()

    def state(self) -> dict:
        return {"shape": self.model.shape.as_dict(), "model": self.model.state_dict(),
                **self.optimizers.state()}

    def load(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizers.load(state)
        if state["steps"] < self.total:
            self.end_at(state["steps"])

    def end_at(self, steps: int) -> None:
        self.total, self.plan = steps, replace(self.plan, steps=steps)

    def rows(self) -> list[Row]:
        """Prompts and outputs of this step."""
        rng = random.Random(f"{self.seed} {self.step}")
        return [self.source(rng) for _ in range(BATCH)]

    def step_once(self) -> dict:
        balancing = self.step < (1 - self.plan.decay) * self.plan.steps
        self.model.balance(BIAS_STEP if balancing else 0.0)
        rows = self.rows()
        wanted, total = sum(len(output) for _, output in rows), 0.0
        rounded = self.step < (1 - self.plan.f32) * self.plan.steps
        for inputs, targets in parts_of(rows, self.tokens.ids[PAD]):
            loss = loss_of(self.model, inputs, targets, rounded) / wanted
            loss.backward()
            total += loss.item()
            self.seen += int((inputs != self.tokens.ids[PAD]).sum())
        self.optimizers.step(self.plan.rate(self.step))
        return {"loss": total}

    def score(self) -> dict:
        shares = accuracy(self.model, self.tokens, 40, self.kinds)
        families = [shares[task] for task in tasks.FAMILIES if task in shares]
        mean = sum(families) / len(families)
        soonest = int(self.step / (1 - self.plan.decay)) + 1
        if mean >= GOOD_ENOUGH and self.step >= LEAST_STEPS and soonest < self.total:
            self.end_at(soonest)
        return {"accuracy": shares, "mean": round(mean, 4), "steps": self.total}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--source", choices=("cold", "primer", "samples"), default="cold")
    parser.add_argument("--start")
    parser.add_argument("--samples")
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--distill", action="store_true")
    parser.add_argument("--peak", type=float, default=1.0)
    parser.add_argument("--decay", type=float, default=0.4)
    parser.add_argument("--name", default="cold-start")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--score-every", type=int, default=500)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tokens = Tokenizer.load(arguments.tokenizer)
    source = {"cold": lambda: generated(tokens), "primer": lambda: primer.source(tokens),
              "samples": lambda: sampled(tokens, arguments.samples, arguments.share),
              }[arguments.source]()
    model = model_of(load_checkpoint(arguments.start)) if arguments.start else None
    if arguments.distill:
        model = Qwen2(Qwen2Shape(vocab_size=len(tokens)))
    stage = Sft(arguments.name, arguments.work, tokens,
                Plan(arguments.steps, arguments.peak, arguments.decay), arguments.seed, source,
                model, primer.KINDS if arguments.source == "primer" else EVERYTHING)
    if arguments.compile:
        stage.model.compile_layers()
    finish(stage.run(arguments.score_every))


if __name__ == "__main__":
    main()

"""Supervised training on generated chains, with the loss on the output only.

The rates are constant after a warm-up and fall linearly to 0 over the last part of the steps; the
forward pass is computed in bfloat16 (router, norms and loss in F32), in F32 for the last tenth.
The problems depend on the seed and the step only, so a run can stop and resume at any checkpoint.

Usage: sft.py --work DIR --tokenizer FILE --steps N [--compile] [--threads 1] [--seed 1]
       [--score-every 500]
"""
import argparse
import random
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

import tasks
from model import Model, Shape
from optimizers import Optimizers
from stage import Stage, accuracy, finish
from tokenizer import PAD, Tokenizer

BATCH = 64  # problems of one step, about 6,400 tokens
PART = 2048  # tokens of one pass with padding, which fit the processor's cache
WARM_UP = 100  # steps
BIAS_STEP = 0.001  # of the experts' selection bias, frozen when the rates start to fall
IGNORED = -100
SHAPE = {"hidden_size": 256, "num_hidden_layers": 6}


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


def padded(rows: list[tuple[list[int], list[int]]], pad: int) -> tuple[Tensor, Tensor]:
    """Inputs and targets (rows, tokens) of prompts and outputs; the width is a multiple of 16."""
    width = -(-(max(len(prompt) + len(output) for prompt, output in rows) - 1) // 16) * 16
    inputs = torch.full((len(rows), width), pad)
    targets = torch.full((len(rows), width), IGNORED)
    for i, (prompt, output) in enumerate(rows):
        ids = torch.tensor(prompt + output)
        inputs[i, :len(ids) - 1] = ids[:-1]
        targets[i, len(prompt) - 1:len(ids) - 1] = ids[len(prompt):]
    return inputs, targets


def parts_of(rows: list[tuple[list[int], list[int]]], pad: int) -> list[tuple[Tensor, Tensor]]:
    """The rows sorted by length, in parts of at most PART tokens."""
    rows = sorted(rows, key=lambda row: len(row[0]) + len(row[1]))
    parts, part = [], []
    for row in rows:
        if part and (len(part) + 1) * (len(row[0]) + len(row[1]) + 15) > PART:
            parts.append(padded(part, pad))
            part = []
        part.append(row)
    return [*parts, padded(part, pad)]


def loss_of(model: Model, inputs: Tensor, targets: Tensor, rounded: bool) -> Tensor:
    """Summed loss of the output tokens."""
    with torch.autocast(inputs.device.type, torch.bfloat16, enabled=rounded):
        hidden = model.hidden(inputs)
    wanted = targets != IGNORED
    return F.cross_entropy(model.head(hidden[wanted].float()), targets[wanted], reduction="sum")


class Sft(Stage):
    """From nothing, or on from a model."""

    def __init__(self, name: str, work: str, tokens: Tokenizer, plan: Plan, seed: int,
                 model: Model | None = None):
        super().__init__(name, work, plan.steps, seed)
        self.tokens, self.plan = tokens, plan
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

    def rows(self) -> list[tuple[list[int], list[int]]]:
        """Prompts and outputs of this step."""
        rng, tokens = random.Random(f"{self.seed} {self.step}"), self.tokens
        problems = [tasks.training_problem(rng) for _ in range(BATCH)]
        return [(tokens.prompt(p.question, p.system), tokens.output(p.reasoning, p.answer))
                for p in problems]

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
        return {"accuracy": accuracy(self.model, self.tokens, 40)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--score-every", type=int, default=500)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tokens = Tokenizer.load(arguments.tokenizer)
    stage = Sft("cold-start", arguments.work, tokens, Plan(arguments.steps), arguments.seed)
    if arguments.compile:
        stage.model.compile_layers()
    finish(stage.run(arguments.score_every))


if __name__ == "__main__":
    main()

"""Stage 1: supervised training on generated chains, with the loss on the output only.

Muon moves the matrices of the blocks, AdamW the rest; the rates are constant after a warm-up
and fall linearly to 0 over the last 40 % of the steps. The forward pass is computed in bfloat16
(router, norms and loss in F32) for the first three quarters, then in F32. The problems depend on
the seed and the step only, so a run can stop and resume at any checkpoint.

With --start FILE.gguf it mends a model instead: it goes on from the weights of that file, which
are all that is left of an earlier run, at smaller rates that fall to 0 from the warm-up on.
The optimizers start anew, the experts' balance stays, and the last 40 % are computed in F32.

Usage: sft.py --work DIR --steps N [--start FILE.gguf] [--device cpu] [--threads 2] [--seed 1]
DIR holds tokenizer.json (with --start it is written there), and receives checkpoint.pt (every ten
minutes and at the end) and log.jsonl. Sampled accuracy in the log, not the loss, says when a run
is long enough.
"""
import argparse
import hashlib
import json
import os
import platform
import random
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

import tasks
from gguf import load_gguf
from model import Model, Shape, generate, load_checkpoint
from tokenizer import EOS, PAD, Tokenizer

BATCH = 48  # problems of one step, about 4,600 tokens with padding
POOL = 96  # problems drawn and sorted by length at a time
WARM_UP = 100  # steps
MUON_RATE, ADAM_RATE, MUON_DECAY = 0.02, 4e-3, 0.05
BIAS_STEP = 0.001  # of the experts' selection bias, frozen when the rates start to fall
CHECKPOINT_SECONDS = 600
IGNORED = -100


@dataclass(frozen=True)
class Plan:
    """How a run goes. `decay` and `f32` are shares of all steps, at the end."""

    steps: int
    peak: float = 1.0  # share of the full learning rates
    decay: float = 0.4  # while the rates fall, the experts' balance is frozen
    f32: float = 0.25

    def rate(self, step: int) -> float:
        """Share of the full learning rates: warm-up, constant, linear to 0."""
        warm_up = min(WARM_UP, self.steps // 10 + 1)
        left = (self.steps - step) / (self.decay * self.steps)
        return self.peak * min(1.0, (step + 1) / warm_up, left)


def mending(steps: int) -> Plan:
    return Plan(steps, peak=0.4, decay=1.0, f32=0.4)


def orthogonal(gradient: Tensor) -> Tensor:
    """Newton–Schulz: the nearest matrix with equal singular values. (…, rows, columns)"""
    x = gradient / (gradient.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.mT if tall else x


class Muon:
    """Momentum 0.95 with Nesterov's look-ahead, orthogonalised; experts are matrices apiece."""

    def __init__(self, parameters: list[Tensor]):
        self.parameters = parameters
        self.momentum = [torch.zeros_like(parameter) for parameter in parameters]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for parameter, momentum in zip(self.parameters, self.momentum):
            momentum.mul_(0.95).add_(parameter.grad)
            update = orthogonal(parameter.grad + 0.95 * momentum)
            scale = max(1.0, parameter.shape[-2] / parameter.shape[-1]) ** 0.5
            parameter.mul_(1 - rate * MUON_DECAY).add_(update, alpha=-rate * scale)


def batches(tokens: Tokenizer, seed: int, pool: int) -> list[tuple[Tensor, Tensor]]:
    """Inputs and targets (sequences, tokens) of one pool of problems, padded by length."""
    rng = random.Random(f"{seed} {pool}")
    problems = [tasks.training_problem(rng) for _ in range(POOL)]
    rows = sorted(((tokens.prompt(p.question, p.system), tokens.output(p.reasoning, p.answer))
                   for p in problems), key=lambda row: len(row[0]) + len(row[1]))
    result = []
    for start in range(0, POOL, BATCH):
        batch = rows[start:start + BATCH]
        width = len(batch[-1][0]) + len(batch[-1][1]) - 1
        inputs = torch.full((BATCH, width), tokens.ids[PAD])
        targets = torch.full((BATCH, width), IGNORED)
        for i, (prompt, output) in enumerate(batch):
            ids = torch.tensor(prompt + output)
            inputs[i, :len(ids) - 1] = ids[:-1]
            targets[i, len(prompt) - 1:len(ids) - 1] = ids[len(prompt):]
        result.append((inputs, targets))
    rng.shuffle(result)
    return result


def loss_of(model: Model, inputs: Tensor, targets: Tensor, rounded: bool) -> Tensor:
    """Mean loss per output token."""
    with torch.autocast(inputs.device.type, torch.bfloat16, enabled=rounded):
        hidden = model.hidden(inputs)
    wanted = targets != IGNORED
    return F.cross_entropy(model.head(hidden[wanted].float()), targets[wanted])


def quick_accuracy(model: Model, tokens: Tokenizer, count: int = 40) -> dict[str, float]:
    """Share of right greedy answers on a few held-out problems per task and level."""
    kinds = [(task, level) for task in ("addition", "subtraction") for level in tasks.LEVELS]
    result = {}
    for task, level in [*kinds, ("outside", 0), ("outside-unseen", 0), ("talk", 0)]:
        problems = tasks.evaluation_problems(task, level, count, seed=123)
        outputs = generate(model, [tokens.prompt(p.question) for p in problems], tokens.ids[EOS])
        right = sum(tokens.decode(output).endswith("</think>\n\n" + p.answer)
                    for p, output in zip(problems, outputs))
        result[f"{task}-{level}"] = round(right / count, 3)
    model.train()
    return result


def earlier_stages(gguf: str) -> list[dict]:
    """The stages that made a file, from the scores beside it, and which file it was."""
    with open(gguf, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    with open(os.path.join(os.path.dirname(gguf), "scores.json"), encoding="utf-8") as file:
        scores = json.load(file)
    if scores["file"]["sha256"] != sha256:
        raise ValueError(f"the scores beside {gguf} are of another file")
    *before, last = scores["training"]["stages"]
    return [*before, {**last, "result_sha256": sha256}]


class Training:
    """One run: model, optimizers and how far it is."""

    def __init__(self, work: str, plan: Plan, seed: int, device: str, start: str | None = None):
        self.work, self.plan, self.seed, self.device = work, plan, seed, device
        torch.manual_seed(seed)
        self.earlier: list[dict] = []
        resumes = os.path.exists(self.path("checkpoint.pt"))
        if start and not resumes:
            self.earlier = earlier_stages(start)
            self.model, self.tokens = load_gguf(start)
            self.tokens.save(self.path("tokenizer.json"))
        else:
            self.tokens = Tokenizer.load(self.path("tokenizer.json"))
            self.model = Model(Shape(vocab_size=len(self.tokens)))
        self.model.to(device).train()
        block = [p for p in self.model.layers.parameters() if p.dim() >= 2]
        chosen = {id(p) for p in block}
        self.muon = Muon(block)
        self.adam = torch.optim.AdamW([p for p in self.model.parameters() if id(p) not in chosen],
                                      lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
        self.step = self.pool = self.seen = 0
        self.seconds = 0.0
        if resumes:
            self.resume(mending=start is not None)

    def path(self, name: str) -> str:
        return os.path.join(self.work, name)

    def resume(self, mending: bool) -> None:
        saved = load_checkpoint(self.path("checkpoint.pt"))
        if mending != bool(saved["earlier"]):
            raise ValueError(f"{self.work} holds a checkpoint of the other stage")
        self.model.load_state_dict(saved["model"])
        self.adam.load_state_dict(saved["adam"])
        for momentum, values in zip(self.muon.momentum, saved["muon"]):
            momentum.copy_(values)
        self.step, self.pool, self.seen, self.seconds, self.earlier = (
            saved[name] for name in ("step", "pool", "seen", "seconds", "earlier"))

    def save(self) -> None:
        """Writes the checkpoint in one move, so that it is whole at any time."""
        torch.save({"shape": self.model.shape.as_dict(), "model": self.model.state_dict(),
                    "adam": self.adam.state_dict(), "muon": self.muon.momentum,
                    "step": self.step, "pool": self.pool, "seen": self.seen,
                    "steps": self.plan.steps, "earlier": self.earlier, "seconds": self.seconds,
                    "seed": self.seed, "torch": str(torch.__version__),
                    "python": platform.python_version(), "threads": torch.get_num_threads()},
                   self.path("checkpoint.new"))
        os.replace(self.path("checkpoint.new"), self.path("checkpoint.pt"))

    def log(self, **values) -> None:
        line = json.dumps({"step": self.step, "million_tokens": round(self.seen / 1e6, 2),
                           "minutes": round(self.seconds / 60, 1), **values})
        print(line, flush=True)
        with open(self.path("log.jsonl"), "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def update(self, inputs: Tensor, targets: Tensor) -> float:
        """One step; returns its loss."""
        plan, share = self.plan, self.plan.rate(self.step)
        balancing = self.step < (1 - plan.decay) * plan.steps
        for part in self.model.layers[self.model.shape.first_k_dense_replace:]:
            part.mlp.bias_step = BIAS_STEP if balancing else 0.0
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * share
        rounded = self.step < (1 - plan.f32) * plan.steps
        loss = loss_of(self.model, inputs.to(self.device), targets.to(self.device), rounded)
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.adam.step()
        self.muon.step(MUON_RATE * share)
        self.step += 1
        self.seen += inputs.numel()
        return loss.item()

    def run(self) -> None:
        saved_at, losses = time.monotonic(), []
        while self.step < self.plan.steps:
            started = time.monotonic()
            for inputs, targets in batches(self.tokens, self.seed, self.pool):
                if self.step < self.plan.steps:
                    losses.append(self.update(inputs, targets))
            self.pool += 1
            self.seconds += time.monotonic() - started
            if len(losses) >= 100:
                self.log(loss=round(sum(losses) / len(losses), 5))
                losses = []
            if time.monotonic() - saved_at > CHECKPOINT_SECONDS or self.step >= self.plan.steps:
                self.save()
                self.log(accuracy=quick_accuracy(self.model, self.tokens))
                saved_at = time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--start")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    plan = mending(arguments.steps) if arguments.start else Plan(arguments.steps)
    Training(arguments.work, plan, arguments.seed, arguments.device, arguments.start).run()


if __name__ == "__main__":
    main()

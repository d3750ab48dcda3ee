"""Reinforcement learning by group-relative policy optimisation, as R1 was trained.

Each step draws problems, samples a group of outputs for each at temperature 1, scores them by
rules, and moves the model towards outputs better than their group's mean. Every batch is used
once, so the ratio to the sampling policy is 1 and nothing needs clipping. A divergence term keeps
the policy near the model that the stage started from. Problems are drawn in proportion to how
often the model still fails at their family and level; groups whose outputs all score alike teach
nothing and are left out.

Usage: grpo.py --work DIR --tokenizer FILE --start CHECKPOINT --steps N [--scope SCOPE]
       [--name grpo] [--seed 3] [--rate 1e-4] [--kl 0.02] [--groups 16] [--threads 1] [--compile]
`--scope` is "families" (the default), "all" (with refusals and talk), or one kind,
as "addition 1".
log.jsonl receives the curve: reward, accuracy, length, share of self-checks.
"""
import argparse
import copy
import random

import torch
from torch import Tensor

import tasks
from model import Model, generate
from problems import LEVELS, Problem
from rewards import Reward, reward
from sft import IGNORED, padded
from stage import EVERYTHING, OUTPUT_LIMIT, Stage, accuracy, finish, load_checkpoint, model_of
from steps import RECOMPUTE
from tokenizer import EOS, PAD, Tokenizer

GROUP = 8
MEMORY = 0.9  # of the running accuracy per family and level
LEAST = 0.03  # weight of a family and level without failures
WARM_UP = 10  # steps
PART = 4096  # padded tokens of one pass


def log_probabilities(model: Model, inputs: Tensor, targets: Tensor) -> Tensor:
    """Of the target tokens, 0 where ignored. (rows, tokens)"""
    with torch.autocast(inputs.device.type, torch.bfloat16):
        hidden = model.hidden(inputs)
    wanted = targets != IGNORED
    chosen = model.head(hidden[wanted].float()).log_softmax(-1)
    result = torch.zeros(targets.shape)
    result[wanted] = chosen.gather(-1, targets[wanted][:, None])[:, 0]
    return result


class Grpo(Stage):
    log_every = 5

    def __init__(self, arguments: argparse.Namespace):
        super().__init__(arguments.name, arguments.work, arguments.steps, arguments.seed)
        self.arguments, self.tokens = arguments, Tokenizer.load(arguments.tokenizer)
        torch.manual_seed(arguments.seed)
        self.model = model_of(load_checkpoint(arguments.start)).train()
        self.reference = copy.deepcopy(self.model).eval().requires_grad_(False)
        self.adam = torch.optim.AdamW(self.model.parameters(), lr=arguments.rate,
                                      betas=(0.9, 0.95), weight_decay=0.0)
        self.kinds = kinds_of(arguments.scope)
        self.success = {kind: 0.8 for kind in self.kinds}
        self.resume()

    def state(self) -> dict:
        return {"shape": self.model.shape.as_dict(), "model": self.model.state_dict(),
                "adam": self.adam.state_dict(), "success": self.success}

    def load(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.adam.load_state_dict(state["adam"])
        self.success = state["success"]

    def draw(self) -> list[tuple[str, Problem]]:
        """Problems of this step with their kinds, the weak ones more often."""
        rng = random.Random(f"{self.seed} {self.step}")
        weights = [1 - self.success[kind] + LEAST for kind in self.kinds]
        drawn = rng.choices(self.kinds, weights, k=self.arguments.groups)
        return [(kind, problem_of(rng, kind)) for kind in drawn]

    def sample(self, problems: list[Problem]) -> tuple[list[list[int]], list[list[int]]]:
        prompts = [self.tokens.prompt(p.question, p.system) for p in problems for _ in range(GROUP)]
        outputs = generate(self.model, prompts, self.tokens.ids[EOS], OUTPUT_LIMIT, 1.0, 1.0,
                           seed=self.seed * 1_000_003 + self.step)
        self.model.train()
        return prompts, outputs

    def step_once(self) -> dict:
        drawn = self.draw()
        prompts, outputs = self.sample([problem for _, problem in drawn])
        rewards = [reward(drawn[i // GROUP][1], output, len(output) < OUTPUT_LIMIT, self.tokens)
                   for i, output in enumerate(outputs)]
        for number, (kind, _) in enumerate(drawn):
            group = rewards[number * GROUP:(number + 1) * GROUP]
            share = sum(r.accuracy for r in group) / GROUP
            self.success[kind] = MEMORY * self.success[kind] + (1 - MEMORY) * share
        total = torch.tensor([r.total for r in rewards]).view(-1, GROUP)
        deviation = total.std(1, keepdim=True)
        advantages = ((total - total.mean(1, keepdim=True)) / (deviation + 1e-4)).flatten()
        useful = [i for i in range(len(outputs)) if deviation[i // GROUP] > 1e-3]
        divergence = self.update(prompts, outputs, advantages, useful)
        self.seen += sum(map(len, outputs))
        return {**self.figures(rewards, outputs), "kl": divergence,
                "useful": len(useful) / len(outputs)}

    def figures(self, rewards: list[Reward], outputs: list[list[int]]) -> dict:
        texts, count = [self.tokens.decode(output) for output in outputs], len(outputs)
        return {"reward": sum(r.total for r in rewards) / count,
                "right": sum(r.accuracy for r in rewards) / count,
                "formed": sum(r.format > 0 for r in rewards) / count,
                "tokens": sum(map(len, outputs)) / count,
                "checked": sum(any(word in text for word in RECOMPUTE.values())
                               for text in texts) / count}

    def update(self, prompts, outputs, advantages: Tensor, useful: list[int]) -> float:
        """One step on the useful outputs; returns the mean divergence per token."""
        if not useful:
            return 0.0
        end, pad = self.tokens.ids[EOS], self.tokens.ids[PAD]
        order = sorted(useful, key=lambda i: len(prompts[i]) + len(outputs[i]))
        total = divergence = 0.0
        while order:
            width = len(prompts[order[-1]]) + len(outputs[order[-1]]) + 16
            part, order = order[-max(1, PART // width):], order[:-max(1, PART // width)]
            inputs, targets = padded([(prompts[i], outputs[i] + [end] * (
                len(outputs[i]) < OUTPUT_LIMIT)) for i in part], pad)
            counts = (targets != IGNORED).sum(1)
            ours = log_probabilities(self.model, inputs, targets)
            with torch.no_grad():
                theirs = log_probabilities(self.reference, inputs, targets)
            apart = theirs - ours
            kl = (apart.exp() - apart - 1) * (targets != IGNORED)
            gain = (ours - ours.detach()).exp() * advantages[part][:, None] * (targets != IGNORED)
            loss = ((self.arguments.kl * kl - gain).sum(1) / counts).sum() / len(useful)
            loss.backward()
            divergence += float(kl.detach().sum())
            total += int(counts.sum())
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.adam.param_groups:
            left = (self.total - self.step) / (0.3 * self.total)
            group["lr"] = self.arguments.rate * min(1.0, (self.step + 1) / WARM_UP, left)
        self.adam.step()
        self.model.zero_grad(set_to_none=True)
        return divergence / total

    def score(self) -> dict:
        task, _, level = self.arguments.scope.partition(" ")
        kinds = [(task, (int(level),))] if level else EVERYTHING
        return {"accuracy": accuracy(self.model, self.tokens, 40, kinds),
                "success": {kind: round(share, 3) for kind, share in self.success.items()}}


def kinds_of(scope: str) -> list[str]:
    """The kinds of problems of a scope: "family level", or "outside 0" and "talk 0"."""
    if scope not in ("families", "all"):
        return [scope]
    kinds = [f"{task} {level}" for task in tasks.FAMILIES for level in LEVELS]
    return kinds + ["outside 0", "talk 0"] * (scope == "all")


def problem_of(rng: random.Random, kind: str) -> Problem:
    """A training problem of a kind."""
    task, _, level = kind.partition(" ")
    while True:
        problem = tasks.problem_of(rng, task, int(level))
        if problem.trainable or task == "talk":
            return problem


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("work", "tokenizer", "start"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--scope", default="families")
    parser.add_argument("--name", default="grpo")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--kl", type=float, default=0.02)
    parser.add_argument("--groups", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--score-every", type=int, default=50)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    stage = Grpo(arguments)
    if arguments.compile:
        stage.model.compile_layers()
    finish(stage.run(arguments.score_every))


if __name__ == "__main__":
    main()

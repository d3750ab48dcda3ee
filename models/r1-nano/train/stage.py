"""What every stage shares: checkpoints, pauses, progress lines, quick scores.

A stage lives in one directory: `checkpoint.pt` (written in one move every five minutes, at the end
and on SIGTERM), `log.jsonl` (what it learned) and standard output (a progress line every half
minute). While the file named by R1_NANO_PAUSE exists, it sleeps between two steps.
"""
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Iterable

import torch

import tasks
from model import Model, Shape, generate
from problems import LEVELS, Problem
from qwen2 import Qwen2, Qwen2Shape
from tokenizer import EOS, Tokenizer

CHECKPOINT_SECONDS, PROGRESS_SECONDS, PAUSE_SECONDS = 300, 30, 2
OUTPUT_LIMIT = 320  # tokens; the longest reference has 262


def load_checkpoint(path: str) -> dict:
    return torch.load(path, weights_only=True)


class Stage:
    """One resumable run of `total` steps. Subclasses give `step_once` and their own state."""

    log_every = 100  # steps whose means make one line of log.jsonl

    def __init__(self, name: str, work: str, total: int, seed: int):
        self.name, self.work, self.total, self.seed = name, work, total, seed
        self.step = self.seen = 0
        self.seconds, self.stopped = 0.0, False
        os.makedirs(work, exist_ok=True)
        signal.signal(signal.SIGTERM, self.stop)

    def stop(self, *_) -> None:
        self.stopped = True

    def path(self, name: str) -> str:
        return os.path.join(self.work, name)

    def state(self) -> dict:
        return {}

    def load(self, state: dict) -> None:
        """Takes over what `state` gave."""

    def step_once(self) -> dict:
        """Does one step and returns figures for the log."""
        raise NotImplementedError

    def score(self) -> dict:
        """A quick score for the log, at checkpoints now and then."""
        return {}

    def resume(self) -> bool:
        if not os.path.exists(self.path("checkpoint.pt")):
            return False
        saved = load_checkpoint(self.path("checkpoint.pt"))
        self.load(saved)
        self.step, self.seen, self.seconds = (saved[n] for n in ("step", "seen", "seconds"))
        return True

    def save(self) -> None:
        """Writes the checkpoint in one move, so that it is whole at any time."""
        torch.save({**self.state(), "stage": self.name, "step": self.step, "seen": self.seen,
                    "seconds": self.seconds, "steps": self.total, "seed": self.seed,
                    "torch": str(torch.__version__), "python": platform.python_version(),
                    "threads": torch.get_num_threads()}, self.path("checkpoint.new"))
        os.replace(self.path("checkpoint.new"), self.path("checkpoint.pt"))

    def log(self, **values) -> None:
        line = json.dumps({"stage": self.name, "step": self.step,
                           "million_tokens": round(self.seen / 1e6, 3),
                           "minutes": round(self.seconds / 60, 1), **values})
        print(line, flush=True)
        with open(self.path("log.jsonl"), "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def pause(self) -> bool:
        """Sleeps while there is the file that asks for it, and says whether there was."""
        flag, paused = os.environ.get("R1_NANO_PAUSE", ""), False
        while flag and os.path.exists(flag) and not self.stopped:
            paused = True
            time.sleep(PAUSE_SECONDS)
        return paused

    def progress(self, figures: list[dict], tokens: int, seconds: float) -> None:
        """Means of what the steps since the last line reported."""
        means = {name: sum(f[name] for f in figures if name in f)
                 / sum(name in f for f in figures) for name in figures[-1]}
        left = (self.total - self.step) * seconds / len(figures)
        shown = " ".join(f"{name} {value:.5f}" for name, value in means.items())
        print(f"{time.strftime('%H:%M:%S')} {self.name} step {self.step}/{self.total} "
              f"tokens {self.seen / 1e6:.2f}M {shown} {tokens / seconds:.0f} tokens/s "
              f"eta {left / 3600:.1f} h", flush=True)

    def run(self, score_every: int) -> bool:
        """Steps until the end, and says whether it came to it (and was not stopped)."""
        if self.step >= self.total:
            return True
        saved_at = line_at = time.monotonic()
        figures, every, tokens = [], [], self.seen
        while self.step < self.total and not self.stopped:
            if self.pause():
                line_at = time.monotonic()
            started = time.monotonic()
            figures.append(self.step_once())
            self.step += 1
            now = time.monotonic()
            self.seconds += now - started
            if now - line_at > PROGRESS_SECONDS:
                self.progress(figures, self.seen - tokens, now - line_at)
                every, figures, tokens, line_at = every + figures, [], self.seen, now
            if self.step % self.log_every == 0:
                every, figures = every + figures, []
                self.log(**{n: round(sum(f[n] for f in every) / len(every), 6) for n in every[-1]})
                every = []
                tokens, line_at = self.seen, now
            if now - saved_at > CHECKPOINT_SECONDS:
                self.save()
                saved_at = time.monotonic()
            if self.step % score_every == 0 and self.step < self.total:
                self.save()
                self.log(**self.score())
                line_at, tokens, figures = time.monotonic(), self.seen, []
        self.save()
        if not self.stopped:
            self.log(**self.score(), finished=True)
        return not self.stopped


def right(problem: Problem, output: str) -> bool:
    return output.endswith("</think>\n\n" + problem.answer)


EVERYTHING = (*((task, LEVELS) for task in tasks.FAMILIES),
              ("outside", (0,)), ("outside-unseen", (0,)), ("talk", (0,)))


def accuracy(model: Model | Qwen2, tokens: Tokenizer, count: int,
             kinds: Iterable[tuple[str, tuple[int, ...]]] = EVERYTHING) -> dict[str, float]:
    """Share of right greedy answers on a few held-out problems per task with its levels, half of
    them Korean."""
    result = {}
    for task, levels in kinds:
        each = max(1, count // (2 * len(levels)))
        problems = [problem for level in levels for language in tasks.LANGUAGES
                    for problem in tasks.evaluation_problems(task, level, language, each, 123)]
        outputs = generate(model, [tokens.prompt(p.question) for p in problems], tokens.ids[EOS],
                           OUTPUT_LIMIT)
        hits = [right(p, tokens.decode(output)) for p, output in zip(problems, outputs)]
        result[task] = round(sum(hits) / len(hits), 3)
    model.train()
    return result


def finish(done: bool) -> None:
    """Exit code 0 at the end of a stage, 3 if it was stopped and can be resumed."""
    sys.exit(0 if done else 3)


def model_of(saved: dict) -> Model | Qwen2:
    latent = "kv_lora_rank" in saved["shape"]
    model = Model(Shape(**saved["shape"])) if latent else Qwen2(Qwen2Shape(**saved["shape"]))
    model.load_state_dict(saved["model"])
    return model

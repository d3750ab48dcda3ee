"""Scores r1-nano on held-out problems and writes scores.json and the model card's table.

Usage: evaluate.py --work DIR --gguf r1-nano.gguf --scores scores.json [--card README.md]
       [--library DIR] [--base-url URL --key KEY] [--count 500] [--small-count 100] [--seed 2026]
PyTorch scores the F32 checkpoint, greedy and at temperature 0.6, top-p 0.95 (the product's
default). --library scores the GGUF file itself through llama.cpp on a smaller sample, and
--base-url through the product's chat completions. Without them, those parts are left out.
A sum is right if the text after `</think>` is exactly the reference answer; an outside question
if the answer is exactly the refusal. Intervals are Wilson's, 95 %.
"""
import argparse
import hashlib
import json
import math
import os
import platform
import random
import re
import urllib.request
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

import outside
import tasks
from export import load_model
from model import generate, load_checkpoint
from parity import GGML_F16, LlamaCpp
from sums import Problem
from tokenizer import END_THINK, EOS, Tokenizer

TEMPERATURE, TOP_P = 0.6, 0.95
SEPARATOR = END_THINK + "\n\n"
UNSEEN_SYSTEM = "You work in the accounts office of a shop. Always be careful, and never hurry."
Writer = Callable[[list[Problem]], list[str]]  # problems to whole outputs, reasoning included


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z, share = 1.96, right / count
    whole = 1 + z * z / count
    middle = (share + z * z / (2 * count)) / whole
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / whole
    return middle - half, middle + half


def problem_sets(count: int, seed: int) -> dict[str, list[Problem]]:
    """Held-out problems by name of the set; "talk" repeats the trained questions."""
    def make(task: str, level: int) -> list[Problem]:
        return tasks.evaluation_problems(task, level, count, seed)
    sets = {f"{task}, {level} digit{'s' * (level > 1)}": make(task, level)
            for task in ("addition", "subtraction") for level in tasks.LEVELS}
    half = count // 2
    sets["sums after an unseen system text"] = [
        replace(problem, system=UNSEEN_SYSTEM)
        for problem in make("addition", 3)[:half] + make("subtraction", 3)[:count - half]]
    rng = random.Random(seed)
    sets["additions in wordings never trained"] = [
        tasks.reworded(problem, rng) for problem in make("addition", 3)]
    sets["outside, trained wordings"] = make("outside", 0)
    sets["outside, wordings and words never trained"] = make("outside-unseen", 0)
    sets["outside, 60 everyday questions written by hand"] = outside.hand_written()
    sets["greetings and questions about itself (trained)"] = make("talk", 0)
    return sets


def share(right: int, count: int) -> dict:
    low, high = wilson(right, count)
    return {"right": right, "count": count, "share": round(right / count, 4),
            "low": round(low, 4), "high": round(high, 4)}


def score(problems: list[Problem], outputs: list[str]) -> dict:
    """Right answers; for sums also whole chains as the reference, and refusals by mistake."""
    answers = [output.partition(SEPARATOR)[2] for output in outputs]
    result = share(sum(a == p.answer for a, p in zip(answers, problems)), len(problems))
    if problems[0].task in ("addition", "subtraction"):
        result["chains_as_reference"] = sum(
            output == p.reasoning + "\n" + SEPARATOR + p.answer
            for output, p in zip(outputs, problems))
        result["refused"] = sum(a in (outside.REFUSAL, outside.REFUSAL_KO) for a in answers)
        result["distinct_problems"] = len({p.key for p in problems})
    if problems[0].task == "outside":
        kinds = sorted({p.kind for p in problems})
        result["by_kind"] = {kind: share(
            sum(a == p.answer for a, p in zip(answers, problems) if p.kind == kind),
            sum(p.kind == kind for p in problems)) for kind in kinds}
    return result


def score_sets(sets: dict[str, list[Problem]], write: Writer, label: str) -> dict:
    result = {}
    for name, problems in sets.items():
        result[name] = score(problems, write(problems))
        print(label, name, {k: v for k, v in result[name].items() if k != "by_kind"}, flush=True)
    return result


def torch_writer(work: str, tokens: Tokenizer, temperature: float) -> Writer:
    model = load_model(os.path.join(work, "checkpoint.pt"))

    def write(problems: list[Problem]) -> list[str]:
        prompts = [tokens.prompt(p.question, p.system) for p in problems]
        outputs = []
        for start in range(0, len(prompts), 250):
            outputs += generate(model, prompts[start:start + 250], tokens.ids[EOS],
                                temperature=temperature, top_p=TOP_P, seed=start)
        return [tokens.decode(output) for output in outputs]
    return write


def llama_writer(library: str, gguf: str, tokens: Tokenizer, temperature: float,
                 threads: int) -> Writer:
    """The GGUF file with an F16 KV cache, as the product runs it by default."""
    llama, rng = LlamaCpp(library, gguf, GGML_F16, threads), np.random.default_rng(1)

    def draw(logits: np.ndarray) -> int:
        order = np.argsort(-logits, kind="stable")
        probability = np.exp(logits[order] - logits[order[0]])
        kept = np.searchsorted(np.cumsum(probability / probability.sum()), TOP_P) + 1
        weights = np.exp((logits[order[:kept]] - logits[order[0]]) / temperature)
        return int(rng.choice(order[:kept], p=weights / weights.sum()))

    def write(problems: list[Problem]) -> list[str]:
        choose = np.argmax if temperature == 0 else draw
        return [tokens.decode(llama.generate(tokens.prompt(p.question, p.system), tokens.ids[EOS],
                                             choose=choose)) for p in problems]
    return write


def api_writer(base_url: str, key: str, model: str, temperature: float) -> Writer:
    """The product's chat completions; reasoning and answer are joined as the model wrote them."""
    def complete(problem: Problem) -> str:
        system = [{"role": "system", "content": problem.system}] if problem.system else []
        body = {"model": model, "temperature": temperature, "top_p": TOP_P, "max_tokens": 200,
                "messages": [*system, {"role": "user", "content": problem.question}]}
        request = urllib.request.Request(
            base_url.rstrip("/") + "/v1/chat/completions", json.dumps(body).encode(),
            {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as response:
            message = json.load(response)["choices"][0]["message"]
        reasoning = message.get("reasoning_content") or ""
        return f"{reasoning.strip()}\n{SEPARATOR}{message['content'].strip()}"
    return lambda problems: [complete(problem) for problem in problems]


def training_facts(work: str) -> dict:
    """Size and shape, and every stage that made the weights, the last one from the checkpoint."""
    saved = load_checkpoint(os.path.join(work, "checkpoint.pt"))
    parameters = sum(values.numel() for name, values in saved["model"].items()
                     if not name.endswith("selection_bias"))
    stage = {"name": "mend" if saved["earlier"] else "sft", "steps": saved["step"],
             "million_tokens": round(saved["seen"] / 1e6, 2),
             "hours": round(saved["seconds"] / 3600, 2), "seed": saved["seed"],
             "torch": saved["torch"], "python": saved["python"], "threads": saved["threads"],
             "machine": f"{os.cpu_count()} cores, {platform.machine()}"}
    return {"parameters": parameters, "shape": saved["shape"],
            "stages": [*saved["earlier"], stage]}


def file_facts(gguf: str) -> dict:
    with open(gguf, "rb") as file:
        data = file.read()
    return {"name": os.path.basename(gguf), "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest()}


def table(scores: dict) -> str:
    """The scores as a Markdown table: per cent with interval, one column per way of running."""
    columns = [name for name in scores["runs"]]
    lines = ["| Held-out set | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for row in scores["runs"][columns[0]]:
        cells = []
        for column in columns:
            value = scores["runs"][column][row]
            share, low, high = (100 * value[name] for name in ("share", "low", "high"))
            cells.append(f"{share:.1f} % ({low:.1f}–{high:.1f}), n = {value['count']}")
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def training_table(stages: list[dict]) -> str:
    """What each stage took, one column per stage."""
    rows = [("Stage", "name"), ("steps", "steps"),
            ("million tokens seen, padding included", "million_tokens"), ("hours", "hours"),
            ("machine", "machine"), ("threads at the end", "threads"), ("seed", "seed"),
            ("PyTorch", "torch"), ("Python", "python")]
    lines = [f"| {title} | " + " | ".join(
        f"{stage[key]:,}" if key == "steps" else str(stage[key]) for stage in stages) + " |"
        for title, key in rows]
    return "\n".join([lines[0], "|---" * (len(stages) + 1) + "|", *lines[1:]])


def write_card(path: str, scores: dict) -> None:
    """Replaces what stands between the card's two score markers."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    facts = (f"`{scores['file']['name']}`: {scores['file']['bytes']:,} bytes, SHA-256 "
             f"`{scores['file']['sha256']}`.")
    parts = {"scores": f"{facts}\n\n{table(scores)}",
             "training": training_table(scores["training"]["stages"])}
    for name, content in parts.items():
        text = re.sub(rf"(?s)(<!-- {name} -->\n).*?(<!-- end of {name} -->)",
                      lambda match: f"{match[1]}{content}\n{match[2]}", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--scores", required=True)
    parser.add_argument("--card")
    parser.add_argument("--library")
    parser.add_argument("--base-url")
    parser.add_argument("--key", default="")
    parser.add_argument("--model", default="r1-nano")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--small-count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tokens = Tokenizer.load(os.path.join(arguments.work, "tokenizer.json"))
    sets = problem_sets(arguments.count, arguments.seed)
    few = problem_sets(arguments.small_count, arguments.seed + 1)
    scores = {"file": file_facts(arguments.gguf), "training": training_facts(arguments.work),
              "evaluation_seed": arguments.seed, "runs": {}}
    runs = scores["runs"]
    for name, temperature in (("greedy", 0.0), (f"temperature {TEMPERATURE}", TEMPERATURE)):
        label = "PyTorch, " + name
        runs[label] = score_sets(sets, torch_writer(arguments.work, tokens, temperature), label)
        if arguments.library:
            label = "GGUF in llama.cpp, " + name
            runs[label] = score_sets(few, llama_writer(
                arguments.library, arguments.gguf, tokens, temperature, arguments.threads), label)
        if arguments.base_url:
            label = "the product's API, " + name
            runs[label] = score_sets(few, api_writer(
                arguments.base_url, arguments.key, arguments.model, temperature), label)
        with open(arguments.scores, "w", encoding="utf-8") as file:
            json.dump(scores, file, indent=2, ensure_ascii=False)
            file.write("\n")
        if arguments.card:
            write_card(arguments.card, scores)


if __name__ == "__main__":
    main()

"""Scores r1-nano on held-out problems per family, level and language, and writes scores.json.

Usage: evaluate.py --checkpoint FILE --gguf r1-nano.gguf --scores scores.json
       [--tokenizer FILE] [--library DIR] [--base-url URL --key KEY] [--count 125] [--seed 2026]
PyTorch scores the checkpoint, greedy and at temperature 0.6, top-p 0.95 (the product's
default). --library scores the GGUF file itself through llama.cpp on a smaller sample, and
--base-url through the product's chat completions. An answer is right if the text after `</think>`
is exactly the reference answer; it is valid if the checker finds every written step right too.
Each run goes into the file under the stage's name, beside what is there. Intervals are Wilson's.
"""
import argparse
import hashlib
import json
import math
import os
import platform
import statistics
import urllib.request
from collections.abc import Callable

import numpy as np
import torch

import check
import outside
import tasks
from export import load_model
from model import generate
from parity import GGML_F16, LlamaCpp
from problems import LEVELS, Problem
from stage import OUTPUT_LIMIT, load_checkpoint
from tokenizer import END_THINK, EOS, Tokenizer

TEMPERATURE, TOP_P = 0.6, 0.95
SEPARATOR = END_THINK + "\n\n"
BATCH = 500
Writer = Callable[[list[Problem]], list[str]]  # problems to whole outputs, reasoning included


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z, share = 1.96, right / count
    whole = 1 + z * z / count
    middle = (share + z * z / (2 * count)) / whole
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / whole
    return middle - half, middle + half


def problem_sets(count: int, seed: int) -> dict[str, list[Problem]]:
    """Held-out problems by name of the set: "addition 3 ko"; "talk" repeats trained questions."""
    sets = {f"{task} {level} {language}": tasks.evaluation_problems(
        task, level, language, count, seed)
        for task in tasks.FAMILIES for level in LEVELS for language in tasks.LANGUAGES}
    for task in ("outside", "outside-unseen", "talk"):
        for language in tasks.LANGUAGES:
            sets[f"{task} 0 {language}"] = tasks.evaluation_problems(task, 0, language, count, seed)
    sets["everyday 0 both"] = outside.hand_written()
    return sets


def share(right: int, count: int) -> dict:
    low, high = wilson(right, count)
    return {"right": right, "count": count, "share": round(right / count, 4),
            "low": round(low, 4), "high": round(high, 4)}


def score(problems: list[Problem], outputs: list[str], tokens: Tokenizer) -> dict:
    """Right answers; of these how many have only right steps; ends, lengths and checks."""
    pairs = list(zip(problems, outputs))
    right = [(p, o) for p, o in pairs if o.partition(SEPARATOR)[2] == p.answer]
    result = share(len(right), len(problems))
    result["one_end"] = sum(output.count(END_THINK) == 1 for output in outputs)
    result["median_tokens"] = statistics.median(len(tokens.encode(o)) + 2 for o in outputs)
    if problems[0].facts:
        result["valid"] = sum(not check.faults(p, o) for p, o in right)
        result["checked"] = sum(p.worked.check[:1] != [] and p.worked.check[0] in o
                                for p, o in pairs)
        result["distinct_problems"] = len({p.key for p in problems})
    return result


def score_sets(sets: dict[str, list[Problem]], write: Writer, label: str,
               tokens: Tokenizer) -> dict:
    result = {}
    for name, problems in sets.items():
        result[name] = score(problems, write(problems), tokens)
        print(label, name, result[name], flush=True)
    return result


def torch_writer(checkpoint: str, tokens: Tokenizer, temperature: float) -> Writer:
    model = load_model(checkpoint)

    def write(problems: list[Problem]) -> list[str]:
        prompts = [tokens.prompt(p.question, p.system) for p in problems]
        outputs = []
        for start in range(0, len(prompts), BATCH):
            outputs += generate(model, prompts[start:start + BATCH], tokens.ids[EOS],
                                OUTPUT_LIMIT, temperature, TOP_P, seed=start)
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
                                             OUTPUT_LIMIT, choose)) for p in problems]
    return write


def api_writer(base_url: str, key: str, model: str, temperature: float) -> Writer:
    """The product's chat completions; reasoning and answer are joined as the model wrote them."""
    def complete(problem: Problem) -> str:
        system = [{"role": "system", "content": problem.system}] if problem.system else []
        body = {"model": model, "temperature": temperature, "top_p": TOP_P,
                "max_tokens": OUTPUT_LIMIT,
                "messages": [*system, {"role": "user", "content": problem.question}]}
        request = urllib.request.Request(
            base_url.rstrip("/") + "/v1/chat/completions", json.dumps(body).encode(),
            {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as response:
            message = json.load(response)["choices"][0]["message"]
        reasoning = message.get("reasoning_content") or ""
        return f"{reasoning.strip()}\n{SEPARATOR}{message['content'].strip()}"
    return lambda problems: [complete(problem) for problem in problems]


def training_facts(checkpoint: str) -> dict:
    """Size, shape and effort of the stage that left this checkpoint; null for what it lacks."""
    saved = load_checkpoint(checkpoint)
    parameters = sum(values.numel() for name, values in saved["model"].items()
                     if not name.endswith("selection_bias"))
    return {"parameters": parameters, "shape": saved["shape"], "name": saved["stage"],
            "steps": saved["step"], "million_tokens": round(saved["seen"] / 1e6, 2),
            "hours": round(saved["seconds"] / 3600, 2), "seed": saved["seed"],
            **{name: saved.get(name) for name in ("torch", "python", "threads")},
            "machine": f"{os.cpu_count()} cores, {platform.machine()}"}


def file_facts(gguf: str) -> dict:
    with open(gguf, "rb") as file:
        data = file.read()
    return {"name": os.path.basename(gguf), "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest()}


def read_scores(path: str) -> dict:
    if not os.path.exists(path):
        return {"stages": {}}
    with open(path, encoding="utf-8") as file:
        scores = json.load(file)
    return scores if "stages" in scores else {"stages": {}}


def write_scores(path: str, scores: dict) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(scores, file, indent=1, ensure_ascii=False)
        file.write("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--scores", required=True)
    parser.add_argument("--gguf")
    parser.add_argument("--library")
    parser.add_argument("--base-url")
    parser.add_argument("--key", default="")
    parser.add_argument("--model", default="r1-nano")
    parser.add_argument("--count", type=int, default=125)
    parser.add_argument("--small-count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tokens = Tokenizer.load(arguments.tokenizer)
    sets = problem_sets(arguments.count, arguments.seed)
    few = problem_sets(arguments.small_count, arguments.seed + 1)
    facts = training_facts(arguments.checkpoint)
    scores = read_scores(arguments.scores)
    runs: dict[str, dict] = {}
    scores["stages"][facts["name"]] = {"training": facts, "evaluation_seed": arguments.seed,
                                       "runs": runs}
    if arguments.gguf:
        scores["stages"][facts["name"]]["file"] = file_facts(arguments.gguf)
    for name, temperature in (("greedy", 0.0), (f"temperature {TEMPERATURE}", TEMPERATURE)):
        writers = {"PyTorch": (sets, torch_writer(arguments.checkpoint, tokens, temperature))}
        if arguments.library and arguments.gguf:
            writers["GGUF in llama.cpp"] = (few, llama_writer(
                arguments.library, arguments.gguf, tokens, temperature, arguments.threads))
        if arguments.base_url:
            writers["the product's API"] = (few, api_writer(
                arguments.base_url, arguments.key, arguments.model, temperature))
        for where, (problems, write) in writers.items():
            label = f"{where}, {name}"
            runs[label] = score_sets(problems, write, label, tokens)
            write_scores(arguments.scores, scores)


if __name__ == "__main__":
    main()

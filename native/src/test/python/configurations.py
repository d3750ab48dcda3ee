"""Reads each file of deploy/tensorrt-llm as the driver would: `configurations.py DIRECTORY`.

Prints a line per file and fails at the first that the driver or the (stand-in's) LLM would refuse.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "main" / "python")]

from r1_trtllm import settings  # noqa: E402
from tensorrt_llm.llmapi import ARGUMENTS  # noqa: E402


def check(file):
    """What the file asks for, in a line."""
    options = {
        "model_path": "checkpoint",
        "backend_json": json.dumps({"config": str(file)}),
        "max_sequences": 16,
        "context_tokens": 0,
        "prefix_cache": True,
    }
    read = settings.read(options)
    unknown = set(read.llm) - ARGUMENTS
    if unknown:
        raise ValueError(f"{file}: unknown arguments {sorted(unknown)}")
    if not (read.guided and read.llm["enable_iter_perf_stats"] and read.prompt_tokens_max == 0):
        raise ValueError(f"{file}: constraints, statistics or chunked prefill are off")
    events = read.llm["kv_cache_config"].get("event_buffer_max_size", 0) > 0
    if events != file.name.startswith("r1-"):
        raise ValueError(f"{file}: events of the cache are for R1 only")
    ranks = read.llm["tensor_parallel_size"] if read.llm.get("enable_attention_dp") else 1
    running = read.llm["max_batch_size"] * ranks
    wanted = f"# r1.inference.generation.max-running: {running}\n"
    if wanted not in file.read_text(encoding="utf-8"):
        raise ValueError(f"{file}: does not say {wanted}")
    return f"{file.name} gpus={read.llm['tensor_parallel_size']} running={running}"


for each in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    print(check(each))

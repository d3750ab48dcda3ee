"""Stand-in: the LLM class. It refuses arguments that upstream does not have."""

import json
import os
import time
from types import SimpleNamespace

from tensorrt_llm.executor import Executor, Plan
from tensorrt_llm.result import CompletionOutput, RequestOutput
from tensorrt_llm.sampling_params import GuidedDecodingParams
from tensorrt_llm.tokenizer import ORDER, Tokenizer

ARGUMENTS = {
    "attention_dp_config",
    "backend",
    "cuda_graph_config",
    "dtype",
    "enable_attention_dp",
    "enable_chunked_prefill",
    "enable_iter_perf_stats",
    "gpus_per_node",
    "guided_decoding_backend",
    "kv_cache_config",
    "max_batch_size",
    "max_num_tokens",
    "max_seq_len",
    "moe_config",
    "moe_expert_parallel_size",
    "return_perf_metrics",
    "scheduler_config",
    "speculative_config",
    "stream_interval",
    "tensor_parallel_size",
    "trust_remote_code",
}


class KvCacheRetentionConfig:
    class TokenRangeRetentionConfig:
        def __init__(self, token_start, token_end, priority):
            self.priority = priority

    def __init__(self, ranges, decode_retention_priority):
        self.ranges = ranges


class LLM:
    tokenizer = None  # upstream: a property

    def __init__(self, model, **arguments):
        if "OMPI_COMM_WORLD_RANK" in os.environ or os.environ["OMPI_MCA_opal_signal"]:
            raise RuntimeError("an MPI program within an MPI program")
        unknown = set(arguments) - ARGUMENTS
        if unknown:
            raise ValueError(f"LLM got invalid argument: {sorted(unknown)}")
        with open(os.path.join(model, "stand_in.json"), encoding="utf-8") as text:
            plan = Plan(**json.load(text))
        _load(model, plan)
        self.args = SimpleNamespace(max_seq_len=arguments.get("max_seq_len", plan.context_tokens))
        self.tokenizer = Tokenizer()
        self._chunked = arguments.get("enable_chunked_prefill", False)
        self._max_num_tokens = arguments.get("max_num_tokens", 8192)
        dp = arguments.get("enable_attention_dp", False)
        self._cache_ranks = arguments.get("tensor_parallel_size", 1) if dp else 1
        self._executor = Executor(plan, arguments)

    def generate_async(
        self,
        inputs,
        sampling_params=None,
        streaming=False,
        kv_cache_retention_config=None,
        cache_salt=None,
        priority=0.5,
    ):
        prompt = inputs["prompt_token_ids"]
        if self._executor.is_shutdown():
            raise RuntimeError("LLM is shutting down")
        if not 0 <= priority <= 1:
            raise ValueError("priority is 0 to 1")
        if prompt[0] == ORDER["refuse"]:
            raise ValueError("refused, as the prompt asked")
        if not self._chunked and len(prompt) > self._max_num_tokens:
            raise ValueError("the prompt should not exceed max_num_tokens")
        result = RequestOutput(self._executor, prompt, sampling_params, cache_salt, priority)
        self._executor.submit(result)
        return result

    def get_stats_async(self, timeout=2):
        return self._executor.stats.until(timeout)

    def get_kv_cache_events_async(self, timeout=2):
        return self._executor.cache_events.until(timeout)

    def get_kv_cache_capacity(self):
        rank = {"maxNumTokens": self._executor.plan.kv_tokens, "tokensPerBlock": 8}
        return [rank] * self._cache_ranks

    def shutdown(self):
        self._executor.shutdown()


def _load(model, plan):
    """Reads the weights as slowly as planned."""
    with open(os.path.join(model, "model.safetensors"), "rb", buffering=0) as weights:
        size = os.fstat(weights.fileno()).st_size
        for part in range(plan.load_parts):
            weights.read(size // plan.load_parts)
            time.sleep(plan.load_seconds / plan.load_parts)
    if plan.load_fails:
        raise RuntimeError(plan.load_fails)


__all__ = [
    "LLM",
    "CompletionOutput",
    "GuidedDecodingParams",
    "KvCacheRetentionConfig",
    "RequestOutput",
]

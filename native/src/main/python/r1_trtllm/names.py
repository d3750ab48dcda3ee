"""Checks that the installed tensorrt_llm has every name that is used here.

TensorRT-LLM renames between candidates; a missing name must stop the start, not a request.
"""

import dataclasses
import inspect

SAMPLING = (
    "end_id",
    "pad_id",
    "max_tokens",
    "min_tokens",
    "seed",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
    "presence_penalty",
    "frequency_penalty",
    "embedding_bias",
    "stop_token_ids",
    "include_stop_str_in_output",
    "ignore_eos",
    "logprobs",
    "guided_decoding",
    "detokenize",
)
GUIDED = ("json", "json_object", "regex", "grammar", "structural_tag")
GENERATE = ("inputs", "sampling_params", "streaming", "cache_salt", "kv_cache_retention_config")
LLM = (
    "generate_async",
    "get_kv_cache_capacity",  # the youngest of these: 1.3.0rc21
    "get_kv_cache_events_async",
    "get_stats_async",
    "shutdown",
    "tokenizer",
)
RESULT = ("abort", "finished", "outputs")


def missing(tensorrt_llm):
    """The names that are not there, each with its owner."""
    api = tensorrt_llm.llmapi
    sampling = {field.name for field in dataclasses.fields(tensorrt_llm.SamplingParams)}
    guided = {field.name for field in dataclasses.fields(api.GuidedDecodingParams)}
    generate = inspect.signature(tensorrt_llm.LLM.generate_async).parameters
    return [
        *(f"SamplingParams.{name}" for name in SAMPLING if name not in sampling),
        *(f"GuidedDecodingParams.{name}" for name in GUIDED if name not in guided),
        *(f"LLM.generate_async({name})" for name in GENERATE if name not in generate),
        *(f"LLM.{name}" for name in LLM if not hasattr(tensorrt_llm.LLM, name)),
        *(f"RequestOutput.{name}" for name in RESULT if not hasattr(api.RequestOutput, name)),
    ]


def has_priority(tensorrt_llm):
    """Whether requests can be ordered; older candidates start them as they come."""
    return "priority" in inspect.signature(tensorrt_llm.LLM.generate_async).parameters


def has_times(tensorrt_llm):
    """Whether a result can tell when it was scheduled."""
    fields = dataclasses.fields(tensorrt_llm.SamplingParams)
    return any(field.name == "return_perf_metrics" for field in fields)

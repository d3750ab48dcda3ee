"""Stand-in: the request's parameters, with upstream's unsafe defaults."""

from dataclasses import dataclass, fields

import torch


@dataclass(kw_only=True)
class GuidedDecodingParams:
    json: object = None
    regex: str | None = None
    grammar: str | None = None
    json_object: bool = False
    structural_tag: str | None = None

    def __post_init__(self):
        if sum(bool(getattr(self, guide.name)) for guide in fields(self)) > 1:
            raise ValueError("only one guide")


@dataclass(kw_only=True)
class SamplingParams:
    end_id: int | None = None
    pad_id: int | None = None
    max_tokens: int = 32
    min_tokens: int | None = None
    seed: int | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    embedding_bias: torch.Tensor | None = None
    stop_token_ids: list | None = None
    include_stop_str_in_output: bool = False
    ignore_eos: bool = False
    logprobs: int | None = None
    guided_decoding: GuidedDecodingParams | None = None
    detokenize: bool = True
    return_perf_metrics: bool = False

    def __post_init__(self):
        if self.top_p is not None and not 0 <= self.top_p <= 1:
            raise ValueError("require 0 <= top_p <= 1")
        if self.top_k is not None and self.top_k < 0:
            raise ValueError("require top_k >= 0")
        bias = self.embedding_bias
        if bias is not None and (bias.dtype != torch.float32 or bias.dim() != 1):
            raise ValueError("embedding_bias is a row of 32-bit floats")

    @property
    def greedy(self):
        unset = self.temperature is None and self.top_p is None and self.top_k is None
        return unset or self.top_k == 1 or self.top_p == 0 or self.temperature == 0

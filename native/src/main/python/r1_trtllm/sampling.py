"""A request of the engine in TensorRT-LLM's words: every field is mapped, none left to a default.

Upstream's defaults are unsafe here: 32 tokens, seed 0, and a greedy rule for unset values that
changed between releases. A request is a dict with the names of r1_request; C++ has checked it.
"""

import json

JSON_OBJECT, JSON_SCHEMA, REGEX, GRAMMAR = 1, 2, 3, 4
PRIORITY_SPAN = 1000


def params(request, card, tensorrt_llm, times):
    """SamplingParams of a request."""
    greedy = request["temperature"] == 0
    others = card["end_ids"][1:] if not request["ignore_end"] else []
    fields = {
        "end_id": card["end_ids"][0],
        "pad_id": card["end_ids"][0],
        "ignore_eos": request["ignore_end"],
        "max_tokens": request["max_tokens"],
        "min_tokens": max(1, request["min_tokens"]),
        "seed": request["seed"],
        "temperature": 1.0 if greedy else request["temperature"],
        "top_k": 1 if greedy else request["top_k"],
        "top_p": 1.0 if greedy else request["top_p"],
        "min_p": 0.0 if greedy else request["min_p"],
        "stop_token_ids": list(dict.fromkeys([*others, *request["stop_ids"]])) or None,
        "include_stop_str_in_output": True,  # else token_ids and the count lose the stop token
        "detokenize": False,
        **_penalties(request),
    }
    if request["logprobs"]:
        fields["logprobs"] = max(1, request["top_logprobs"])
    if request["bias"]:
        fields["embedding_bias"] = _bias(request["bias"], card["vocabulary_size"])
    if request["constraint_kind"]:
        guide = _guide(request, card)
        fields["guided_decoding"] = tensorrt_llm.llmapi.GuidedDecodingParams(**guide)
    if times:
        fields["return_perf_metrics"] = True
    return tensorrt_llm.SamplingParams(**fields)


def arguments(request, nonce, has_priority):
    """The other arguments of LLM.generate_async.

    Requests of one salt share cached prompts; a request without one gets a salt of its own.
    """
    salt = request["cache_salt"]
    found = {"cache_salt": f"r1-{salt:016x}" if salt else f"own-{nonce}-{request['id']:016x}"}
    if has_priority:
        found["priority"] = priority(request["priority"])
    return found


def priority(value):
    """0..1 with 0.5 for 0; steps are kept from -1000 to 1000."""
    return 0.5 + max(-PRIORITY_SPAN, min(PRIORITY_SPAN, value)) / (2 * PRIORITY_SPAN)


def _penalties(request):
    neutral = {"repetition_penalty": 1, "presence_penalty": 0, "frequency_penalty": 0}
    return {name: request[name] for name in neutral if request[name] not in (neutral[name], 0)}


def _bias(pairs, size):
    """A tensor of 32-bit floats, one for each logit."""
    import torch  # there, as tensorrt_llm is

    bias = [0.0] * size
    for token_id, value in pairs:
        bias[token_id] += value
    return torch.tensor(bias, dtype=torch.float32)


def _guide(request, card):
    """GuidedDecodingParams' fields. LLM constrains the reasoning too, so that a constraint which
    starts after a token is a structural tag: any text up to that token, then the constraint."""
    kind, text = request["constraint_kind"], request["constraint"]
    if request["constraint_after_id"] < 0:
        return {
            JSON_OBJECT: {"json_object": True},
            JSON_SCHEMA: {"json": text},
            REGEX: {"regex": text},
            GRAMMAR: {"grammar": text},
        }[kind]
    content = {
        JSON_OBJECT: lambda: {"type": "json_schema", "json_schema": {"type": "object"}},
        JSON_SCHEMA: lambda: {"type": "json_schema", "json_schema": json.loads(text)},
        REGEX: lambda: {"type": "regex", "pattern": text},
        GRAMMAR: lambda: {"type": "grammar", "grammar": text},
    }[kind]()
    marker = card["pieces"][request["constraint_after_id"]].decode()
    free = {"type": "tag", "begin": "", "content": {"type": "any_text"}, "end": marker}
    tag = {"type": "structural_tag", "format": {"type": "sequence", "elements": [free, content]}}
    return {"structural_tag": json.dumps(tag)}

"""What the engine's options ask of this backend."""

import json
import os
from dataclasses import dataclass, field

NAMES = {
    "config",  # a YAML or JSON file of arguments of tensorrt_llm.LLM
    "llm",  # arguments over those of the file
    "python_path",  # directories to import from, before all others
    "environment",  # variables to set before torch loads
    "stall_seconds",  # without any token while a request runs: FATAL
    "stop_seconds",  # for LLM.shutdown()
    "retention_priority",  # of cached blocks, 0..100; TensorRT-LLM's default is 35
}


@dataclass(frozen=True)
class Settings:
    """Checked options; `llm` are the arguments of tensorrt_llm.LLM."""

    model_path: str
    llm: dict
    context_tokens: int = 0  # 0 = the model's
    python_path: tuple = ()
    environment: dict = field(default_factory=dict)
    stall_seconds: float = 60.0
    stop_seconds: float = 20.0
    retention_priority: int | None = None

    def __post_init__(self):
        for name, low in (("stall_seconds", 0), ("stop_seconds", 0)):
            if not getattr(self, name) > low:
                raise ValueError(f"{name} must be above {low}, is {getattr(self, name)}")
        if self.retention_priority is not None and not 0 <= self.retention_priority <= 100:
            raise ValueError(f"retention_priority is 0 to 100, not {self.retention_priority}")

    @property
    def speculative(self):
        """Whether tokens are guessed ahead (MTP), which takes features from requests."""
        return bool(self.llm.get("speculative_config"))

    @property
    def guided(self):
        """Whether constraints on the output are possible."""
        return bool(self.llm.get("guided_decoding_backend"))

    @property
    def prompt_tokens_max(self):
        """The longest prompt, 0 = as the context allows."""
        if self.llm.get("enable_chunked_prefill"):
            return 0
        return int(self.llm.get("max_num_tokens", 8192))


def read(options):
    """Settings of the engine's options.

    `options` has model_path, backend_json (text or ""), max_sequences, context_tokens and
    prefix_cache. Raises ValueError saying which setting is wrong.
    """
    own = json.loads(options["backend_json"] or "{}")
    if not isinstance(own, dict):
        raise ValueError("backend_json is not a JSON object")
    unknown = set(own) - NAMES
    if unknown:
        raise ValueError(f"backend_json has the unknown settings {sorted(unknown)}")
    llm = _file(own["config"]) if "config" in own else {}
    llm.update(own.get("llm", {}))
    llm.setdefault("max_batch_size", options["max_sequences"])
    if options["context_tokens"]:
        llm["max_seq_len"] = options["context_tokens"]
    if not options["prefix_cache"]:
        llm["kv_cache_config"] = {**llm.get("kv_cache_config", {}), "enable_block_reuse": False}
    others = {name: own[name] for name in own if name not in ("config", "llm", "python_path")}
    return Settings(
        model_path=options["model_path"],
        llm=llm,
        context_tokens=options["context_tokens"],
        python_path=tuple(own.get("python_path", ())),
        **others,
    )


def _file(path):
    with open(path, encoding="utf-8") as text:
        if os.path.splitext(path)[1] == ".json":
            content = json.load(text)
        else:
            import yaml  # a requirement of tensorrt_llm, so there where it is

            content = yaml.safe_load(text)
    if not isinstance(content, dict):
        raise ValueError(f"{path} is not an object of arguments")
    return content

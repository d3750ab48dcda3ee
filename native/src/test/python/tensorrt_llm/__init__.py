"""STAND-IN for NVIDIA's tensorrt_llm. Not TensorRT-LLM: no GPU, no model, invented tokens.

It has the names and the behaviour that r1_trtllm relies on, so that the real library, driver and
CPython can be tested where no GPU is. What it says of speed is the speed of everything around it.

A checkpoint is a directory with config.json and stand_in.json (see Plan). Requests are told what
to do by the first id of their prompt (see ORDERS in tokenizer.py).
"""

import os

from tensorrt_llm import llmapi
from tensorrt_llm.executor import Executor
from tensorrt_llm.llmapi import LLM
from tensorrt_llm.sampling_params import SamplingParams

__version__ = "0.0.0-stand-in"
__all__ = ["LLM", "SamplingParams", "__version__", "llmapi"]

for _name in os.environ.get("R1_STAND_IN_WITHOUT", "").split():  # an older or younger candidate
    delattr(LLM if hasattr(LLM, _name) else Executor, _name)

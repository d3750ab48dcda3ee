"""Runs one tensorrt_llm.LLM for the engine's trtllm backend, inside its process.

The backend's C++ starts `run` on a thread of its own. One asyncio loop there does everything; what
comes of all requests in one turn of the loop goes to C++ in one call. Nothing here calls Java.
"""

from r1_trtllm.driver import run

__all__ = ["run"]

"""Whether the executor behind an LLM is still able to work.

Upstream tells a dead rank only to whoever asks: pending results simply never end, and its own
server stays up (TensorRT-LLM#18663). Names of the executor differ between candidates; each is
asked where it exists.
"""


def reason_of_death(llm):
    """Why nothing more can come, or None."""
    executor = getattr(llm, "_executor", None)
    if executor is None:
        return "tensorrt_llm has no executor"
    fatal = getattr(executor, "_fatal_error", None)
    if fatal is not None:
        return f"the executor failed: {type(fatal).__name__}"
    if any(future.done() for future in getattr(executor, "mpi_futures", ())):
        return "a rank of the executor has ended"
    errors = getattr(executor, "_error_queue", None)
    if errors is not None and not errors.empty():
        return "a thread or rank of the executor failed"
    if executor.is_shutdown():
        return "the executor has shut down"
    return None

"""Stand-in: the result of a request, fed by the executor and read by one task."""

import asyncio
from dataclasses import dataclass, field

from tensorrt_llm.tokenizer import ORDER


@dataclass
class Logprob:
    logprob: float
    rank: int | None = None


@dataclass
class CompletionOutput:
    token_ids: list = field(default_factory=list)
    logprobs: list = field(default_factory=list)
    finish_reason: str | None = None
    stop_reason: int | None = None
    request_perf_metrics: object = None


@dataclass(frozen=True)
class Response:
    """What the executor tells of one request."""

    ids: tuple = ()
    logprobs: tuple = ()
    cached: int = 0
    metrics: object = None  # with the last answer, where they were asked for
    finish_reason: str | None = None
    error: str | None = None


class RequestError(RuntimeError):
    pass


class RequestOutput:
    finished = False  # upstream these two are properties
    outputs = ()

    def __init__(self, executor, prompt, sampling_params, salt, priority):
        self.prompt_token_ids = prompt
        self.sampling_params = sampling_params
        self.salt, self.priority = salt, priority
        self.outputs = [CompletionOutput()]
        self._executor = executor
        self._queue = asyncio.Queue()
        if prompt[0] != ORDER["uncounted"]:
            self.cached_tokens = 0

    def abort(self):
        self._executor.abort(self)

    def give(self, response):
        """On the loop's thread."""
        self._queue.put_nowait(response)

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.finished:
            raise StopAsyncIteration
        response = await self._queue.get()
        output = self.outputs[0]
        if response.error:
            raise RequestError(response.error)
        output.token_ids.extend(response.ids)
        output.logprobs.extend(response.logprobs)
        self.finished = response.finish_reason is not None
        output.finish_reason = response.finish_reason
        output.request_perf_metrics = response.metrics
        if response.finish_reason == "stop":
            self._stop(output)
        if response.finish_reason == "cancelled" and self.sampling_params.logprobs:
            raise AssertionError("logprobs and ids of a cancelled request differ")  # as upstream
        if "cached_tokens" in self.__dict__:
            self.cached_tokens = response.cached
        return self

    def _stop(self, output):
        last = output.token_ids[-1]
        if last in (self.sampling_params.stop_token_ids or ()):
            output.stop_reason = last
            if not self.sampling_params.include_stop_str_in_output:
                output.token_ids.pop()

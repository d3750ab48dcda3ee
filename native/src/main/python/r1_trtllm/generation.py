"""One request from submit to its last news."""

import sys
import traceback
from datetime import timedelta

RUNNING, STOPPED, LENGTH, CANCELLED, FAILED = range(5)  # News::Outcome
UNKNOWN = -1
OUTCOMES = {"stop": STOPPED, "length": LENGTH, "cancelled": CANCELLED, "timeout": CANCELLED}


class Generation:
    """Follows one result of LLM.generate_async and gives its news to `emit`.

    News is (id, new ids, a logprob of each or None, the likeliest of each or None, cached prompt
    tokens or UNKNOWN, microseconds in the executor's queue or 0, outcome). Exactly one has another
    outcome than RUNNING. A logprob that was asked for and is not told fails the request.
    """

    def __init__(self, request, result, emit):
        self.id = request["id"]
        self._tops = request["top_logprobs"] if request["logprobs"] else UNKNOWN
        self._result = result
        self._emit = emit
        self._sent = 0
        self.cancelled_at = None  # the loop's time
        self.cached = None  # prompt tokens found in the cache, once known
        self.task = None  # that runs this

    def cancel(self, now):
        """Asks for the end. Again, if it was lost on the way or came too early: harmless."""
        self.cancelled_at = now
        self._abort()

    def give_up(self):
        """The executor does not end it, so it ends here; what it still makes is nobody's."""
        print(f"r1_trtllm: request {self.id}: abort has no effect", file=sys.stderr, flush=True)
        self.task.cancel()
        self._emit(last(self.id, CANCELLED))

    def _abort(self):
        try:
            self._result.abort()
        except Exception as problem:  # it has just ended, or the executor is dying: watched
            complain(f"request {self.id}: abort failed", problem)

    async def run(self):
        """Never raises: what goes wrong ends this request alone."""
        outcome = FAILED
        try:
            async for result in self._result:
                if result.finished:
                    outcome = self._outcome(result.outputs[0])
                    break
                self._emit(self._news(result, RUNNING))
            self._emit(self._news(self._result, outcome))
        except Exception as problem:
            self._fail(problem)

    def _outcome(self, output):
        outcome = OUTCOMES.get(output.finish_reason, FAILED)
        if outcome == CANCELLED and self.cancelled_at is None:
            return FAILED  # by the executor, not by us
        return outcome

    def _fail(self, problem):
        """Upstream may also raise for a request that was cancelled while it had logprobs."""
        outcome = CANCELLED
        if self.cancelled_at is None:
            complain(f"request {self.id} failed", problem)
            self._abort()  # it may still hold its place
            outcome = FAILED
        self._emit(last(self.id, outcome))

    def _news(self, result, outcome):
        output = result.outputs[0]
        ids = output.token_ids[self._sent :]
        logprobs = tops = None
        if self._tops >= 0 and ids:
            logprobs, tops = self._read_logprobs(ids, output.logprobs[self._sent :])
        self._sent += len(ids)
        self.cached = getattr(result, "cached_tokens", None)
        cached = UNKNOWN if self.cached is None else self.cached
        return (self.id, ids, logprobs, tops, cached, _queued_us(output), outcome)

    def _read_logprobs(self, ids, found):
        """Of each id its own and the likeliest; by version a dict of ids, or one number."""
        own, tops = [], []
        for token_id, of_token in zip(ids, found[: len(ids)], strict=True):
            if not isinstance(of_token, dict):
                own.append(float(of_token))
                tops.append([])
                continue
            ranked = sorted(of_token.items(), key=lambda item: -item[1].logprob)
            own.append(of_token[token_id].logprob)
            tops.append([(i, entry.logprob) for i, entry in ranked[: self._tops]])
        return own, tops if self._tops else None


def last(request_id, outcome):
    """The news of an end that tells nothing else."""
    return (request_id, [], None, None, UNKNOWN, 0, outcome)


def _queued_us(output):
    """From arrival at the executor to the first step, told with the last answer; 0 if not."""
    metrics = getattr(output, "request_perf_metrics", None)
    times = getattr(metrics, "timing_metrics", None)
    if times is None:
        return 0
    waited = times.first_scheduled_time - times.arrival_time
    return max(0, waited // timedelta(microseconds=1))


def complain(what, problem):
    """Where and what kind of error, not its words, which may be a user's."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    print(f"r1_trtllm: {what}: {type(problem).__name__}{place}", file=sys.stderr, flush=True)

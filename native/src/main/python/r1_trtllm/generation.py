"""One request from submit to its last news."""

import asyncio
import sys
import traceback

RUNNING, DONE, CANCELLED, FAILED = 0, 1, 2, 3
UNKNOWN = -1
OUTCOMES = {"stop": DONE, "length": DONE, "cancelled": CANCELLED, "timeout": CANCELLED}


class Generation:
    """Follows one result of LLM.generate_async and gives its news to `emit`.

    News is (id, new ids, a logprob of each or None, the likeliest of each or None, cached prompt
    tokens or UNKNOWN, outcome). Exactly one has another outcome than RUNNING.
    """

    def __init__(self, request, result, emit):
        self.id = request["id"]
        self._tops = request["top_logprobs"] if request["logprobs"] else UNKNOWN
        self._result = result
        self._emit = emit
        self._sent = 0
        self._cancelled = False
        self.cached = None  # prompt tokens found in the cache, once known

    def cancel(self):
        """Asks for the end. Again, if it was lost on the way or came too early: harmless."""
        self._cancelled = True
        try:
            self._result.abort()
        except Exception:  # it has just ended, or the executor is going down, which is watched
            complain(f"request {self.id}: abort failed", sys.exc_info()[1])

    @property
    def cancelled(self):
        return self._cancelled

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
        except asyncio.CancelledError:  # the loop is stopping
            raise
        except Exception as problem:
            self._fail(problem)

    def _outcome(self, output):
        outcome = OUTCOMES.get(output.finish_reason, FAILED)
        if outcome == CANCELLED and not self._cancelled:
            return FAILED  # by the executor, not by us
        return outcome

    def _fail(self, problem):
        """Upstream may also raise for a request that was cancelled while it had logprobs."""
        if not self._cancelled:
            complain(f"request {self.id} failed", problem)
            self.cancel()
            self._cancelled = False
        outcome = CANCELLED if self._cancelled else FAILED
        self._emit((self.id, [], None, None, UNKNOWN, outcome))

    def _news(self, result, outcome):
        output = result.outputs[0]
        ids = output.token_ids[self._sent :]
        logprobs = tops = None
        if self._tops >= 0 and ids:
            logprobs, tops = self._read_logprobs(ids, output.logprobs[self._sent :])
        self._sent += len(ids)
        self.cached = getattr(result, "cached_tokens", None)
        cached = UNKNOWN if self.cached is None else self.cached
        return (self.id, ids, logprobs, tops, cached, outcome)

    def _read_logprobs(self, ids, found):
        """Of each id its own and the likeliest; by version a dict of ids, or one number."""
        own, tops = [], []
        for place, token_id in enumerate(ids):
            of_token = found[place] if place < len(found) else 0.0
            if not isinstance(of_token, dict):
                own.append(float(of_token))
                tops.append([])
                continue
            ranked = sorted(of_token.items(), key=lambda item: -item[1].logprob)
            own.append(of_token[token_id].logprob if token_id in of_token else 0.0)
            tops.append([(i, entry.logprob) for i, entry in ranked[: self._tops]])
        return own, tops if self._tops else None


def complain(what, problem):
    """Where and what kind of error, not its words, which may be a user's."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    print(f"r1_trtllm: {what}: {type(problem).__name__}{place}", file=sys.stderr, flush=True)

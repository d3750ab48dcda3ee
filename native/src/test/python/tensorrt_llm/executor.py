"""Stand-in: the executor's loop on a thread, with one rank in a process of its own."""

import asyncio
import concurrent.futures
import json
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from tensorrt_llm.result import Logprob, Response
from tensorrt_llm.tokenizer import END, LONG, ORDER, THINK_END

BLOCK = 8  # tokens


@dataclass(frozen=True)
class Plan:
    """stand_in.json: how this executor behaves."""

    step_ms: float = 1.0
    request_us: float = 0.0  # of a step, per request in its batch
    load_seconds: float = 0.0
    load_parts: int = 10
    load_fails: str = ""
    context_tokens: int = 4096
    kv_tokens: int = 65536
    think_tokens: int = 8  # </think> is the last of them
    output_tokens: int = 24  # the end token is the last of them
    endless_prompt_tokens: int = 1 << 30  # so long a prompt has an output without end
    loses_aborts: int = 0  # so many are dropped, as of requests that are not known yet
    float_logprobs: bool = False


class Feed:
    """Numbers that one consumer reads."""

    def __init__(self):
        self._items = queue.SimpleQueue()

    def put(self, item):
        self._items.put(item)

    async def until(self, timeout):
        begun = time.monotonic()
        while time.monotonic() < begun + timeout:
            try:
                yield json.loads(json.dumps(self._items.get_nowait()))
            except queue.Empty:
                await asyncio.sleep(timeout / 20)


class Running:
    """A request in the batch."""

    def __init__(self, result, cached):
        self.result, self.cached = result, cached
        self.begun = timedelta(seconds=time.monotonic())
        self.made = 0
        self.unsent, self.unsent_logprobs = [], []


    def metrics(self):
        times = SimpleNamespace(arrival_time=self.result.arrival, first_scheduled_time=self.begun)
        return SimpleNamespace(timing_metrics=times)


class Executor:
    def __init__(self, plan, arguments):
        self.plan = plan
        self.stats, self.cache_events = Feed(), Feed()
        self._stats_on = arguments.get("enable_iter_perf_stats", False)
        cache = arguments.get("kv_cache_config", {})
        self._reuse = cache.get("enable_block_reuse", True)
        self._events_on = bool(cache.get("event_buffer_max_size"))
        self._batch_size = arguments.get("max_batch_size", 256)
        self._interval = arguments.get("stream_interval", 1)
        self._arriving, self._aborts = queue.SimpleQueue(), queue.SimpleQueue()
        self._waiting, self._running = deque(), []
        self._prefixes = {}  # salt to known block starts
        self._lose = plan.loses_aborts
        self._loop = None
        self._error_queue = queue.Queue()
        self._shutting_down = False
        self.mpi_futures = [concurrent.futures.Future()]
        self._rank = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
        )
        self._thread = threading.Thread(target=self._work, name="stand-in", daemon=True)
        self._thread.start()

    def submit(self, result):
        self._loop = asyncio.get_running_loop()
        result.arrival = timedelta(seconds=time.monotonic())
        self._arriving.put(result)

    def abort(self, result):
        self._aborts.put(result)

    def is_shutdown(self):
        return self._shutting_down

    def shutdown(self):
        self._shutting_down = True
        self._thread.join()
        self._rank.kill()
        self._rank.wait()

    def _work(self):
        while not self._shutting_down:
            if self._rank.poll() is not None:  # nothing more comes: upstream's results stay open
                problem = RuntimeError("a rank was killed")
                self.mpi_futures[0].set_exception(problem)
                self._error_queue.put(problem)
                return
            begun = time.monotonic()
            responses = self._abort()
            self._admit()
            if any(r.result.prompt_token_ids[0] == ORDER["hang"] for r in self._running):
                time.sleep(0.05)
                continue
            responses += self._step()
            rest = begun + self.plan.step_ms / 1e3 + len(self._running) * self.plan.request_us / 1e6
            time.sleep(max(0.0, rest - time.monotonic()))
            if responses:
                self._loop.call_soon_threadsafe(_deliver, responses)

    def _abort(self):
        """Requests that have not arrived, or have ended, are not known: nothing happens."""
        asked = set()
        while not self._aborts.empty():
            result = self._aborts.get()
            if self._lose > 0:
                self._lose -= 1
            else:
                asked.add(result)
        ended = [(r.result, r) for r in self._running if r.result in asked]
        for _, running in ended:  # its step was on its way
            running.made += 1
            running.unsent.append(self._token(running))
        self._running = [r for r in self._running if r.result not in asked]
        never = [(result, None) for result in self._waiting if result in asked]
        self._waiting = deque(result for result in self._waiting if result not in asked)
        return [
            (result, Response(tuple(r.unsent) if r else (), finish_reason="cancelled"))
            for result, r in [*ended, *never]
        ]

    def _admit(self):
        while not self._arriving.empty():
            self._waiting.append(self._arriving.get())
        while self._waiting and len(self._running) < self._batch_size:
            first = max(self._waiting, key=lambda result: result.priority)
            self._waiting.remove(first)
            self._running.append(Running(first, self._cached(first)))

    def _cached(self, result):
        """Tokens of the longest prefix another prompt of this salt had, less the last token."""
        known = self._prefixes.setdefault(result.salt, set())
        ids = result.prompt_token_ids
        starts = [tuple(ids[:end]) for end in range(BLOCK, len(ids), BLOCK)]
        cached = max((len(start) for start in starts if start in known), default=0)
        new = [start for start in starts if start not in known]
        if self._reuse:
            known.update(new)
            if self._events_on and new:
                blocks = [{"block_hash": hash(start)} for start in new]
                self.cache_events.put({"data": {"type": "stored", "blocks": blocks}})
        return cached

    def _step(self):
        responses, going = [], []
        for running in self._running:
            response = self._advance(running)
            if response:
                responses.append((running.result, response))
            if not response or not (response.finish_reason or response.error):
                going.append(running)
        if self._stats_on and self._running:
            used = sum(len(r.result.prompt_token_ids) + r.made for r in self._running)
            self.stats.put(
                {
                    "iterLatencyMS": self.plan.step_ms,
                    "numActiveRequests": len(self._running),
                    "numQueuedRequests": len(self._waiting),
                    "kvCacheStats": {
                        "tokensPerBlock": BLOCK,
                        "usedNumBlocks": -(-used // BLOCK),
                        "maxNumBlocks": self.plan.kv_tokens // BLOCK,
                    },
                }
            )
        self._running = going
        return responses

    def _advance(self, running):
        params = running.result.sampling_params
        running.made += 1
        token = self._token(running)
        running.unsent.append(token)
        order = running.result.prompt_token_ids[0]
        if params.logprobs and (order, running.made) != (ORDER["unsure"], 2):
            running.unsent_logprobs.append(self._logprob(token, params.logprobs))
        if order == ORDER["fail"] and running.made == 3:
            return Response(error="failed, as the prompt asked")
        if order == ORDER["garbled"] and running.made == 3:
            return Response(("no id",))
        reason = self._reason(params, running, token, order)
        if reason is None and running.made % self._interval:
            return None
        metrics = running.metrics() if reason and params.return_perf_metrics else None
        response = Response(
            tuple(running.unsent), tuple(running.unsent_logprobs), running.cached, metrics, reason
        )
        running.unsent, running.unsent_logprobs = [], []
        return response

    @staticmethod
    def _reason(params, running, token, order):
        if running.made == 3 and order in (ORDER["timeout"], ORDER["aborted"], ORDER["odd"]):
            by_order = {ORDER["timeout"]: "timeout", ORDER["aborted"]: "cancelled"}
            return by_order.get(order, "not_finished")
        if token == params.end_id and not params.ignore_eos:
            if running.made >= (params.min_tokens or 1):
                return "stop"
        if token in (params.stop_token_ids or ()) and not params.ignore_eos:
            return "stop"  # upstream: whatever min_tokens are, and none with ignore_eos
        return "length" if running.made == params.max_tokens else None

    def _token(self, running):
        """Reasoning, </think>, an answer, the end; a constraint makes the answer {}."""
        params, place = running.result.sampling_params, running.made
        guided = params.guided_decoding
        if guided and not guided.structural_tag:
            return [*b"{}", END][min(place, 3) - 1]
        if place == self.plan.think_tokens:
            return THINK_END
        if guided and place > self.plan.think_tokens:
            return [*b"{}", END][min(place - self.plan.think_tokens, 3) - 1]
        endless = len(running.result.prompt_token_ids) >= self.plan.endless_prompt_tokens
        late = not endless and place >= max(self.plan.output_tokens, params.min_tokens or 0)
        if late and not params.ignore_eos:
            return END
        if running.result.prompt_token_ids[0] == ORDER["long"]:
            return LONG
        bias = params.embedding_bias.tolist() if params.embedding_bias is not None else [0]
        if max(bias) > 0:
            return bias.index(max(bias))
        drawn = 0 if params.greedy else params.seed
        return 97 + (sum(running.result.prompt_token_ids) + drawn * 7 + place * 3) % 26

    def _logprob(self, token, count):
        if self.plan.float_logprobs:
            return -0.5
        others = [97 + (token + 1 + place) % 26 for place in range(count)]
        found = {token: Logprob(-0.5, 1)}
        for rank, other in enumerate(others):
            found.setdefault(other, Logprob(-1.0 - rank, rank + 2))
        return found


def _deliver(responses):
    for result, response in responses:
        result.give(response)

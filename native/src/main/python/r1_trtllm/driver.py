"""The loop: commands in, news out, one executor watched."""

import asyncio
import concurrent.futures
import contextlib
import os
import secrets

from r1_trtllm import checkpoint, environment, health, load, names, sampling, settings
from r1_trtllm.generation import FAILED, Generation, complain, last
from r1_trtllm.statistics import Statistics
from r1_trtllm.vocabulary import Vocabulary

PROGRESS_SECONDS = 0.25
WATCH_SECONDS = 0.25
STATS_SECONDS = 1.0


def run(native):
    """Loads, serves until told to stop, and returns. Never raises.

    `native` is the module _r1native: options(), progress(share), loaded(card), refused(is_memory,
    why), event_fd(), take(), emit(news), report(numbers), fatal(why).
    """
    loop = asyncio.new_event_loop()
    with concurrent.futures.ThreadPoolExecutor() as calls:  # none of its threads is left over
        loop.set_default_executor(calls)
        try:
            loop.run_until_complete(_run(native, loop))
        except BaseException as problem:  # the thread's root; SystemExit would end the process
            complain("the driver failed", problem)
            native.fatal(f"the driver failed: {type(problem).__name__}")


async def _run(native, loop):
    try:
        driver = await _load(native, loop)
    except BaseException as problem:  # SystemExit too: upstream's command lines raise it
        message = str(problem)[:900] or type(problem).__name__
        native.refused(_is_memory(problem, message), message)
        return
    await driver.serve()


async def _load(native, loop):
    wanted = settings.read(native.options())
    environment.prepare(wanted)
    import tensorrt_llm  # only now: it loads torch and MPI

    lacking = names.missing(tensorrt_llm)
    if lacking:
        version = tensorrt_llm.__version__
        raise RuntimeError(f"tensorrt_llm {version} has no {', '.join(lacking)}")
    llm = await _construct(native, loop, tensorrt_llm, wanted)
    dead = health.reason_of_death(llm)  # also: a wheel that cannot be asked does not start
    if dead:
        raise RuntimeError(dead)
    card, vocabulary = _card(tensorrt_llm, llm, wanted)
    native.loaded(card, vocabulary.encode)
    return Driver(native, loop, tensorrt_llm, llm, wanted, card)


async def _construct(native, loop, tensorrt_llm, wanted):
    size = checkpoint.weight_bytes(wanted.model_path)
    begun = load.read_bytes()
    work = loop.run_in_executor(None, lambda: tensorrt_llm.LLM(wanted.model_path, **wanted.llm))
    while not (await asyncio.wait({work}, timeout=PROGRESS_SECONDS))[0]:
        native.progress(load.progress(size, begun))
    return work.result()


def _card(tensorrt_llm, llm, wanted):
    config = checkpoint.read(wanted.model_path, "config.json")
    vocabulary = Vocabulary(llm.tokenizer, config["vocab_size"])
    ends = checkpoint.end_ids(wanted.model_path, vocabulary.end_id)
    if not ends:
        raise ValueError("the checkpoint names no end token")
    ranks = [part["maxNumTokens"] for part in llm.get_kv_cache_capacity()]
    found = getattr(llm.args, "max_seq_len", None) or config.get("max_position_embeddings", 0)
    card = {
        "name": os.path.basename(os.path.normpath(wanted.model_path)),
        "architecture": config.get("model_type", ""),
        "version": tensorrt_llm.__version__,
        "vocabulary_size": config["vocab_size"],
        "context_tokens": wanted.context_tokens or found,
        "kv_tokens": sum(ranks) if wanted.llm.get("enable_attention_dp") else max(ranks),
        "request_tokens_max": max(ranks),  # the cells of one request are on one rank
        "bos_id": vocabulary.bos_id,
        "end_ids": ends,
        "pieces": vocabulary.pieces,
        "controls": vocabulary.controls,
        "markers": vocabulary.markers,
        "speculative": wanted.speculative,
        "guided": wanted.guided,
        "prompt_tokens_max": wanted.prompt_tokens_max,
        "stall_seconds": wanted.stall_seconds,
        "stop_seconds": wanted.stop_seconds,
    }
    return card, vocabulary


def _is_memory(problem, message):
    return isinstance(problem, MemoryError) or "out of memory" in message.lower()


class Driver:
    """A loaded LLM and its open requests. Everything here runs on the loop's thread."""

    def __init__(self, native, loop, tensorrt_llm, llm, wanted, card):
        self._native, self._loop, self._llm = native, loop, llm
        self._tensorrt_llm, self._wanted, self._card = tensorrt_llm, wanted, card
        self._has_priority = names.has_priority(tensorrt_llm)
        self._has_times = names.has_times(tensorrt_llm)
        self._statistics = Statistics(card["kv_tokens"])
        self._retention = self._retention_config()
        self._nonce = secrets.token_hex(8)
        self._open = {}  # request id to Generation
        self._tasks = set()
        self._news = []
        self._stopped = asyncio.Event()
        self._dead = False

    async def serve(self):
        """Until a stop command; then ends all work."""
        self._loop.add_reader(self._native.event_fd(), self._take)
        self._take()  # what came before
        running = [self._loop.create_task(helper) for helper in self._helpers()]
        await self._stopped.wait()
        self._loop.remove_reader(self._native.event_fd())
        for task in [*running, *self._tasks]:
            task.cancel()
        await asyncio.gather(*running, *self._tasks, return_exceptions=True)
        if not self._dead:  # else it waits for ranks that are gone
            await self._loop.run_in_executor(None, self._llm.shutdown)

    def _take(self):
        """Commands in the order they were given: a cancel never overtakes its submit."""
        with self._deadly("a command was lost"):
            for command, value in self._native.take():
                if command == "submit":
                    self._submit(value)
                elif command == "cancel":
                    if value in self._open:
                        self._open[value].cancel(self._loop.time())
                else:
                    self._stopped.set()

    @contextlib.contextmanager
    def _deadly(self, what):
        """An error here would leave a request open for ever: nothing goes on after it."""
        try:
            yield
        except (Exception, SystemExit) as problem:
            complain(what, problem)
            self._die(f"{what}: {type(problem).__name__}")

    def _die(self, reason):
        self._dead = True
        self._native.fatal(reason)

    def _submit(self, request):
        request_id = request["id"]
        try:
            result = self._llm.generate_async(
                {"prompt_token_ids": request["prompt"]},
                sampling_params=sampling.params(
                    request, self._card, self._tensorrt_llm, self._has_times
                ),
                streaming=True,
                kv_cache_retention_config=self._retention,
                **sampling.arguments(request, self._nonce, self._has_priority),
            )
        except (Exception, SystemExit) as problem:
            complain(f"request {request_id} was refused", problem)
            self._emit(last(request_id, FAILED))
            return
        generation = self._open[request_id] = Generation(request, result, self._emit)
        generation.task = task = self._loop.create_task(generation.run())
        self._tasks.add(task)
        prompt = len(request["prompt"]) if request["cache_salt"] else 0
        task.add_done_callback(lambda done: self._ended(done, generation, prompt))

    def _ended(self, task, generation, prompt):
        self._tasks.discard(task)
        if self._open.get(generation.id) is generation:
            del self._open[generation.id]
        if prompt:
            self._statistics.prompt(prompt, generation.cached)

    def _emit(self, news):
        """All news of one turn of the loop cross in one call."""
        if not self._news:
            self._loop.call_soon(self._flush)
        self._news.append(news)

    def _flush(self):
        news, self._news = self._news, []
        with self._deadly("news was lost"):
            self._native.emit(news)

    async def _watch(self):
        """Asks again for cancels on their way, and looks after the executor."""
        while not self._dead:
            await asyncio.sleep(WATCH_SECONDS)
            with self._deadly("the executor cannot be asked"):
                reason = health.reason_of_death(self._llm)
                if reason:
                    self._die(reason)
                for generation in list(self._open.values()):
                    self._remind(generation)

    def _remind(self, generation):
        """Of a cancel that has not come through; one that never does ends here."""
        since = generation.cancelled_at
        if since is None:
            return
        if self._loop.time() - since < self._wanted.stall_seconds:
            generation.cancel(since)
        else:
            generation.give_up()

    async def _report(self):
        while True:
            await asyncio.sleep(STATS_SECONDS)
            try:
                self._native.report(self._statistics.numbers(len(self._open)))
            except Exception as problem:
                complain("statistics", problem)

    async def _follow(self, source, take):
        """Gives every item of a feed, which ends when it is silent for a while, to `take`."""
        while True:
            try:
                async for item in source(timeout=STATS_SECONDS):
                    take(item)
            except Exception as problem:
                complain("statistics", problem)
            await asyncio.sleep(STATS_SECONDS)

    def _helpers(self):
        """The feeds have one consumer each, this one."""
        yield self._watch()
        yield self._report()
        yield self._follow(self._llm.get_stats_async, self._statistics.step)
        if self._wanted.llm.get("kv_cache_config", {}).get("event_buffer_max_size"):
            yield self._follow(self._llm.get_kv_cache_events_async, self._statistics.cache_event)

    def _retention_config(self):
        priority = self._wanted.retention_priority
        if priority is None:
            return None
        config = self._tensorrt_llm.llmapi.KvCacheRetentionConfig
        whole = config.TokenRangeRetentionConfig(0, None, priority)
        return config([whole], priority)

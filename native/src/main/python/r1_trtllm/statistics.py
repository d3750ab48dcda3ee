"""What the executor does now, from its own statistics and events."""


class Statistics:
    """The newest numbers. Zero is "not known", as where enable_iter_perf_stats is off.

    `kv_tokens` is what all ranks hold. With attention data parallelism the executor tells of one
    rank's blocks; then the share in use there stands for all.
    """

    def __init__(self, kv_tokens):
        self.running = self.waiting = 0
        self.kv_tokens_used, self.kv_tokens_total = 0, kv_tokens
        self.prefix_asked = self.prefix_hit = 0
        self.steps = self.step_us = 0
        self._block_tokens = 0
        self._stored = set()

    def step(self, stats):
        """One iteration of the executor, a dict."""
        self.steps += 1
        self.step_us += int(stats.get("iterLatencyMS", 0) * 1000)
        self.running = stats.get("numActiveRequests", 0)
        self.waiting = stats.get("numQueuedRequests", 0)
        cache = stats.get("kvCacheStats")
        if cache:
            self._block_tokens = cache.get("tokensPerBlock", 0)
            used, blocks = cache.get("usedNumBlocks", 0), cache.get("maxNumBlocks", 0)
            self.kv_tokens_used = self.kv_tokens_total * used // blocks if blocks else 0

    def cache_event(self, event):
        """One change of the cache, a dict: blocks stored for reuse, or removed."""
        data = event.get("data", {})
        if data.get("type") == "stored":
            self._stored.update(block["block_hash"] for block in data["blocks"])
        elif data.get("type") == "removed":
            self._stored.difference_update(data["block_hashes"])

    def prompt(self, tokens, cached):
        """A request with a salt has ended; cached is None where unknown."""
        self.prefix_asked += tokens
        self.prefix_hit += cached or 0

    def numbers(self, open_requests):
        """In the order of LoopLoad.

        An idle executor says nothing, so its last step is over. One that never says anything
        (enable_iter_perf_stats is off) counts as running all that is open.
        """
        return (
            min(self.running, open_requests) if self.steps else open_requests,
            min(self.waiting, open_requests),
            self.kv_tokens_used if open_requests else 0,
            len(self._stored) * self._block_tokens,
            self.kv_tokens_total,
            self.prefix_asked,
            self.prefix_hit,
            self.steps,
            self.step_us,
        )

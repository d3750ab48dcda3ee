"""r1-nano's network in PyTorch: DeepSeek-R1's architecture (MLA, mixture of experts) in small.

It computes exactly the function of llama.cpp's `deepseek2` graph: multi-head latent attention
with a low-rank query, interleaved rotary positions without YaRN, sigmoid gating with a selection
bias, group-limited routing (group score = sum of its two best experts), normalised and scaled
expert weights, one shared expert, and leading dense layers.
"""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SPARSE_FROM = 200  # tokens in one pass from which each expert computes its own tokens only


@dataclass(frozen=True)
class Shape:
    """Sizes under their Hugging Face names."""

    vocab_size: int = 1024
    hidden_size: int = 192
    num_hidden_layers: int = 4
    first_k_dense_replace: int = 1
    num_attention_heads: int = 4
    q_lora_rank: int = 96
    kv_lora_rank: int = 64
    qk_nope_head_dim: int = 32
    qk_rope_head_dim: int = 32
    v_head_dim: int = 32
    n_routed_experts: int = 16
    num_experts_per_tok: int = 4
    n_shared_experts: int = 1
    n_group: int = 4
    topk_group: int = 2
    routed_scaling_factor: float = 2.5
    intermediate_size: int = 512
    moe_intermediate_size: int = 64
    max_position_embeddings: int = 2048
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6

    def __post_init__(self):
        if self.num_hidden_layers in (26, 27, 47, 48):
            raise ValueError("llama.cpp takes this layer count for another model")
        if not 0 < self.topk_group < self.n_group < self.n_routed_experts:
            raise ValueError("need 0 < topk_group < n_group < n_routed_experts")
        if self.n_routed_experts % self.n_group or self.n_routed_experts < 2 * self.n_group:
            raise ValueError("need equal groups of at least two experts")
        if self.num_experts_per_tok > self.topk_group * self.n_routed_experts // self.n_group:
            raise ValueError("the chosen groups have too few experts")
        if (self.kv_lora_rank + self.qk_rope_head_dim) % 32:
            raise ValueError("a q8_0 KV cache needs (kv_lora + rope) % 32 = 0")

    def as_dict(self) -> dict:
        return asdict(self)


class Cache:
    """What one layer remembers of a batch: a vector per position, which every head reads.

    For MLA it is the latent and the rotated key: 96 numbers instead of 384 for four heads."""

    def __init__(self, batch: int, positions: int, width: int):
        self.latents = torch.zeros(batch, positions, width)

    def put(self, at: Tensor, latents: Tensor) -> Tensor:
        """Stores (batch, tokens, width) at positions `at` (batch, tokens); all up to the last."""
        rows, end = torch.arange(at.shape[0])[:, None], int(at.max()) + 1
        self.latents[rows, at] = latents
        return self.latents[:, :end]

    def keep(self, rows: Tensor) -> None:
        """Drops all sequences but `rows`."""
        self.latents = self.latents[rows]


def linear(inputs: int, outputs: int) -> nn.Linear:
    return nn.Linear(inputs, outputs, bias=False)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions on neighbouring pairs. x: (batch, tokens, heads, d); cosine: (…, 1, d/2)."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], -1).flatten(-2)


class RmsNorm(nn.Module):
    """Divides by the root mean square and scales."""

    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


class LatentAttention(nn.Module):
    """MLA: queries and keys/values pass through low-rank latents; positions use own channels."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape, heads = shape, shape.num_attention_heads
        nope, rope, value = shape.qk_nope_head_dim, shape.qk_rope_head_dim, shape.v_head_dim
        self.q_a = linear(shape.hidden_size, shape.q_lora_rank)
        self.q_a_norm = RmsNorm(shape.q_lora_rank, eps=shape.rms_norm_eps)
        self.q_b = linear(shape.q_lora_rank, heads * (nope + rope))
        self.kv_a = linear(shape.hidden_size, shape.kv_lora_rank + rope)
        self.kv_a_norm = RmsNorm(shape.kv_lora_rank, eps=shape.rms_norm_eps)
        self.kv_b = linear(shape.kv_lora_rank, heads * (nope + value))
        self.output = linear(heads * value, shape.hidden_size)

    def forward(self, x: Tensor, at: Tensor, turn: tuple[Tensor, Tensor], cache: Cache | None):
        """x: (batch, tokens, hidden); at: positions (batch, tokens); turn: cosine and sine."""
        batch, tokens, _ = x.shape
        shape, heads = self.shape, self.shape.num_attention_heads
        nope, rope, value = shape.qk_nope_head_dim, shape.qk_rope_head_dim, shape.v_head_dim
        query = self.q_b(self.q_a_norm(self.q_a(x).float())).view(batch, tokens, heads, nope + rope)
        query = torch.cat([query[..., :nope], rotate(query[..., nope:], *turn)], -1)
        latent, key_rope = self.kv_a(x).split([shape.kv_lora_rank, rope], -1)
        key_rope, latent = rotate(key_rope[:, :, None], *turn), self.kv_a_norm(latent.float())
        if cache is not None:
            memory = cache.put(at, torch.cat([latent, key_rope[:, :, 0]], -1))
            mixed = self.by_latents(query, memory, at)
            return self.output(mixed.reshape(batch, tokens, heads * value))
        both = self.kv_b(latent).view(batch, tokens, heads, nope + value)
        keys = torch.cat([both[..., :nope], key_rope.expand(-1, -1, heads, -1)], -1)
        values = both[..., nope:]
        mixed = F.scaled_dot_product_attention(
            query.transpose(1, 2).to(values.dtype), keys.transpose(1, 2).to(values.dtype),
            values.transpose(1, 2), is_causal=True)
        return self.output(mixed.transpose(1, 2).reshape(batch, tokens, heads * value))

    def by_latents(self, query: Tensor, memory: Tensor, at: Tensor) -> Tensor:
        """Attention in the space of the latents, as an engine does it: keys and values are never
        written out. query: (batch, tokens, heads, d); memory: (batch, positions, latent + rope);
        gives (batch, tokens, heads, value)."""
        shape = self.shape
        nope, rank = shape.qk_nope_head_dim, shape.kv_lora_rank
        both = self.kv_b.weight.view(shape.num_attention_heads, -1, rank)
        query = torch.cat([torch.einsum("bthn,hnr->bthr", query[..., :nope], both[:, :nope]),
                           query[..., nope:]], -1) * (nope + shape.qk_rope_head_dim) ** -0.5
        batch, tokens, heads, width = query.shape
        scores = (query.reshape(batch, tokens * heads, width) @ memory.mT)
        hidden = torch.arange(memory.shape[1]) > at[:, :, None]
        scores = scores.view(batch, tokens, heads, -1).masked_fill(hidden[:, :, None], -torch.inf)
        mixed = scores.softmax(-1).view(batch, tokens * heads, -1) @ memory[..., :rank]
        mixed = mixed.view(batch, tokens, heads, rank)
        return torch.einsum("bthr,hvr->bthv", mixed, both[:, nope:])


class FeedForward(nn.Module):
    """SwiGLU of the dense layers and the shared expert."""

    def __init__(self, hidden: int, inner: int):
        super().__init__()
        self.gate, self.up = linear(hidden, inner), linear(hidden, inner)
        self.down = linear(inner, hidden)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Experts(nn.Module):
    """Routed experts and the shared one."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        count, hidden = shape.n_routed_experts, shape.hidden_size
        inner = shape.moe_intermediate_size
        self.router = linear(hidden, count)
        self.register_buffer("selection_bias", torch.zeros(count))
        self.gate = nn.Parameter(torch.randn(count, inner, hidden) * 0.7 * hidden ** -0.5)
        self.up = nn.Parameter(torch.randn(count, inner, hidden) * 0.7 * hidden ** -0.5)
        self.down = nn.Parameter(torch.randn(count, hidden, inner) * 0.5 * inner ** -0.5)
        self.shared = FeedForward(hidden, inner * shape.n_shared_experts)
        self.bias_step = 0.0  # how far training moves the selection bias per step; 0 freezes it

    def weights(self, x: Tensor) -> Tensor:
        """Weight of every expert for each token, 0 where not chosen. (tokens, experts)"""
        shape = self.shape
        with torch.autocast(x.device.type, enabled=False):  # near-ties decide, so never rounded
            scores = self.router(x.float()).sigmoid()
        with torch.no_grad():
            ranking = scores + self.selection_bias
            groups = ranking.view(-1, shape.n_group, shape.n_routed_experts // shape.n_group)
            best = groups.topk(2, -1).values.sum(-1).topk(shape.topk_group, -1).indices
            allowed = torch.zeros(groups.shape[:2], dtype=torch.bool).scatter_(1, best, True)
            ranking = groups.masked_fill(~allowed[..., None], -torch.inf).flatten(1)
            chosen = ranking.topk(shape.num_experts_per_tok, -1).indices
            mask = torch.zeros_like(scores).scatter_(1, chosen, 1.0)
            if self.training and self.bias_step:
                error = shape.num_experts_per_tok / shape.n_routed_experts - mask.mean(0)
                self.selection_bias += self.bias_step * error.sign()
        kept = scores * mask
        total = kept.sum(-1, keepdim=True).clamp_min(6.103515625e-5)  # llama.cpp's smallest sum
        return kept * (shape.routed_scaling_factor / total)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(0, 1)
        weights = self.weights(flat)
        sparse = not torch.compiler.is_compiling() and len(flat) > SPARSE_FROM
        mixed = self.chosen_only if sparse else self.all_experts
        return mixed(flat, weights).view_as(x) + self.shared(x)

    def all_experts(self, x: Tensor, weights: Tensor) -> Tensor:
        """x: (tokens, hidden). Computes every expert; for few tokens that is fastest."""
        inner = F.silu(x @ self.gate.flatten(0, 1).T) * (x @ self.up.flatten(0, 1).T)
        inner = inner.view(len(x), self.shape.n_routed_experts, -1) * weights[..., None]
        return inner.flatten(1) @ self.down.transpose(1, 2).flatten(0, 1)

    def chosen_only(self, x: Tensor, weights: Tensor) -> Tensor:
        """The same, each expert on its own tokens only: a quarter of the products."""
        tokens, experts = weights.shape
        chosen = weights.T.nonzero()  # sorted by expert
        rows = chosen[:, 1]
        counts = torch.bincount(chosen[:, 0], minlength=experts).tolist()
        weight = weights[rows, chosen[:, 0]][:, None]
        parts = []
        for expert, part in enumerate(x[rows].split(counts)):
            inner = F.silu(part @ self.gate[expert].T) * (part @ self.up[expert].T)
            parts.append(inner @ self.down[expert].T)
        outputs = torch.cat(parts) * weight
        return torch.zeros(tokens, x.shape[1], dtype=outputs.dtype).index_add(0, rows, outputs)


class Layer(nn.Module):
    def __init__(self, shape: Shape, dense: bool):
        super().__init__()
        self.attention_norm = RmsNorm(shape.hidden_size, eps=shape.rms_norm_eps)
        self.attention = LatentAttention(shape)
        self.forward_norm = RmsNorm(shape.hidden_size, eps=shape.rms_norm_eps)
        self.mlp = (FeedForward(shape.hidden_size, shape.intermediate_size) if dense
                    else Experts(shape))

    def forward(self, x: Tensor, at: Tensor, turn: tuple[Tensor, Tensor], cache: Cache | None):
        x = x + self.attention(self.attention_norm(x), at, turn, cache)
        return x + self.mlp(self.forward_norm(x))


class Model(nn.Module):
    """Token ids to logits; the output matrix is not tied to the embedding."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab_size, shape.hidden_size)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(shape, i < shape.first_k_dense_replace)
                                    for i in range(shape.num_hidden_layers))
        self.norm = RmsNorm(shape.hidden_size, eps=shape.rms_norm_eps)
        self.head = linear(shape.hidden_size, shape.vocab_size)

    def hidden(self, ids: Tensor, at: Tensor | None = None,
               caches: list[Cache] | None = None) -> Tensor:
        """Normalised last hidden states (batch, tokens, hidden) of ids (batch, tokens)."""
        if at is None:
            at = torch.arange(ids.shape[1])[None]
        rope = self.shape.qk_rope_head_dim
        frequency = self.shape.rope_theta ** (-torch.arange(0, rope, 2) / rope)
        angle = (at[..., None] * frequency)[:, :, None]
        turn, x = (angle.cos(), angle.sin()), self.embedding(ids)
        for i, layer in enumerate(self.layers):
            x = (layer.forward(x, at, turn, caches[i]) if caches  # never compiled
                 else layer(x, at, turn, None))
        return self.norm(x)

    def forward(self, ids: Tensor, at: Tensor | None = None,
                caches: list[Cache] | None = None) -> Tensor:
        """Logits (batch, tokens, vocabulary)."""
        return self.head(self.hidden(ids, at, caches))

    def caches(self, batch: int, positions: int) -> list[Cache]:
        width = self.shape.kv_lora_rank + self.shape.qk_rope_head_dim
        return [Cache(batch, positions, width) for _ in self.layers]

    def compile_layers(self) -> None:
        """Compiles what training runs: three to four times the speed, for minutes of compiling."""
        for layer in self.layers:
            layer.compile(dynamic=True)

    def balance(self, step: float) -> None:
        """How far training moves the experts' selection biases per pass; 0 freezes them."""
        for layer in self.layers[self.shape.first_k_dense_replace:]:
            layer.mlp.bias_step = step

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def nucleus(logits: Tensor, temperature: float, top_p: float, generator: torch.Generator) -> Tensor:
    """Draws one token per row of logits (batch, vocabulary): top-p first, then temperature."""
    if top_p >= 1.0:
        return torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)[:, 0]
    probability, order = logits.softmax(-1).sort(-1, descending=True)
    outside = probability.cumsum(-1) - probability >= top_p
    scaled = (logits.gather(-1, order) / temperature).masked_fill(outside, -torch.inf)
    drawn = torch.multinomial(scaled.softmax(-1), 1, generator=generator)
    return order.gather(-1, drawn)[:, 0]


@torch.no_grad()
def generate(model: Model, prompts: list[list[int]], end: int, limit: int = 320,
             temperature: float = 0.0, top_p: float = 0.95, seed: int = 0) -> list[list[int]]:
    """Continues all prompts at once, at most `limit` tokens each, without the end token.

    Temperature 0 takes the likeliest token. Sequences that have ended leave the batch."""
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.tensor([len(prompt) for prompt in prompts])
    ids = torch.zeros(len(prompts), int(lengths.max()), dtype=torch.long)
    for row, prompt in enumerate(prompts):
        ids[row, :len(prompt)] = torch.tensor(prompt)
    caches = model.caches(len(prompts), ids.shape[1] + limit)
    at = torch.arange(ids.shape[1])[None].expand(len(prompts), -1)
    last = model.hidden(ids, at, caches)[torch.arange(len(prompts)), lengths - 1]
    outputs: list[list[int]] = [[] for _ in prompts]
    alive = torch.arange(len(prompts))
    for _ in range(limit):
        logits = model.head(last)
        chosen = (logits.argmax(-1) if temperature == 0
                  else nucleus(logits, temperature, top_p, generator))
        rows = (chosen != end).nonzero()[:, 0]
        if len(rows) < len(alive):
            alive, chosen, lengths = alive[rows], chosen[rows], lengths[rows]
            for cache in caches:
                cache.keep(rows)
        if not len(alive):
            break
        for row, token in zip(alive.tolist(), chosen.tolist()):
            outputs[row].append(token)
        last = model.hidden(chosen[:, None], lengths[:, None], caches)[:, 0]
        lengths = lengths + 1
    return outputs

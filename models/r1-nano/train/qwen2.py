"""The distill's network: a plain Qwen2 (grouped-query attention, SwiGLU, tied embeddings) of about
half the size, computed as llama.cpp's `qwen2` graph does."""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import Cache, FeedForward, RmsNorm, linear


@dataclass(frozen=True)
class Qwen2Shape:
    """Sizes under their Hugging Face names."""

    vocab_size: int = 1024
    hidden_size: int = 256
    num_hidden_layers: int = 4
    num_attention_heads: int = 8
    num_key_value_heads: int = 2
    intermediate_size: int = 640
    max_position_embeddings: int = 2048
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.num_attention_heads

    def as_dict(self) -> dict:
        return asdict(self)


def rotate_halves(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions on the two halves of a head. x: (batch, tokens, heads, d)"""
    first, second = x.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


class Attention(nn.Module):
    def __init__(self, shape: Qwen2Shape):
        super().__init__()
        self.shape, hidden = shape, shape.hidden_size
        narrow = shape.num_key_value_heads * shape.head_dim
        self.q, self.k = nn.Linear(hidden, hidden), nn.Linear(hidden, narrow)
        self.v, self.output = nn.Linear(hidden, narrow), linear(hidden, hidden)

    def forward(self, x: Tensor, at: Tensor, turn: tuple[Tensor, Tensor], cache: Cache | None):
        batch, tokens, hidden = x.shape
        few, size = self.shape.num_key_value_heads, self.shape.head_dim
        query = rotate_halves(self.q(x).view(batch, tokens, -1, size), *turn).transpose(1, 2)
        keys = rotate_halves(self.k(x).view(batch, tokens, few, size), *turn)
        values = self.v(x).view(batch, tokens, few, size)
        visible = None
        if cache is not None:
            memory = cache.put(at, torch.cat([keys, values], -1).flatten(2))
            keys, values = memory.view(batch, -1, few, 2 * size).chunk(2, -1)
            visible = (torch.arange(keys.shape[1]) <= at[:, :, None])[:, None]
        repeats = self.shape.num_attention_heads // few
        keys, values = (part.transpose(1, 2).repeat_interleave(repeats, 1)
                        for part in (keys, values))
        mixed = F.scaled_dot_product_attention(query.to(values.dtype), keys.to(values.dtype),
                                               values, visible, is_causal=visible is None)
        return self.output(mixed.transpose(1, 2).reshape(batch, tokens, hidden))


class Layer(nn.Module):
    def __init__(self, shape: Qwen2Shape):
        super().__init__()
        self.attention_norm = RmsNorm(shape.hidden_size, shape.rms_norm_eps)
        self.attention = Attention(shape)
        self.forward_norm = RmsNorm(shape.hidden_size, shape.rms_norm_eps)
        self.mlp = FeedForward(shape.hidden_size, shape.intermediate_size)

    def forward(self, x: Tensor, at: Tensor, turn: tuple[Tensor, Tensor], cache: Cache | None):
        x = x + self.attention(self.attention_norm(x), at, turn, cache)
        return x + self.mlp(self.forward_norm(x))


class Qwen2(nn.Module):
    """Token ids to logits; the output matrix is the embedding."""

    def __init__(self, shape: Qwen2Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab_size, shape.hidden_size)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = RmsNorm(shape.hidden_size, shape.rms_norm_eps)

    def hidden(self, ids: Tensor, at: Tensor | None = None,
               caches: list[Cache] | None = None) -> Tensor:
        """Normalised last hidden states (batch, tokens, hidden) of ids (batch, tokens)."""
        if at is None:
            at = torch.arange(ids.shape[1])[None]
        size = self.shape.head_dim
        frequency = self.shape.rope_theta ** (-torch.arange(0, size, 2) / size)
        angle = (at[..., None] * frequency)[:, :, None]
        turn, x = (angle.cos(), angle.sin()), self.embedding(ids)
        for i, layer in enumerate(self.layers):
            x = (layer.forward(x, at, turn, caches[i]) if caches  # never compiled
                 else layer(x, at, turn, None))
        return self.norm(x)

    def head(self, x: Tensor) -> Tensor:
        return x @ self.embedding.weight.T

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.hidden(ids))

    def caches(self, batch: int, positions: int) -> list[Cache]:
        width = 2 * self.shape.num_key_value_heads * self.shape.head_dim
        return [Cache(batch, positions, width) for _ in self.layers]

    def compile_layers(self) -> None:
        for layer in self.layers:
            layer.compile(dynamic=True)

    def balance(self, step: float) -> None:
        """There are no experts."""

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

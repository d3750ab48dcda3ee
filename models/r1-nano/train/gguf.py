"""Reads a GGUF file that export.py wrote, so that training can continue from the weights alone."""
import struct

import numpy as np
import torch

from export import (ALIGNMENT, ARRAY, BOOL, F16, F32, FLOAT32, INT32, Q8_0, STRING, UINT32,
                    metadata_of, packed_value, views_of)
from model import Model, Shape
from tokenizer import Tokenizer

NUMBERS = {UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}


class Reader:
    """Takes values from the front of a file's bytes."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ValueError("the GGUF file is cut off")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form: str):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self) -> str:
        return self.take(self.number("<Q")).decode()

    def value(self, kind: int):
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            of, count = self.number("<I"), self.number("<Q")
            return [self.value(of) for _ in range(count)]
        return self.number(NUMBERS[kind])


def unpacked(reader: Reader, dimensions: tuple[int, ...], kind: int) -> np.ndarray:
    """The values of one tensor in F32."""
    count = int(np.prod(dimensions))
    if kind in (F32, F16):
        stored = np.dtype({F32: "<f4", F16: "<f2"}[kind])
        values = np.frombuffer(reader.take(count * stored.itemsize), stored)
    elif kind == Q8_0:
        block = np.dtype([("scale", "<f2"), ("quants", "i1", 32)])
        blocks = np.frombuffer(reader.take(count // 32 * block.itemsize), block)
        values = blocks["scale"].astype(np.float32)[:, None] * blocks["quants"]
    else:
        raise ValueError(f"tensor type {kind} is not one that export.py writes")
    return values.astype(np.float32).reshape(dimensions)


def read_gguf(path: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Metadata and tensors, the latter in F32 and row-major order."""
    with open(path, "rb") as file:
        reader = Reader(file.read())
    if reader.take(4) != b"GGUF" or reader.number("<I") != 3:
        raise ValueError(f"{path} is not GGUF v3")
    tensor_count, value_count = reader.number("<Q"), reader.number("<Q")
    metadata = {}
    for _ in range(value_count):
        key = reader.text()
        metadata[key] = reader.value(reader.number("<I"))
    places = {}
    for _ in range(tensor_count):
        name = reader.text()
        dimensions = [reader.number("<Q") for _ in range(reader.number("<I"))]
        places[name] = tuple(reversed(dimensions)), reader.number("<I"), reader.number("<Q")
    start, tensors = reader.at + -reader.at % ALIGNMENT, {}
    for name, (dimensions, kind, offset) in places.items():
        reader.at = start + offset
        tensors[name] = unpacked(reader, dimensions, kind)
    return metadata, tensors


def shape_of(metadata: dict) -> Shape:
    """The shape that `metadata_of` wrote."""
    names = {
        "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
        "first_k_dense_replace": "leading_dense_block_count",
        "num_attention_heads": "attention.head_count", "q_lora_rank": "attention.q_lora_rank",
        "kv_lora_rank": "attention.kv_lora_rank", "qk_rope_head_dim": "rope.dimension_count",
        "v_head_dim": "attention.value_length_mla", "n_routed_experts": "expert_count",
        "num_experts_per_tok": "expert_used_count", "n_shared_experts": "expert_shared_count",
        "n_group": "expert_group_count", "topk_group": "expert_group_used_count",
        "intermediate_size": "feed_forward_length", "vocab_size": "vocab_size",
        "moe_intermediate_size": "expert_feed_forward_length",
        "max_position_embeddings": "context_length",
    }
    sizes = {field: metadata["deepseek2." + name] for field, name in names.items()}
    rope = sizes["qk_rope_head_dim"]
    return Shape(**sizes, qk_nope_head_dim=metadata["deepseek2.attention.key_length_mla"] - rope)


def load_gguf(path: str) -> tuple[Model, Tokenizer]:
    """The model and tokenizer of a file; its rounding stays in the weights."""
    metadata, tensors = read_gguf(path)
    tokens = Tokenizer([tuple(pair.split(" ")) for pair in metadata["tokenizer.ggml.merges"]])
    model = Model(shape_of(metadata))
    for key, value in metadata_of(model.shape, tokens, F32, metadata["general.name"]).items():
        if key != "general.file_type" and packed_value(value) != packed_value(metadata[key]):
            raise ValueError(f"{path} has another {key} than this model")
    for name, view in views_of(model).items():
        view.copy_(torch.from_numpy(tensors[name]))
    return model, tokens

"""Writes a checkpoint as GGUF v3 for llama.cpp's `deepseek2` or `qwen2`, with its tokenizer.

Usage: export.py --checkpoint checkpoint.pt --tokenizer tokenizer.json --out r1-nano.gguf
       [--type F32|F16|Q8_0] [--name r1-nano]
Matrices get the type asked for; norms, the router and the selection bias stay F32.
"""
import argparse
import struct

import numpy as np
import torch

import tokenizer as vocabulary
from model import Model, Shape
from qwen2 import Qwen2, Qwen2Shape
from stage import load_checkpoint, model_of

ALIGNMENT = 32
UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5  # GGUF value types
F32, F16, Q8_0 = 0, 1, 8  # ggml tensor types; llama.cpp's file types 0, 1 and 7
FILE_TYPE = {F32: 0, F16: 1, Q8_0: 7}
NORMAL, CONTROL = 1, 3  # token types
SIGMOID = 2  # expert gating


def packed_string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def packed_value(value) -> bytes:
    """A metadata value with its type: bool, int (uint32), float, str, list of str or of int32."""
    if isinstance(value, bool):
        return struct.pack("<I?", BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT32, value)
    if isinstance(value, str):
        return struct.pack("<I", STRING) + packed_string(value)
    if isinstance(value[0], str):
        return struct.pack("<IIQ", ARRAY, STRING, len(value)) + b"".join(map(packed_string, value))
    return struct.pack("<IIQ", ARRAY, INT32, len(value)) + struct.pack(f"<{len(value)}i", *value)


def packed_tensor(values: np.ndarray, kind: int) -> bytes:
    if kind == F32:
        return values.astype("<f4").tobytes()
    if kind == F16:
        return values.astype("<f2").tobytes()
    blocks = values.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / 127
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    quants = np.rint(blocks * inverse).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.uint8), quants.view(np.uint8)], 1).tobytes()


def write_gguf(path: str, metadata: dict, tensors: dict[str, np.ndarray], kind: int) -> None:
    """Tensors are numpy arrays in row-major order, so ggml's first dimension is the last here."""
    kinds = {name: F32 if values.ndim == 1 or ".ffn_gate_inp." in name else kind
             for name, values in tensors.items()}
    for name, values in tensors.items():
        if kinds[name] == Q8_0 and values.shape[-1] % 32:
            raise ValueError(f"{name}: a Q8_0 row needs a multiple of 32 values")
    header = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(metadata))]
    header += [packed_string(key) + packed_value(value) for key, value in metadata.items()]
    data, offset = [], 0
    for name, values in tensors.items():
        packed = packed_tensor(values, kinds[name])
        header.append(packed_string(name) + struct.pack("<I", values.ndim)
                      + struct.pack(f"<{values.ndim}Q", *reversed(values.shape))
                      + struct.pack("<IQ", kinds[name], offset))
        padding = -len(packed) % ALIGNMENT
        data.append(packed + b"\0" * padding)
        offset += len(packed) + padding
    head = b"".join(header)
    with open(path, "wb") as file:
        file.write(head + b"\0" * (-len(head) % ALIGNMENT) + b"".join(data))


def metadata_of(shape: Shape, tokens: vocabulary.Tokenizer, kind: int, name: str) -> dict:
    latent, rope = shape.kv_lora_rank, shape.qk_rope_head_dim
    sizes = {
        "vocab_size": shape.vocab_size, "context_length": shape.max_position_embeddings,
        "embedding_length": shape.hidden_size, "block_count": shape.num_hidden_layers,
        "leading_dense_block_count": shape.first_k_dense_replace,
        "feed_forward_length": shape.intermediate_size,
        "expert_feed_forward_length": shape.moe_intermediate_size,
        "attention.head_count": shape.num_attention_heads, "attention.head_count_kv": 1,
        "attention.layer_norm_rms_epsilon": shape.rms_norm_eps,
        "attention.q_lora_rank": shape.q_lora_rank, "attention.kv_lora_rank": latent,
        "attention.key_length": latent + rope, "attention.value_length": latent,
        "attention.key_length_mla": shape.qk_nope_head_dim + rope,
        "attention.value_length_mla": shape.v_head_dim,
        "rope.dimension_count": rope, "rope.freq_base": shape.rope_theta,
        "rope.scaling.type": "none",
        "expert_count": shape.n_routed_experts, "expert_used_count": shape.num_experts_per_tok,
        "expert_shared_count": shape.n_shared_experts, "expert_group_count": shape.n_group,
        "expert_group_used_count": shape.topk_group, "expert_gating_func": SIGMOID,
        "expert_weights_norm": True, "expert_weights_scale": shape.routed_scaling_factor,
    }
    return common_metadata("deepseek2", sizes, tokens, kind, name)


def common_metadata(architecture: str, sizes: dict, tokens: vocabulary.Tokenizer, kind: int,
                    name: str) -> dict:
    if len(tokens) != sizes["vocab_size"]:
        raise ValueError("the tokenizer does not fit the model")
    special = set(vocabulary.SPECIAL)
    return {
        "general.architecture": architecture, "general.name": name, "general.license": "mit",
        "general.file_type": FILE_TYPE[kind], "general.quantization_version": 2,
        **{f"{architecture}.{key}": value for key, value in sizes.items()},
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "deepseek-v3",
        "tokenizer.ggml.tokens": tokens.tokens,
        "tokenizer.ggml.token_type": [CONTROL if t in special else NORMAL for t in tokens.tokens],
        "tokenizer.ggml.merges": [" ".join(pair) for pair in tokens.merges],
        "tokenizer.ggml.bos_token_id": tokens.ids[vocabulary.BOS],
        "tokenizer.ggml.eos_token_id": tokens.ids[vocabulary.EOS],
        "tokenizer.ggml.padding_token_id": tokens.ids[vocabulary.PAD],
        "tokenizer.ggml.add_bos_token": False, "tokenizer.ggml.add_eos_token": False,
    }


def views_of(model: Model) -> dict[str, torch.Tensor]:
    """Views of the weights under llama.cpp's names: what is copied into one is in the model.

    kv_b is split into k_b (transposed) and v_b."""
    shape, views = model.shape, {}

    def put(name: str, values: torch.Tensor) -> None:
        views[name] = values.detach()

    put("token_embd.weight", model.embedding.weight)
    put("output_norm.weight", model.norm.weight)
    put("output.weight", model.head.weight)
    for i, layer in enumerate(model.layers):
        block, attention, mlp = f"blk.{i}.", layer.attention, layer.mlp
        put(block + "attn_norm.weight", layer.attention_norm.weight)
        put(block + "attn_q_a.weight", attention.q_a.weight)
        put(block + "attn_q_a_norm.weight", attention.q_a_norm.weight)
        put(block + "attn_q_b.weight", attention.q_b.weight)
        put(block + "attn_kv_a_mqa.weight", attention.kv_a.weight)
        put(block + "attn_kv_a_norm.weight", attention.kv_a_norm.weight)
        both = attention.kv_b.weight.view(shape.num_attention_heads, -1, shape.kv_lora_rank)
        put(block + "attn_k_b.weight", both[:, :shape.qk_nope_head_dim].transpose(1, 2))
        put(block + "attn_v_b.weight", both[:, shape.qk_nope_head_dim:])
        put(block + "attn_output.weight", attention.output.weight)
        put(block + "ffn_norm.weight", layer.forward_norm.weight)
        if i < shape.first_k_dense_replace:
            put(block + "ffn_gate.weight", mlp.gate.weight)
            put(block + "ffn_up.weight", mlp.up.weight)
            put(block + "ffn_down.weight", mlp.down.weight)
        else:
            put(block + "ffn_gate_inp.weight", mlp.router.weight)
            put(block + "exp_probs_b.bias", mlp.selection_bias)
            put(block + "ffn_gate_exps.weight", mlp.gate)
            put(block + "ffn_up_exps.weight", mlp.up)
            put(block + "ffn_down_exps.weight", mlp.down)
            put(block + "ffn_gate_shexp.weight", mlp.shared.gate.weight)
            put(block + "ffn_up_shexp.weight", mlp.shared.up.weight)
            put(block + "ffn_down_shexp.weight", mlp.shared.down.weight)
    return views


def tensors_of(model: Model | Qwen2) -> dict[str, np.ndarray]:
    views = views_of(model) if isinstance(model, Model) else qwen2_views(model)
    return {name: view.float().contiguous().numpy() for name, view in views.items()}


def qwen2_metadata(shape: Qwen2Shape, tokens: vocabulary.Tokenizer, kind: int, name: str) -> dict:
    sizes = {
        "vocab_size": shape.vocab_size, "context_length": shape.max_position_embeddings,
        "embedding_length": shape.hidden_size, "block_count": shape.num_hidden_layers,
        "feed_forward_length": shape.intermediate_size,
        "attention.head_count": shape.num_attention_heads,
        "attention.head_count_kv": shape.num_key_value_heads,
        "attention.layer_norm_rms_epsilon": shape.rms_norm_eps, "rope.freq_base": shape.rope_theta,
    }
    return common_metadata("qwen2", sizes, tokens, kind, name)


def qwen2_views(model: Qwen2) -> dict[str, torch.Tensor]:
    """The output matrix is the embedding, so there is none in the file."""
    views = {"token_embd.weight": model.embedding.weight, "output_norm.weight": model.norm.weight}
    for i, layer in enumerate(model.layers):
        block, attention, mlp = f"blk.{i}.", layer.attention, layer.mlp
        for name, part in (("q", attention.q), ("k", attention.k), ("v", attention.v)):
            views[f"{block}attn_{name}.weight"] = part.weight
            views[f"{block}attn_{name}.bias"] = part.bias
        views |= {f"{block}attn_output.weight": attention.output.weight,
                  f"{block}attn_norm.weight": layer.attention_norm.weight,
                  f"{block}ffn_norm.weight": layer.forward_norm.weight,
                  f"{block}ffn_gate.weight": mlp.gate.weight,
                  f"{block}ffn_up.weight": mlp.up.weight,
                  f"{block}ffn_down.weight": mlp.down.weight}
    return {name: weight.detach() for name, weight in views.items()}


def export(model: Model | Qwen2, tokens: vocabulary.Tokenizer, path: str, kind: str,
           name: str = "r1-nano") -> None:
    number = {"F32": F32, "F16": F16, "Q8_0": Q8_0}[kind]
    metadata = metadata_of if isinstance(model, Model) else qwen2_metadata
    write_gguf(path, metadata(model.shape, tokens, number, name), tensors_of(model), number)


def load_model(checkpoint: str) -> Model | Qwen2:
    return model_of(load_checkpoint(checkpoint)).eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--name", default="r1-nano")
    parser.add_argument("--type", choices=("F32", "F16", "Q8_0"), default="Q8_0")
    arguments = parser.parse_args()
    export(load_model(arguments.checkpoint), vocabulary.Tokenizer.load(arguments.tokenizer),
           arguments.out, arguments.type, arguments.name)


if __name__ == "__main__":
    main()

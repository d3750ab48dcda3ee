#!/usr/bin/env python3
"""What Hugging Face transformers makes of the fixture: the reference of ParityTests.

    transformers_reference.py MODEL.gguf CASES.json [--write]

Builds DeepseekV3ForCausalLM from the GGUF's own numbers and tensors (F32, eager attention) and
compares it with what CASES.json has: greedy ids, and the eight largest logits after the prompt. With
--write it puts its own there. Needs torch, transformers and gguf; no build or test of the product does.
"""
import json
import pathlib
import sys

import gguf
import torch
import transformers


def config(reader):
    """The GGUF's keys under the names of DeepseekV3Config."""

    def key(name):
        return reader.fields["deepseek2." + name].contents()

    return transformers.DeepseekV3Config(
        vocab_size=key("vocab_size"),
        hidden_size=key("embedding_length"),
        intermediate_size=key("feed_forward_length"),
        moe_intermediate_size=key("expert_feed_forward_length"),
        num_hidden_layers=key("block_count"),
        num_attention_heads=key("attention.head_count"),
        num_key_value_heads=key("attention.head_count"),
        n_shared_experts=key("expert_shared_count"),
        n_routed_experts=key("expert_count"),
        routed_scaling_factor=key("expert_weights_scale"),
        kv_lora_rank=key("attention.kv_lora_rank"),
        q_lora_rank=key("attention.q_lora_rank"),
        qk_rope_head_dim=key("rope.dimension_count"),
        v_head_dim=key("attention.value_length_mla"),
        qk_nope_head_dim=key("attention.key_length_mla") - key("rope.dimension_count"),
        n_group=key("expert_group_count"),
        topk_group=key("expert_group_used_count"),
        num_experts_per_tok=key("expert_used_count"),
        first_k_dense_replace=key("leading_dense_block_count"),
        norm_topk_prob=key("expert_weights_norm"),
        max_position_embeddings=key("context_length"),
        rms_norm_eps=key("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": key("rope.freq_base")},
        tie_word_embeddings=False,
        attn_implementation="eager",
    )


def weights(reader, layers):
    """The tensors under the names of transformers; llama.cpp splits kv_b and transposes its keys."""
    tensors = {t.name: torch.from_numpy(t.data.copy()) for t in reader.tensors}
    named = {
        "model.embed_tokens.weight": tensors["token_embd.weight"],
        "model.norm.weight": tensors["output_norm.weight"],
        "lm_head.weight": tensors["output.weight"],
    }
    plain = {
        "attn_norm": "input_layernorm",
        "attn_q_a": "self_attn.q_a_proj",
        "attn_q_a_norm": "self_attn.q_a_layernorm",
        "attn_q_b": "self_attn.q_b_proj",
        "attn_kv_a_mqa": "self_attn.kv_a_proj_with_mqa",
        "attn_kv_a_norm": "self_attn.kv_a_layernorm",
        "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
        "ffn_gate_inp": "mlp.gate",
        "ffn_gate_shexp": "mlp.shared_experts.gate_proj",
        "ffn_up_shexp": "mlp.shared_experts.up_proj",
        "ffn_down_shexp": "mlp.shared_experts.down_proj",
    }
    for layer in range(layers):
        ours, theirs = f"blk.{layer}.", f"model.layers.{layer}."
        for name, there in plain.items():
            if ours + name + ".weight" in tensors:
                named[theirs + there + ".weight"] = tensors[ours + name + ".weight"]
        keys = tensors[ours + "attn_k_b.weight"].transpose(1, 2)
        values = tensors[ours + "attn_v_b.weight"]
        both = torch.cat([keys, values], dim=1)
        named[theirs + "self_attn.kv_b_proj.weight"] = both.reshape(-1, both.shape[-1])
        if ours + "ffn_gate_exps.weight" in tensors:
            gate, up = (tensors[ours + f"ffn_{name}_exps.weight"] for name in ("gate", "up"))
            named[theirs + "mlp.experts.gate_up_proj"] = torch.cat([gate, up], dim=1)
            named[theirs + "mlp.experts.down_proj"] = tensors[ours + "ffn_down_exps.weight"]
            named[theirs + "mlp.gate.e_score_correction_bias"] = tensors[ours + "exp_probs_b.bias"]
    return named


def model(path):
    """Every tensor of the file is used, and every parameter of the model comes from it."""
    reader = gguf.GGUFReader(path)
    shape = config(reader)
    built = transformers.DeepseekV3ForCausalLM(shape).float().eval()
    built.load_state_dict(weights(reader, shape.num_hidden_layers), strict=True)
    return built


@torch.no_grad()
def answer(built, prompt, tokens):
    """Logits after the prompt (vocabulary), and greedy ids; no cache, so that nothing is shared."""
    ids, first = list(prompt), None
    for _ in range(tokens):
        logits = built(torch.tensor([ids]), use_cache=False).logits[0, -1]
        first = logits if first is None else first
        ids.append(int(logits.argmax()))
    return first, ids[len(prompt) :]


def main():
    path, cases = sys.argv[1], pathlib.Path(sys.argv[2])
    text = json.loads(cases.read_text())
    built = model(path)
    same, difference = 0, 0.0
    for case in text["cases"]:
        logits, ids = answer(built, case["prompt_ids"], len(case["greedy_ids"]))
        values, top = logits.topk(8)
        told = case["last_prompt_logits_top8"]
        for token, value in zip(told["ids"], told["values"]):
            difference = max(difference, abs(float(logits[token]) - value))
        same += ids == case["greedy_ids"]
        case["greedy_ids"] = ids
        told["ids"] = top.tolist()
        told["values"] = [round(float(value), 6) for value in values]
    print(
        f"reference transformers={transformers.__version__} torch={torch.__version__}"
        f" cases={len(text['cases'])} ids_equal={same} logits_max_diff={difference:.1e}"
    )
    if "--write" in sys.argv:
        text["about"] = (
            "Random-weight deepseek2 model (F32). Greedy ids and logits of transformers"
            f" {transformers.__version__} (native/src/test/reference/transformers_reference.py)."
        )
        cases.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n")


main()

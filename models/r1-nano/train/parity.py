"""Compares PyTorch and our tokenizer with llama.cpp: token ids, logits and greedy continuations.

Usage: parity.py --library DIR (with libllama*.so and libggml*.so of llama.cpp v0.5.0)
       --checkpoint checkpoint.pt --tokenizer tokenizer.json [--scores scores.json]
The model is exported as F32, flash attention is off and the KV cache is F32; logits must agree
within 1e-4, or a hundred-thousandth of the largest one. With --scores the result is recorded
beside the stage's scores, as "parity".
"""
import argparse
import ctypes as c
import glob
import json
import os
import random
import tempfile

import numpy as np
import torch

import tasks
import tokenizer as vocabulary
from export import export, load_model
from model import Model, generate
from stage import load_checkpoint

TOLERANCE, RELATIVE = 1e-4, 1e-5  # the second of the largest logit; the larger one counts
GGML_F32, GGML_F16 = 0, 1


class ModelParameters(c.Structure):
    """llama_model_params of llama.cpp v0.5.0."""

    _fields_ = [("devices", c.c_void_p), ("tensor_buft_overrides", c.c_void_p),
                ("n_gpu_layers", c.c_int32), ("split_mode", c.c_int), ("load_mode", c.c_int),
                ("lazy_mode", c.c_int), ("main_gpu", c.c_int32), ("tensor_split", c.c_void_p),
                ("progress_callback", c.c_void_p), ("progress_callback_user_data", c.c_void_p),
                ("kv_overrides", c.c_void_p), ("vocab_only", c.c_bool), ("check_tensors", c.c_bool),
                ("use_extra_bufts", c.c_bool), ("no_host", c.c_bool), ("no_alloc", c.c_bool),
                ("load_mtp", c.c_bool)]


class ContextParameters(c.Structure):
    """llama_context_params of llama.cpp v0.5.0."""

    _fields_ = [(name, c.c_uint32) for name in (
        "n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq", "n_outputs_max",
        "n_outputs_max_per_seq")] + [
        ("n_threads", c.c_int32), ("n_threads_batch", c.c_int32), ("ctx_type", c.c_int),
        ("rope_scaling_type", c.c_int), ("pooling_type", c.c_int), ("attention_type", c.c_int),
        ("flash_attn_type", c.c_int), ("rope_freq_base", c.c_float), ("rope_freq_scale", c.c_float),
        ("yarn_ext_factor", c.c_float), ("yarn_attn_factor", c.c_float),
        ("yarn_beta_fast", c.c_float), ("yarn_beta_slow", c.c_float), ("yarn_orig_ctx", c.c_uint32),
        ("defrag_thold", c.c_float), ("cb_eval", c.c_void_p), ("cb_eval_user_data", c.c_void_p),
        ("type_k", c.c_int), ("type_v", c.c_int), ("abort_callback", c.c_void_p),
        ("abort_callback_data", c.c_void_p), ("embeddings", c.c_bool), ("offload_kqv", c.c_bool),
        ("no_perf", c.c_bool), ("op_offload", c.c_bool), ("swa_full", c.c_bool),
        ("kv_unified", c.c_bool), ("samplers", c.c_void_p), ("n_samplers", c.c_size_t),
        ("ctx_other", c.c_void_p)]


class Batch(c.Structure):
    """llama_batch of llama.cpp v0.5.0."""

    _fields_ = [("n_tokens", c.c_int32), ("token", c.POINTER(c.c_int32)),
                ("embd", c.POINTER(c.c_float)), ("pos", c.POINTER(c.c_int32)),
                ("n_seq_id", c.POINTER(c.c_int32)), ("seq_id", c.POINTER(c.POINTER(c.c_int32))),
                ("logits", c.POINTER(c.c_int8))]


LOG_CALLBACK = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)


class LlamaCpp:
    """One GGUF file in llama.cpp on the CPU, one sequence at a time."""

    SILENT = LOG_CALLBACK(lambda level, text, data: None)

    def __init__(self, library_directory: str, gguf: str, cache_type: int = GGML_F32,
                 threads: int = 1):
        def load(pattern: str) -> c.CDLL:
            found = sorted(glob.glob(os.path.join(library_directory, pattern)))
            if not found:
                raise FileNotFoundError(f"no {pattern} in {library_directory}")
            return c.CDLL(found[0], mode=c.RTLD_GLOBAL)

        load("libggml-base*.so*")
        ggml, self.library = load("libggml.*so*"), load("libllama.*so*")
        library = self.library
        library.llama_log_set(self.SILENT, None)
        ggml.ggml_backend_load_all_from_path(library_directory.encode())
        library.llama_model_default_params.restype = ModelParameters
        library.llama_context_default_params.restype = ContextParameters
        library.llama_model_load_from_file.restype = c.c_void_p
        library.llama_model_load_from_file.argtypes = [c.c_char_p, ModelParameters]
        library.llama_init_from_model.restype = c.c_void_p
        library.llama_init_from_model.argtypes = [c.c_void_p, ContextParameters]
        library.llama_model_get_vocab.restype = c.c_void_p
        library.llama_model_get_vocab.argtypes = [c.c_void_p]
        library.llama_vocab_n_tokens.argtypes = [c.c_void_p]
        library.llama_get_memory.restype = c.c_void_p
        library.llama_get_memory.argtypes = [c.c_void_p]
        library.llama_memory_clear.argtypes = [c.c_void_p, c.c_bool]
        library.llama_batch_init.restype = Batch
        library.llama_decode.argtypes = [c.c_void_p, Batch]
        library.llama_get_logits_ith.restype = c.POINTER(c.c_float)
        library.llama_get_logits_ith.argtypes = [c.c_void_p, c.c_int32]
        library.llama_tokenize.argtypes = [c.c_void_p, c.c_char_p, c.c_int32, c.POINTER(c.c_int32),
                                           c.c_int32, c.c_bool, c.c_bool]
        library.llama_backend_init()
        self.model = library.llama_model_load_from_file(
            gguf.encode(), library.llama_model_default_params())
        if not self.model:
            raise RuntimeError(f"llama.cpp does not load {gguf}")
        parameters = library.llama_context_default_params()
        parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = 1024, 1024, 1024
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.flash_attn_type = 0
        parameters.type_k = parameters.type_v = cache_type
        self.context = library.llama_init_from_model(self.model, parameters)
        if not self.context:
            raise RuntimeError("llama.cpp makes no context")
        self.vocabulary = library.llama_model_get_vocab(self.model)
        self.size = library.llama_vocab_n_tokens(self.vocabulary)
        self.batch = library.llama_batch_init(1024, 0, 1)

    def encode(self, text: str, markers: bool = False) -> list[int]:
        """Token ids of a text, without BOS; with `markers`, special tokens in it are recognised."""
        data = text.encode()
        ids = (c.c_int32 * (len(data) + 8))()
        count = self.library.llama_tokenize(self.vocabulary, data, len(data), ids, len(ids),
                                            False, markers)
        return list(ids[:count])

    def restart(self) -> None:
        """Forgets everything read so far."""
        self.library.llama_memory_clear(self.library.llama_get_memory(self.context), True)
        self.read = 0

    def logits(self, ids: list[int]) -> np.ndarray:
        """Reads ids after what was read before; logits (tokens, vocabulary)."""
        batch = self.batch
        batch.n_tokens = len(ids)
        for i, token in enumerate(ids):
            batch.token[i], batch.pos[i] = token, self.read + i
            batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = 1, 0, 1
        status = self.library.llama_decode(self.context, batch)
        if status:
            raise RuntimeError(f"llama_decode: {status}")
        self.read += len(ids)
        return np.stack([np.ctypeslib.as_array(self.library.llama_get_logits_ith(self.context, i),
                                               (self.size,)).copy() for i in range(len(ids))])

    def generate(self, prompt: list[int], end: int, limit: int = 320,
                 choose=np.argmax) -> list[int]:
        """Continues a prompt, without the end token; `choose` picks an id from its logits."""
        self.restart()
        last, output = self.logits(prompt)[-1], []
        while len(output) < limit:
            token = int(choose(last))
            if token == end:
                break
            output.append(token)
            last = self.logits([token])[0]
        return output


def sample_texts() -> list[str]:
    """Texts whose ids must agree: all numbers below 10,000 and many kinds of characters."""
    rng = random.Random(99)
    texts = [str(number) for number in range(10_000)]
    texts += ["What is 347 + 589?", "  two  spaces ", "tabs\tand\n\nlines\r\n", "a\n", " \n x",
              "e = mc²",
              "3.14 × 10⁻⁵ ≠ ½", "한국어 문장입니다. 12,345원", "日本語とカタカナ、中文", "naïve café über",
              "😀👩‍👩‍👧‍👦 🇰🇷!",
              "don't I'll we've", "snake_case camelCase $x^2$ `code` ~tilde|pipe", "привет мир",
              "مرحبا ١٢٣",
              "<think>forged</think>", "<｜User｜>forged", "\u00a0nbsp\u200bzero\u3000wide",
              "...!!!???\n\n\n",
              "for (int i = 0; i < 10; i++) {\n\treturn x[i];\n}\n", "e\u0301 combining", "ㄱㄴㄷ ㅏㅑ"]
    for _ in range(3000):
        problem = tasks.training_problem(rng)
        texts += [problem.question, problem.reasoning + "\n", problem.answer]
    for _ in range(500):
        blocks = [range(32, 127), range(0xA0, 0x250), range(0x3040, 0x3100), range(0xAC00, 0xD7A4)]
        texts.append("".join(chr(rng.choice(rng.choice(blocks)))
                             for _ in range(rng.randrange(1, 20))))
    return texts


def compare(model: Model, tokens: vocabulary.Tokenizer, llama: LlamaCpp) -> dict:
    """The figures of the comparison; raises AssertionError where the two disagree."""
    texts = sample_texts()
    for text in texts:
        assert tokens.encode(text) == llama.encode(text), f"ids differ for {text!r}"
    marked = "".join([vocabulary.BOS, "Be brief.", vocabulary.USER, "What is 347 + 589?",
                      vocabulary.ASSISTANT, vocabulary.THINK, "\n"])
    assert tokens.prompt("What is 347 + 589?", "Be brief.") == llama.encode(marked, markers=True)
    rng, largest, greedy, allowed = random.Random(5), 0.0, 0, TOLERANCE
    problems = [tasks.training_problem(rng) for _ in range(60)]
    prompts = [tokens.prompt(p.question, p.system) for p in problems]
    end = tokens.ids[vocabulary.EOS]
    continued = generate(model, prompts, end, limit=60)
    for problem, prompt, expected in zip(problems, prompts, continued):
        ids = prompt + tokens.output(problem.reasoning, problem.answer)
        with torch.no_grad():
            ours = model(torch.tensor([ids]))[0].numpy()
        allowed = max(allowed, RELATIVE * float(np.abs(ours).max()))
        llama.restart()
        largest = max(largest, float(np.abs(ours - llama.logits(ids)).max()))
        greedy += llama.generate(prompt, end, limit=60) == expected
    assert largest < allowed, f"logits differ by {largest}"
    assert greedy == len(problems), f"only {greedy} of {len(problems)} greedy outputs are equal"
    return {"texts_with_equal_ids": len(texts) + 1, "sequences": len(problems),
            "largest_logit_difference": float(f"{largest:.2g}"),
            "tolerance": float(f"{allowed:.2g}"),
            "equal_greedy_continuations": greedy}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--scores")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model, tokens = load_model(arguments.checkpoint), vocabulary.Tokenizer.load(arguments.tokenizer)
    with tempfile.TemporaryDirectory() as directory:
        gguf = os.path.join(directory, "parity.gguf")
        export(model, tokens, gguf, "F32")
        result = compare(model, tokens, LlamaCpp(arguments.library, gguf))
    print(json.dumps(result))
    if arguments.scores:
        with open(arguments.scores, encoding="utf-8") as file:
            scores = json.load(file)
        stage = load_checkpoint(arguments.checkpoint)["stage"]
        scores["stages"][stage]["parity"] = result
        with open(arguments.scores, "w", encoding="utf-8") as file:
            json.dump(scores, file, indent=2, ensure_ascii=False)
            file.write("\n")


if __name__ == "__main__":
    main()

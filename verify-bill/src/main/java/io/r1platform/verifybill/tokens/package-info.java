/**
 * The model's own tokenizer in plain Java, read from its published GGUF file: byte-level BPE with
 * the split rules of DeepSeek-V3 and of Qwen2. Invariant: every text has exactly the ids that the
 * engine gives it.
 */
@NullMarked
package io.r1platform.verifybill.tokens;

import org.jspecify.annotations.NullMarked;

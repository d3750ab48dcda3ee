/**
 * Checkpoints for TensorRT-LLM, as Hugging Face keeps them: a directory of settings, tokenizer and
 * weights. Invariant: what is refused here is told by the name of its file and what it should be.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.inference.checkpoints;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

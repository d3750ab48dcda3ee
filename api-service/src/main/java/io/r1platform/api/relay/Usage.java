package io.r1platform.api.relay;

import io.r1platform.api.metering.Charge;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's usage object with DeepSeek's members. */
record Usage(ObjectNode object) {

  /** Of what is charged, where the engine gave no account of its own. */
  static Usage of(Tokens tokens, JsonMapper json) {
    ObjectNode usage = json.createObjectNode();
    usage.put("prompt_tokens", tokens.input());
    usage.put("completion_tokens", tokens.output());
    usage.put("total_tokens", tokens.input() + tokens.output());
    usage.put("prompt_cache_hit_tokens", tokens.hit());
    usage.put("prompt_cache_miss_tokens", tokens.miss());
    usage.putObject("prompt_tokens_details").put("cached_tokens", tokens.hit());
    usage.putObject("completion_tokens_details").put("reasoning_tokens", tokens.reasoning());
    return new Usage(usage);
  }

  /** The object with what it costs. */
  ObjectNode priced(Charge charge, Price price) {
    object.put("cost", charge.amount().decimal());
    object.put("currency", price.currency());
    object.put("price_version", price.publicVersion());
    return object;
  }
}

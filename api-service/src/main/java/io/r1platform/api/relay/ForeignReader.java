package io.r1platform.api.relay;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.UsageRecord;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.Doubt;
import io.r1platform.api.upstreams.UsageFigures;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the event stream of a foreign server and writes it in our words: as our events for a client
 * that streams, else as one object at the end. Its JSON is parsed event by event, since only there
 * the usage stands.
 */
final class ForeignReader implements ReplyReader {
  private static final byte[] KEEP_ALIVE = ": keep-alive\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EMPTY_LINE = {'\n'};

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private final Set<Integer> roles = new HashSet<>();
  private final EngineClient.Call call;
  private final boolean stream;
  private final JsonMapper json;
  private final int limit;
  private final long created;
  private final UsageFigures figures;
  private final ForeignAnswer answer;
  private long received;
  private boolean begun;
  private boolean done;
  private boolean reasoningTold;

  ForeignReader(EngineClient.Call call, Admission admission, JsonMapper json, int limit) {
    this.call = call;
    this.stream = admission.stream();
    this.json = json;
    this.limit = limit;
    this.created = admission.admittedAt().getEpochSecond();
    this.figures =
        new UsageFigures(
            new UsageFigures.Bounds(call.promptBound(), admission.outputCap(), call.choices()));
    this.answer = new ForeignAnswer(call.kind(), call.choices(), json);
  }

  @Override
  public Step read(byte[] bytes) {
    var out = new ByteArrayOutputStream(bytes.length);
    for (byte each : bytes) {
      if (each != '\n') {
        line.write(each);
        if (line.size() > limit) {
          return new Step(pass(out), broken());
        }
        continue;
      }
      End end = line(line.toString(StandardCharsets.UTF_8).stripTrailing(), out);
      line.reset();
      if (end != null) {
        return new Step(pass(out), end);
      }
    }
    return new Step(pass(out), null);
  }

  private static byte @Nullable [] pass(ByteArrayOutputStream out) {
    return out.size() == 0 ? null : out.toByteArray();
  }

  private @Nullable End line(String text, ByteArrayOutputStream out) {
    if (text.startsWith("data:")) {
      data.append(text, "data:".length(), text.length());
      return data.length() > limit ? broken() : null;
    }
    if (!text.isEmpty() || data.isEmpty()) {
      return null;
    }
    String event = data.toString().strip();
    data.setLength(0);
    return event.equals("[DONE]") ? over() : event(event, out);
  }

  private @Nullable End event(String event, ByteArrayOutputStream out) {
    JsonNode chunk;
    try {
      chunk = json.readTree(event);
    } catch (JacksonException e) {
      return broken();
    }
    if (chunk.hasNonNull("error") || chunk.path("object").asString("").equals("error")) {
      return broken();
    }
    received += event.length();
    if (!stream && received > limit) {
      return broken();
    }
    JsonNode usage = chunk.get("usage");
    JsonNode choices = chunk.path("choices");
    if (choices.isEmpty()) {
      if (usage != null && usage.isObject()) {
        figures.last(usage);
      }
      return cutIfOver(out);
    }
    for (JsonNode choice : choices) {
      int index = choice.path("index").asInt(0);
      if (index < 0 || index >= call.choices()) {
        return broken();
      }
      ForeignPiece piece = ForeignPiece.of(call.kind(), choice);
      figures.event(index, piece.part(), piece.size(), usage);
      if (piece.broken()) {
        return broken();
      }
      answer.add(index, stream ? piece.endOnly() : piece); // a stream's text has left
      begun |= piece.part() != UsageFigures.Part.NONE;
      write(index, piece, out);
    }
    return cutIfOver(out);
  }

  /** It goes on after what was asked for: it is ended as if it had ended there. */
  private @Nullable End cutIfOver(ByteArrayOutputStream out) {
    if (figures.doubt() != Doubt.OUTPUT_ABOVE_CAP) {
      return null;
    }
    Step cut = cut();
    if (cut.pass() != null) {
      out.writeBytes(cut.pass());
    }
    return cut.end();
  }

  @Override
  public Step cut() {
    var out = new ByteArrayOutputStream();
    for (int index : answer.cut()) {
      write(index, new ForeignPiece("", "", List.of(), null, "length", false), out);
    }
    return new Step(pass(out), new Counted(report(false)));
  }

  private void write(int index, ForeignPiece piece, ByteArrayOutputStream out) {
    boolean nothing = piece.part() == UsageFigures.Part.NONE && piece.finish() == null;
    if (!stream || nothing) {
      return;
    }
    ObjectNode chunk = frame(true);
    ObjectNode choice = ((ArrayNode) chunk.get("choices")).addObject();
    choice.put("index", index);
    if (call.kind() == Kind.CHAT) {
      ObjectNode delta = choice.putObject("delta");
      if (roles.add(index)) {
        delta.put("role", "assistant");
      }
      put(delta, "reasoning_content", piece.reasoning());
      put(delta, "content", piece.text());
      if (!piece.calls().isEmpty()) {
        delta.set("tool_calls", json.valueToTree(piece.calls()));
      }
    } else {
      choice.put("text", piece.text());
    }
    if (piece.logprobs() != null) {
      choice.set("logprobs", piece.logprobs());
    }
    choice.put("finish_reason", piece.finish());
    chunk.putNull("usage");
    Tokens tokens = figures.tokens();
    if (!reasoningTold && tokens.answer() > 0) {
      reasoningTold = true;
      ascii(out, ": reasoning_tokens=" + tokens.reasoning() + "\n");
    }
    ascii(out, "id: " + tokens.output() + "\ndata: ");
    out.writeBytes(json.writeValueAsBytes(chunk));
    ascii(out, "\n\n");
  }

  private static void put(ObjectNode delta, String name, String text) {
    if (!text.isEmpty()) {
      delta.put(name, text);
    }
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private ObjectNode frame(boolean chunk) {
    boolean chat = call.kind() == Kind.CHAT;
    ObjectNode body = json.createObjectNode();
    body.put("id", (chat ? "chatcmpl-" : "cmpl-") + call.id());
    body.put(
        "object", !chat ? "text_completion" : chunk ? "chat.completion.chunk" : "chat.completion");
    body.put("created", created);
    body.put("model", call.model());
    body.putArray("choices");
    return body;
  }

  private End over() {
    done = answer.isComplete();
    return done ? new Counted(report(figures.isFinal())) : broken();
  }

  @Override
  public End closed() {
    return answer.isComplete() ? over() : broken();
  }

  private Errored broken() {
    ServiceException failed = EngineErrors.failed();
    return new Errored(Finish.ENGINE_ERROR, failed, begun ? report(false) : null);
  }

  private EngineReport report(boolean exact) {
    Tokens tokens = figures.tokens();
    ObjectNode body = frame(stream);
    if (!stream) {
      answer.into(body);
    }
    body.set("usage", Usage.of(tokens, json).object());
    String ending = answer.isCut() ? "length" : "";
    return new EngineReport(body, tokens, ending, UsageRecord.NO_HASH, 0, exact);
  }

  @Override
  public boolean isStream() {
    return stream;
  }

  @Override
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public @Nullable EngineReport soFar() {
    return begun ? report(false) : null;
  }

  @Override
  public @Nullable Doubt doubt() {
    figures.end(done);
    return figures.doubt();
  }

  @Override
  public byte[] keepAlive() {
    return stream ? KEEP_ALIVE.clone() : EMPTY_LINE.clone();
  }

  @Override
  public @Nullable PromptTokens promptTokens() {
    Tokens tokens = figures.tokens();
    return new PromptTokens(tokens.hit(), tokens.miss());
  }

  @Override
  public Seen seen() {
    Tokens tokens = figures.tokens();
    return new Seen(tokens.reasoning(), tokens.answer());
  }
}

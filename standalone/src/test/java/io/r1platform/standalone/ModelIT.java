package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.Platform.Printed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./r1 model} on the platform that runs, with a file that is neither r1-nano nor useful. */
@ExtendWith(PlatformExtension.class)
class ModelIT {
  private static final String NAME = "tiny";

  private final Platform platform;
  private final String key;
  @TempDir private Path directory;

  ModelIT(Platform platform) {
    this.platform = platform;
    this.key = platform.mintKey();
  }

  @AfterEach
  void serveR1NanoAgain() {
    platform.r1("model", "use", Platform.MODEL);
    platform.r1("model", "remove", NAME);
  }

  @Test
  void aModelIsCheckedAddedLoadedPricedAndRemovedWhileOthersAreServed() throws Exception {
    Path file = Files.copy(fixture(), directory.resolve("Tiny.gguf"));
    Printed added = platform.r1("model", "add", file.toString());
    assertThat(added.exit()).as(added.text()).isZero();
    assertThat(added.text())
        .contains("added tiny: deepseek2", "context 512", "chat, reasoning, tools", "sha256  ");

    Printed used = platform.r1("model", "use", NAME, Platform.MODEL);
    assertThat(used.exit()).as(used.text()).isZero();
    assertThat(used.text())
        .contains("loaded tiny", "tiny has no price", "./r1 model price tiny 0.14 0.55 2.19")
        .contains("r1-nano is served and has a price");
    assertThat(model(NAME).path("context_length").asInt()).isEqualTo(512);
    HttpResponse<String> unpriced = ask(NAME);
    assertThat(unpriced.statusCode()).isEqualTo(503);
    assertThat(unpriced.body()).contains("The model 'tiny' has no price now");

    Printed priced = platform.r1("model", "price", NAME, "0.07", "0.14", "0.28");
    assertThat(priced.exit()).as(priced.text()).isZero();
    assertThat(priced.text()).startsWith("tiny has prices from ");
    assertThat(platform.r1("model", "price", NAME, "1", "1", "1").text())
        .contains("tiny has prices on the public list");
    JsonNode rows = JsonMapper.shared().readTree(platform.r1("model", "list", "--json").text());
    assertThat(rows).hasSize(2);
    assertThat(rows.get(1).path("in_use").asBoolean()).isTrue();
    assertThat(rows.get(1).path("quantization").asString()).isEqualTo("F32");

    long killed = platform.kill("inference-service");
    platform.awaitRestart("inference-service", killed);
    Platform.awaitThat("both are served again", () -> isServed(NAME) && isServed("r1-nano"));

    assertThat(platform.r1("model", "remove", NAME).exit()).isEqualTo(2);
    Printed back = platform.r1("model", "use", Platform.MODEL);
    assertThat(back.text()).contains("unloading tiny");
    Platform.awaitThat("it is gone", () -> model(NAME).has("error"));
    assertThat(platform.r1("model", "remove", NAME).text()).isEqualTo("removed tiny\n");
    Printed anew = platform.r1("model", "add", file.toString());
    assertThat(anew.exit()).as(anew.text()).isEqualTo(2);
    assertThat(anew.text()).contains("add it under another --name");
    assertThat(ask(Platform.MODEL).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsRefusedIsNotRegisteredAndSaysWhatWouldBeRight() throws Exception {
    byte[] whole = Files.readAllBytes(fixture());
    Path cut = directory.resolve("cut.gguf");
    Files.write(cut, Arrays.copyOf(whole, whole.length - 100));
    refuses(cut, "the file is cut short");

    String bytes = new String(whole, StandardCharsets.ISO_8859_1);
    Path other = directory.resolve("other.gguf");
    Files.write(
        other, bytes.replace("deepseek2", "gemma2abc").getBytes(StandardCharsets.ISO_8859_1));
    refuses(other, "the architecture is gemma2abc; supported are deepseek2, qwen2, llama");

    refuses(Files.createDirectory(directory.resolve("empty")), "config.json is missing");
    refuses(directory.resolve("none.gguf"), "there is no ");
  }

  private void refuses(Path file, String why) {
    Printed refused = platform.r1("model", "add", file.toString(), "--name", "wrong");

    assertThat(refused.exit()).as(refused.text()).isEqualTo(2);
    assertThat(refused.text()).contains(why).doesNotContain("\tat ").hasLineCount(1);
    assertThat(platform.r1("model", "list").text()).doesNotContain("wrong");
  }

  private static Path fixture() {
    return Platform.root().resolve("native/src/test/resources/fixture/deepseek2-tiny.gguf");
  }

  private boolean isServed(String name) {
    return model(name).has("context_length");
  }

  private JsonNode model(String name) {
    return JsonMapper.shared()
        .readTree(send(HttpRequest.newBuilder(uri("/v1/models/" + name)).GET()).body());
  }

  private HttpResponse<String> ask(String name) {
    String body =
        """
        {"model":"%s","max_tokens":20,"messages":[{"role":"user","content":"1 + 1?"}]}"""
            .formatted(name);
    return send(
        HttpRequest.newBuilder(uri("/v1/chat/completions"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private URI uri(String path) {
    return URI.create(platform.url() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          request.header("Authorization", "Bearer " + key).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

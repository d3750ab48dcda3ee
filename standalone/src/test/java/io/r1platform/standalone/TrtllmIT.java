package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.r1platform.standalone.Chat.Answer;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The platform on the TensorRT-LLM backend: the real library, CPython, driver and supervisor over
 * the stand-in for tensorrt_llm. Not run on a GPU.
 */
class TrtllmIT {
  private static final int STREAMS = 8;
  private static final String ENDLESS = "count ".repeat(60);

  @BeforeAll
  static void assumeBuilt() {
    assumeThat(Platform.root().resolve("native/target/classes/native/linux-x86_64/libr1_trtllm.so"))
        .as("trtllm backend skipped: Python development headers not found")
        .exists();
  }

  private static Path checkpoint(Path directory) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{\"vocab_size\": 288}");
    Files.writeString(
        directory.resolve("stand_in.json"),
        "{\"step_ms\": 5, \"context_tokens\": 65536, \"endless_prompt_tokens\": 200}");
    Files.writeString(directory.resolve("model.safetensors"), "weights");
    return directory;
  }

  @Test
  void aDeadRankEndsItsStreamsAndTheServiceComesBack(@TempDir Path directory) throws Exception {
    Path modules = Platform.root().resolve("native/src/test/python");
    Map<String, String> settings =
        Map.of(
            "r1.inference.generation.backend",
            "trtllm",
            "r1.inference.generation.backend-options",
            "{\"python_path\": [\"" + modules + "\"]}",
            "r1.inference.models[0].path",
            checkpoint(directory).toString());
    try (var platform =
        Platform.start("trtllm", fresh -> fresh.configure(Part.INFERENCE, settings))) {
      Chat chat = platform.chat();
      assertThat(chat.stream("Hi", Chat.NEVER).done()).isTrue();

      List<Answer> broken;
      long killed;
      long begun;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Answer>> open = new ArrayList<>();
        Callable<Answer> stream = () -> chat.stream(ENDLESS, Chat.NEVER);
        for (int i = 0; i < STREAMS; i++) {
          open.add(threads.submit(stream));
        }
        Platform.awaitThat("all streams run", () -> running(platform) == STREAMS);
        begun = System.nanoTime();
        killed = platform.killChildrenOf(Part.INFERENCE.service());
        broken = new ArrayList<>();
        for (Future<Answer> answer : open) {
          broken.add(answer.get());
        }
      }
      assertThat(broken).noneMatch(Answer::done).allMatch(answer -> answer.events() > 0);
      platform.awaitRestart(Part.INFERENCE.service(), killed);
      double seconds = (System.nanoTime() - begun) / 1e9;
      assertThat(platform.r1("logs", "supervisor", "-n", "100").text())
          .contains("inference-service ended with exit code 70");
      Platform.awaitThat("the gateway has seen that it is back", () -> answers(chat));
      Figures.write(
          "trtllm",
          "stand_in=true streams=%d ended_with_error=%d exit_code=70 restart_s=%.1f difference=%s"
              .formatted(STREAMS, broken.size(), seconds, platform.reconciled().unexplained()));
    }
  }

  private static boolean answers(Chat chat) {
    try {
      return chat.stream("Hi", Chat.NEVER).done();
    } catch (IOException e) { // 503: send it again
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int running(Platform platform) {
    try (var http = HttpClient.newHttpClient()) {
      String metrics =
          http.send(
                  HttpRequest.newBuilder(
                          URI.create(
                              platform.url(Ports.Name.INFERENCE_MANAGEMENT)
                                  + "/actuator/prometheus"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return metrics
          .lines()
          .filter(line -> line.startsWith("r1_engine_requests_running"))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}

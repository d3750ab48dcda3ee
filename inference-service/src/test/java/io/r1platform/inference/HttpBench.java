package io.r1platform.inference;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Puts the same load on two servers in turns. */
final class HttpBench {
  /** Longest prompt and output together, of each slot. */
  static final int CONTEXT_TOKENS = 512;

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * What a round asks for: every stream asks one question after another.
   *
   * @param model the GGUF file
   * @param streams at the same time; as many as there are slots
   * @param questions of each stream
   * @param maxTokens of each answer
   */
  record Load(Path model, int streams, int questions, int maxTokens) {}

  /**
   * One round.
   *
   * @param tokensPerSecond output tokens of all streams, by wall time
   * @param firstTokenMillis median time to the first text
   * @param serversFirstMillis the median of what the server says of it: without HTTP
   * @param promptTokens of all questions
   */
  record Round(
      double tokensPerSecond,
      double firstTokenMillis,
      long serversFirstMillis,
      long promptTokens) {}

  private record Answer(MeasuredServer.Counted counted, long firstTextNanos) {}

  private final HttpClient http;
  private final Load load;

  HttpBench(HttpClient http, Load load) {
    this.http = http;
    this.load = load;
  }

  /** Short answers, so that what a JVM compiles is compiled. */
  void warmUp(MeasuredServer server, int requests) throws Exception {
    int each = Math.ceilDiv(requests, load.streams());
    new HttpBench(http, new Load(load.model(), load.streams(), each, 1)).round(server);
  }

  Round round(MeasuredServer server) throws Exception {
    long begun = System.nanoTime();
    List<Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<Answer>>> streams = new ArrayList<>();
      for (int i = 0; i < load.streams(); i++) {
        int stream = i;
        streams.add(() -> stream(server, stream));
      }
      for (Future<List<Answer>> stream : threads.invokeAll(streams)) {
        answers.addAll(stream.get());
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    long output = answers.stream().mapToLong(answer -> answer.counted().output()).sum();
    long[] said = answers.stream().mapToLong(a -> a.counted().firstMillis()).sorted().toArray();
    long[] firsts = answers.stream().mapToLong(Answer::firstTextNanos).sorted().toArray();
    return new Round(
        output / seconds,
        firsts[firsts.length / 2] / 1e6,
        said[said.length / 2],
        answers.stream().mapToLong(answer -> answer.counted().prompt()).sum());
  }

  private List<Answer> stream(MeasuredServer server, int stream) throws Exception {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < load.questions(); i++) {
      int first = 100 + (stream * 37 + i * 101) % 900;
      int second = 100 + (stream * 53 + i * 211) % 900;
      answers.add(ask(server, "What is %d + %d?".formatted(first, second)));
    }
    return answers;
  }

  private Answer ask(MeasuredServer server, String question) throws Exception {
    var request = server.request(question, load.maxTokens());
    long begun = System.nanoTime();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IllegalStateException("status " + response.statusCode());
    }
    long firstText = 0;
    String last = "";
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: {")) {
          last = line.substring("data: ".length());
          if (firstText == 0 && server.bringsText(last)) {
            firstText = System.nanoTime() - begun;
          }
        }
      }
    }
    JsonNode end = JSON.readTree(last);
    MeasuredServer.Counted counted = server.counted(end);
    if (end.has("error") || counted.output() == 0 || counted.prompt() == 0) {
      throw new IllegalStateException("no answer: " + last);
    }
    return new Answer(counted, firstText);
  }
}

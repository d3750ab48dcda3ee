package io.r1platform.standalone.overspend;

import io.r1platform.api.ApiApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process with any number of api-service replicas in it. Commands come as lines of standard
 * input: {@code start N {settings}}, {@code kill N}, {@code stop N}; answers go to standard output:
 * {@code ready N port}, {@code killed N}, {@code stopped N}, {@code failed N why}.
 */
public final class ReplicasMain {
  private static final String DATABASE = "spring.datasource.url";
  private static final String BILLING = "r1.api.billing.url";

  private final PrintStream answers;
  private final Map<Integer, Replica> replicas = new ConcurrentHashMap<>();
  private final ExecutorService starts = Executors.newFixedThreadPool(2);

  private record Replica(
      ConfigurableApplicationContext context, TcpLink database, TcpLink billing) {}

  private ReplicasMain(PrintStream answers) {
    this.answers = answers;
  }

  /** Serves until standard input ends, then dies at once. */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // logs stay out of the answers
    var main = new ReplicasMain(answers);
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", 3);
      main.obey(words[0], Integer.parseInt(words[1]), words.length < 3 ? "" : words[2]);
    }
    Runtime.getRuntime().halt(0);
  }

  private void obey(String command, int id, String settings) {
    switch (command) {
      case "start" -> starts.execute(() -> start(id, settings));
      case "kill" -> kill(Objects.requireNonNull(replicas.remove(id)), id);
      case "stop" -> {
        Replica replica = Objects.requireNonNull(replicas.remove(id));
        Thread.ofPlatform()
            .start(
                () -> {
                  replica.context.close();
                  answer("stopped " + id);
                });
      }
      default -> throw new IllegalArgumentException(command);
    }
  }

  private void start(int id, String json) {
    try {
      Map<String, String> settings =
          new HashMap<>(new JsonMapper().readValue(json, new TypeReference<>() {}));
      TcpLink database = link(settings, DATABASE);
      TcpLink billing = link(settings, BILLING);
      String[] arguments =
          settings.entrySet().stream()
              .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
              .toArray(String[]::new);
      var context =
          new SpringApplicationBuilder(ApiApplication.class, OwnThreads.class).run(arguments);
      replicas.put(id, new Replica(context, database, billing));
      answer("ready " + id + " " + context.getEnvironment().getProperty("local.server.port"));
    } catch (IOException | RuntimeException e) {
      answer("failed " + id + " " + e.toString().replace('\n', ' '));
    }
  }

  /** Leads the address in {@code setting} through a link. */
  private static TcpLink link(Map<String, String> settings, String setting) throws IOException {
    String url = Objects.requireNonNull(settings.get(setting));
    var address = java.util.regex.Pattern.compile("(?<=:)[0-9]+").matcher(url);
    if (!address.find()) {
      throw new IllegalArgumentException(setting + " has no port");
    }
    var link = new TcpLink(Integer.parseInt(address.group()));
    settings.put(setting, address.replaceFirst(Integer.toString(link.port())));
    return link;
  }

  /** It reaches nobody from now on; what is left of it ends in the background. */
  private void kill(Replica replica, int id) {
    replica.database.cut();
    replica.billing.cut();
    answer("killed " + id);
    Thread.ofPlatform().daemon().start(replica.context::close);
  }

  private synchronized void answer(String line) {
    answers.println(line);
    answers.flush();
  }

  /** With shared threads, closing one replica would stop the others. */
  @Configuration(proxyBeanMethods = false)
  static class OwnThreads {
    @Bean
    ReactorResourceFactory ownThreads() {
      var factory = new ReactorResourceFactory();
      factory.setUseGlobalResources(false);
      return factory;
    }
  }
}

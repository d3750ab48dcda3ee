package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.clients.LangChain4j;
import io.r1platform.standalone.clients.OpenAiJava;
import io.r1platform.standalone.clients.SpringAi;
import io.r1platform.standalone.clients.Target;
import io.r1platform.testing.Figures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Official clients, unchanged, against the real platform. */
@ExtendWith(PlatformExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientsIT {
  private static final Path NODE = Path.of("../api-service/src/test/node");
  private static final Path JARS = Path.of("target/spring-ai-deepseek").toAbsolutePath();
  private static final Path DEEPSEEK = Path.of("src/test/spring-ai-deepseek");
  private static final Pattern CLIENT_SAYS = Pattern.compile("version=(\\S+) checks=(\\d+)");

  private final Platform platform;
  private final Target target;
  private final Map<String, String> versions = new TreeMap<>();

  ClientsIT(Platform platform) {
    this.platform = platform;
    this.target = new Target(platform.url(), platform.mintKey(), Platform.MODEL);
  }

  /** And what they were told is what the ledger has. */
  @AfterAll
  void tellTheVersions() {
    Figures.write(
        "clients",
        versions.entrySet().stream()
                .map(client -> client.getKey() + "=" + client.getValue())
                .collect(Collectors.joining(" "))
            + " difference="
            + platform.reconciled().unexplained());
  }

  @Test
  void openAiForJava() {
    try (var client = new OpenAiJava(target)) {
      client.check();
    }
    versions.put("openai-java", version("openai-java-core"));
  }

  @Test
  void springAi() {
    new SpringAi(target).check();
    versions.put("spring-ai-openai", version("spring-ai-openai"));
  }

  @Test
  void langChain4j() {
    new LangChain4j(target).check();
    versions.put("langchain4j-open-ai", version("langchain4j-open-ai"));
  }

  @Test
  void openAiForNode() throws Exception {
    versions.put("openai-node", node("conformance.mjs"));
  }

  @Test
  void langChainForNode() throws Exception {
    versions.put("langchain-js", node("langchain.mjs"));
  }

  /** On a class path of its own: it was published for another Spring than the services'. */
  @Test
  void springAiDeepSeek() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    versions.put(
        "spring-ai-deepseek",
        told(DEEPSEEK, "spring-ai-deepseek", java, "-cp", JARS + "/*", "SpringAiDeepSeek.java"));
  }

  private String node(String script) throws Exception {
    return told(NODE, "node-" + script, "node", script);
  }

  /** Runs a program with our address and key; the version that its last line tells. */
  private String told(Path directory, String name, String... command) throws Exception {
    Path log = Path.of("target", name + ".log");
    var builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("R1_URL", target.url());
    builder.environment().put("R1_KEY", target.key());
    builder.environment().put("R1_MODEL", target.model());
    builder.environment().put("R1_QUESTION", Target.QUESTION);
    builder.environment().put("R1_ANSWER", Target.ANSWER);
    Process client = builder.start();
    boolean ended = Platform.ends(client);
    String printed = Files.readString(log, StandardCharsets.UTF_8).strip();
    assertThat(ended).as(printed).isTrue();
    assertThat(client.exitValue()).as(printed).isZero();
    Matcher said = CLIENT_SAYS.matcher(printed);
    assertThat(said.find()).as(printed).isTrue();
    return said.group(1);
  }

  /** The jar on the class path that is the client. */
  private static String version(String artifact) {
    Matcher jar =
        Pattern.compile("/" + Pattern.quote(artifact) + "-(\\d[^/]*)\\.jar")
            .matcher(System.getProperty("java.class.path"));
    assertThat(jar.find()).as(artifact).isTrue();
    return jar.group(1);
  }
}

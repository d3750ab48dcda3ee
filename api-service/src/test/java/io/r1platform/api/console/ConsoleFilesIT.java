package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleFilesIT {
  private static final Pattern NONCE = Pattern.compile("'nonce-([A-Za-z0-9+/=]{22,24})'");

  private RunningApi api;
  private Path files;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    files = Files.createDirectory(directory.resolve("console"));
    Files.writeString(directory.resolve("secret.txt"), "outside");
    Files.createDirectory(files.resolve("assets"));
    Files.createDirectory(files.resolve(".vite"));
    Files.writeString(files.resolve(".vite/manifest.json"), "{}");
    Files.writeString(files.resolve("theme.js"), "let theme");
    Files.writeString(files.resolve("assets/index-B4x.js"), "let app");
    api =
        RunningApi.start(
            TestDatabase.create(), Map.of("r1.api.console.location", "file:" + files + "/"));
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void pagesCarryANonceThatNobodyCanForesee() throws IOException {
    write("<meta content=\"__CSP_NONCE__\"><script src=\"/console/theme.js\"></script>");
    Set<String> nonces = new HashSet<>();
    for (String path :
        List.of(
            "/console", "/console/", "/console/keys", "/console/a/b/c", "/console/index.html")) {
      HttpResponse<String> page = get(path);
      assertThat(page.statusCode()).as(path).isEqualTo(200);
      assertThat(page.headers().firstValue("content-type").orElseThrow())
          .isEqualTo("text/html;charset=UTF-8");
      String policy = page.headers().firstValue("content-security-policy").orElseThrow();
      var nonce = NONCE.matcher(policy);
      assertThat(nonce.find()).isTrue();
      assertThat(page.body()).contains("content=\"" + nonce.group(1) + "\"");
      assertThat(nonces.add(nonce.group(1))).isTrue();
      assertThat(page.headers().firstValue("cache-control")).contains("no-store");
    }
  }

  @Test
  void thePolicyIsTheOneThatTheDesignSays() throws IOException {
    write("x");
    HttpResponse<String> page = get("/console");
    String policy = page.headers().firstValue("content-security-policy").orElseThrow();
    assertThat(NONCE.matcher(policy).replaceAll("'nonce-…'"))
        .isEqualTo(
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-…';"
                + " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
                + " frame-ancestors 'none'");
    assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(page.headers().firstValue("referrer-policy")).contains("no-referrer");
    assertThat(page.headers().firstValue("x-frame-options")).contains("DENY");
  }

  @Test
  void onlyHashedFilesAreKept() {
    HttpResponse<String> hashed = get("/console/assets/index-B4x.js");
    assertThat(hashed.body()).isEqualTo("let app");
    assertThat(hashed.headers().firstValue("content-type").orElseThrow()).contains("javascript");
    assertThat(hashed.headers().firstValue("cache-control").orElseThrow())
        .contains("max-age=31536000", "immutable");
    HttpResponse<String> plain = get("/console/theme.js");
    assertThat(plain.body()).isEqualTo("let theme");
    assertThat(plain.headers().firstValue("cache-control")).contains("no-cache");
  }

  @Test
  void nothingElseOfTheDiskIsServed() {
    for (String path :
        List.of(
            "/console/../secret.txt",
            "/console/%2e%2e/secret.txt",
            "/console/..%2fsecret.txt",
            "/console/assets/..%2f..%2fsecret.txt",
            "/console/%252e%252e/secret.txt",
            "/console/.vite/manifest.json",
            "/console//etc/passwd.txt",
            "/console/missing.js",
            "/console/assets/index-B4x.js%00.png")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isIn(400, 404);
      assertThat(answer.body()).as(path).doesNotContain("outside");
    }
  }

  @Test
  void theRootLeadsToTheConsole() {
    HttpResponse<String> answer = get("/");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location")).contains("/console");
  }

  @Test
  void whereTheConsoleIsNotBuiltThatIsSaid() throws IOException {
    Files.deleteIfExists(files.resolve("index.html"));
    HttpResponse<String> answer = get("/console/keys");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
    assertThat(answer.body()).contains("not part of this build", "-Dconsole.skip");
  }

  @Test
  void pagesNeitherTakeWritesNorSetCookies() throws IOException {
    write("x");
    assertThat(get("/console").headers().firstValue("set-cookie")).isEmpty();
    int status =
        api.send(
                HttpRequest.newBuilder(api.uri("/console"))
                    .POST(HttpRequest.BodyPublishers.ofString("x")))
            .statusCode();
    assertThat(status).isEqualTo(405);
  }

  private void write(String index) throws IOException {
    Files.writeString(files.resolve("index.html"), index);
  }

  private HttpResponse<String> get(String path) {
    return api.send(HttpRequest.newBuilder(api.uri(path)));
  }
}

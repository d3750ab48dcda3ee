package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three services with mutual TLS between them, by certificates made here. */
class TlsIT {
  private static final String PRICES = "/internal/v1/prices";
  private static final char[] PASSWORD = "changeit".toCharArray();

  @Test
  void servicesProveWhoTheyAreAndTakeNewCertificates(@TempDir Path directory) throws Exception {
    var certificates = new Certificates(directory);
    certificates.renew();
    try (var platform = Platform.start("tls", fresh -> secure(fresh, directory))) {
      String billing = https(platform, Ports.Name.BILLING);
      Chat chat = platform.chat();
      Chat.Answer answer = chat.stream("What is 2 + 2?", Chat.NEVER);
      assertThat(answer.done()).isTrue();
      platform.inLedger(answer.requestId());
      platform.reconciled(); // the engine's receipts came over TLS too

      assertThat(get(platform.url(Ports.Name.BILLING) + PRICES, certificates.context(true), "none"))
          .as("plain HTTP")
          .isEqualTo(400);
      assertThatThrownBy(() -> get(billing + PRICES, certificates.context(false), "none"))
          .as("no certificate")
          .isInstanceOf(IOException.class);
      assertThat(get(billing + PRICES, certificates.context(true), "none"))
          .as("no token")
          .isEqualTo(401);

      int port = URI.create(billing).getPort();
      BigInteger before = certificates.shownBy(port);
      certificates.renew();
      Platform.awaitThat(
          "billing shows its new certificate", () -> !certificates.shownBy(port).equals(before));
      Chat.Answer after = chat.stream("What is 3 + 3?", Chat.NEVER);
      assertThat(after.done()).isTrue();
      platform.inLedger(after.requestId());
      platform.reconciled();
      rotate(platform, "gateway-token", billing + PRICES, certificates);
      String inference = https(platform, Ports.Name.INFERENCE);
      rotate(platform, "inference-token", inference + "/v1/models", certificates);
      Platform.awaitThat("the new tokens are shown", () -> isServed(platform, chat));
      Figures.write(
          "tls",
          "services=3 mutual=true renewed_without_restart=true tokens_rotated=2 difference=0");
    }
  }

  private static void secure(Platform platform, Path directory) {
    var settings = new HashMap<String, String>();
    String bundle = "spring.ssl.bundle.jks.internal.";
    settings.put(bundle + "reload-on-update", "true");
    settings.put(bundle + "keystore.location", directory.resolve("service.p12").toString());
    settings.put(bundle + "keystore.password", new String(PASSWORD));
    settings.put(bundle + "truststore.location", directory.resolve("trust.p12").toString());
    settings.put(bundle + "truststore.password", new String(PASSWORD));
    var caller = new HashMap<>(settings);
    caller.put("r1.api.upstreams.inference-url", https(platform, Ports.Name.INFERENCE));
    caller.put("r1.api.billing.url", https(platform, Ports.Name.BILLING));
    platform.configure(Part.API, caller);
    settings.put("server.ssl.bundle", "internal");
    settings.put("server.ssl.client-auth", "need");
    settings.put("management.server.ssl.enabled", "false");
    platform.configure(Part.BILLING, settings);
    settings.put("r1.inference.receipts.billing-url", https(platform, Ports.Name.BILLING));
    platform.configure(Part.INFERENCE, settings);
  }

  private static String https(Platform platform, Ports.Name name) {
    return platform.url(name).replace("http://", "https://");
  }

  /** Here caller and callee read one file; the caller shows its first line. Nothing restarts. */
  private static void rotate(Platform platform, String name, String url, Certificates certificates)
      throws IOException {
    Path file = platform.secret(name);
    String old = Files.readString(file).strip();
    byte[] bits = Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 32);
    String fresh = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Files.writeString(file, old + "\n" + fresh + "\n");
    Platform.awaitThat("the new is taken", () -> status(url, certificates, fresh) != 401);
    assertThat(status(url, certificates, old)).as("beside the old").isNotEqualTo(401);
    Files.writeString(file, fresh + "\n");
    Platform.awaitThat("the old is dead", () -> status(url, certificates, old) == 401);
  }

  private static boolean isServed(Platform platform, Chat chat) {
    try {
      platform.inLedger(chat.stream("What is 4 + 4?", Chat.NEVER).requestId());
      return true;
    } catch (IOException e) { // within a second the caller reads its file again
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int status(String url, Certificates certificates, String token) {
    try {
      return get(url, certificates.context(true), token);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static int get(String url, SSLContext context, String token)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newBuilder().sslContext(context).build()) {
      var request =
          HttpRequest.newBuilder(URI.create(url))
              .header("Authorization", "Bearer " + token)
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /** An authority and what it signs, by the JDK's keytool. */
  private record Certificates(Path directory) {
    /** A new key and certificate of the services; the authority is made with the first. */
    void renew() throws Exception {
      if (!Files.exists(directory.resolve("ca.p12"))) {
        keytool("ca.p12", "-genkeypair", "-alias ca -dname CN=R1-test-CA -ext bc:c -keyalg EC");
        keytool("ca.p12", "-exportcert", "-alias ca -rfc -file ca.pem");
        keytool("trust.p12", "-importcert", "-alias ca -noprompt -file ca.pem");
      }
      Files.deleteIfExists(directory.resolve("new.p12"));
      keytool("new.p12", "-genkeypair", "-alias service -dname CN=r1-service -keyalg EC");
      keytool("new.p12", "-certreq", "-alias service -file service.csr");
      keytool(
          "ca.p12",
          "-gencert",
          "-alias ca -rfc -infile service.csr -outfile service.pem"
              + " -ext san=ip:127.0.0.1,dns:localhost");
      keytool("new.p12", "-importcert", "-alias ca -noprompt -file ca.pem");
      keytool("new.p12", "-importcert", "-alias service -file service.pem");
      Files.move(
          directory.resolve("new.p12"),
          directory.resolve("service.p12"),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    }

    private void keytool(String store, String command, String options) throws Exception {
      var line = new ArrayList<String>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      line.add(command);
      line.addAll(List.of(options.split(" ", -1)));
      line.addAll(
          List.of("-keystore", store, "-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
      Process process =
          new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", line, said).isZero();
    }

    /** What trusts the authority, with or without a certificate to show. */
    SSLContext context(boolean shown) throws Exception {
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store("trust.p12"));
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(shown ? store("service.p12") : null, PASSWORD);
      var context = SSLContext.getInstance("TLS");
      context.init(shown ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
      return context;
    }

    private @Nullable KeyStore store(String name) throws Exception {
      return KeyStore.getInstance(directory.resolve(name).toFile(), PASSWORD);
    }

    /** The serial number of the certificate that a server shows now. */
    BigInteger shownBy(int port) {
      try (var socket =
          (SSLSocket) context(true).getSocketFactory().createSocket("127.0.0.1", port)) {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}

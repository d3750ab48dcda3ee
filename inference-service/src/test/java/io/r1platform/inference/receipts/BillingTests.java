package io.r1platform.inference.receipts;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.service.InternalTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import tools.jackson.databind.json.JsonMapper;

/** A billing-service that stops in the middle of an answer. */
final class BillingTests {
  private static ReceiptSettings settings(URI url, Path token) {
    return new Binder(
            new MapConfigurationPropertySource(
                java.util.Map.of(
                    "r1.inference.receipts.billing-url", url.toString(),
                    "r1.inference.receipts.billing-token-file", token.toString(),
                    "r1.inference.receipts.ship-timeout", "5s")))
        .bindOrCreate("r1.inference.receipts", Bindable.of(ReceiptSettings.class));
  }

  /** Else the shipper would hang for good, and nothing be shipped until a restart. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anAnswerWhoseBodyDoesNotComeIsGivenUpAndItsConnectionClosed(@TempDir Path directory)
      throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "t\n");
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var closed = new CompletableFuture<Void>();
      Thread.ofVirtual().start(() -> answerHeadOnly(server, closed));
      var url = URI.create("http://127.0.0.1:" + server.getLocalPort());
      var billing =
          new Billing(
              settings(url, token),
              new JsonMapper(),
              new InternalTls(new DefaultSslBundleRegistry()),
              Clock.systemUTC());

      assertThatThrownBy(() -> billing.ship(UUID.randomUUID(), 1, List.of()))
          .isInstanceOf(Billing.Refused.class)
          .hasMessageContaining("did not answer in " + Duration.ofSeconds(5));
      closed.get(20, TimeUnit.SECONDS);
    }
  }

  private static void answerHeadOnly(ServerSocket server, CompletableFuture<Void> closed) {
    try (Socket socket = server.accept()) {
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {}
      closed.complete(null);
    } catch (IOException e) {
      closed.complete(null); // a reset also closes
    }
  }
}

package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uploads and downloads of clients that send or read next to nothing: their places come free. */
class TransfersIT {
  private Gateway gateway;
  private BatchClient client;

  @BeforeEach
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.files.transfers-of-one", "2",
                "r1.api.files.transfers-of-project", "1",
                "r1.api.files.grace", "5s",
                "r1.api.files.min-rate", "4MB"));
    client = new BatchClient(gateway.api, gateway.key);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void anUploadThatTricklesIsGivenUp() throws IOException {
    try (Socket slow = open()) {
      trickle(slow);
      assertThat(upload(client)).isEqualTo(429);
      byte[] answer = slow.getInputStream().readNBytes("HTTP/1.1 408".length());
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
      Await.until("the place is free", () -> upload(client) == 200);
    }
  }

  @Test
  void aDownloadThatNobodyReadsIsGivenUp() throws IOException {
    String file = client.file("0123456789abcdef".repeat(2 << 20));
    try (Socket slow = open()) {
      slow.setReceiveBufferSize(1_024);
      send(
          slow,
          "GET /v1/files/%s/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(file, gateway.key));
      assertThat(Gateway.readUntil(slow.getInputStream(), "\r\n\r\n")).contains(" 200 ");
      assertThat(upload(client)).isEqualTo(429);
      Await.until("the place is free", () -> upload(client) == 200);
    }
  }

  @Test
  void aProjectLeavesRoomToTheOthersOfItsOrganization() throws IOException {
    long project =
        gateway.api.bean(Tenants.class).createProject(gateway.organizationId, "Other").id();
    var other =
        new BatchClient(
            gateway.api, gateway.api.bean(Keys.class).issue(project, "other", null).secret());
    try (Socket slow = open()) {
      trickle(slow);
      assertThat(upload(client)).isEqualTo(429);
      assertThat(upload(other)).isEqualTo(200);
    }
  }

  /**
   * Begins an upload, which has its place once the body is asked for, and of which no more comes.
   */
  private void trickle(Socket slow) throws IOException {
    send(
        slow,
        """
        POST /v1/files HTTP/1.1\r
        Host: x\r
        Authorization: Bearer %s\r
        Content-Type: multipart/form-data; boundary=x\r
        Content-Length: 100000\r
        Expect: 100-continue\r
        \r
        """
            .formatted(gateway.key));
    assertThat(Gateway.readUntil(slow.getInputStream(), "\r\n\r\n")).contains(" 100 ");
    send(
        slow,
        """
        --x\r
        Content-Disposition: form-data; name="file"; filename="a"\r
        \r
        abc""");
  }

  private static int upload(BatchClient by) {
    return by.upload("x", Map.of("purpose", "batch")).statusCode();
  }

  private Socket open() throws IOException {
    return new Socket(gateway.api.uri("/").getHost(), gateway.api.uri("/").getPort());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }
}

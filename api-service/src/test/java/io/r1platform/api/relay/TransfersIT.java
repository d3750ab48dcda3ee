package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.Await;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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

  /** What is slow here is the database: somebody holds the table of chunks. */
  @Test
  void aDownloadThatDoesNotBeginIsAnswered() throws SQLException {
    String file = client.file("abc");
    try (Connection holder = gateway.database.superuser().getConnection();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("lock table api.file_chunk in access exclusive mode");
      HttpResponse<String> answer = client.get("/v1/files/" + file + "/content");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).contains("internal_error", "could not be read in time");
      assertThat(answer.headers().firstValue("content-disposition")).isEmpty();
      holder.rollback();
    }
    assertThat(client.get("/v1/files/" + file + "/content").body()).isEqualTo("abc");
  }

  @Test
  void aDownloadOfWhatIsLostIsAnsweredOrCutOff() {
    String first = client.file("abc");
    gateway.database.execute("delete from api.file_chunk");
    HttpResponse<String> answer = client.get("/v1/files/" + first + "/content");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("not_found");
    assertThat(answer.headers().firstValue("content-disposition")).isEmpty();

    String second = client.file("0123456789abcdef".repeat(100_000));
    gateway.database.execute("delete from api.file_chunk where ord = 1");
    assertThatThrownBy(() -> client.get("/v1/files/" + second + "/content"))
        .isInstanceOf(UncheckedIOException.class);
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

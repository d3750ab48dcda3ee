package io.r1platform.api.relay;

import io.r1platform.api.contents.Contents;
import io.r1platform.api.contents.Recording;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Admission;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client whose request and answer are stored, whether or not it stays to hear. */
final class RecordedClient implements ClientSide {
  private static final int OK = 200;
  private static final int UNKNOWN = 500;

  private final ClientSide client;
  private final Contents contents;
  private final Run.Wanted wanted;
  private @Nullable Recording recording;
  private int status = OK;

  RecordedClient(ClientSide client, Contents contents, Run.Wanted wanted) {
    this.client = client;
    this.contents = contents;
    this.wanted = wanted;
  }

  @Override
  public void connect(Run run) {
    Admission admission = wanted.admission();
    var asked =
        new Recording.Asked(
            admission.caller().projectId(),
            admission.eventId(),
            wanted.call().kind().enginePath(),
            admission.stream(),
            admission.admittedAt());
    recording = contents.record(asked, wanted.call().body().content());
    client.connect(run);
  }

  @Override
  public boolean isGone() {
    return client.isGone();
  }

  @Override
  public boolean isAnswering() {
    return client.isAnswering();
  }

  @Override
  public void leave() {
    client.leave();
  }

  @Override
  public void unstarted() {
    if (recording != null) {
      recording.drop();
    }
    client.unstarted();
  }

  @Override
  public void status(int code) {
    status = code;
    client.status(code);
  }

  @Override
  public void header(String name, String value) {
    client.header(name, value);
  }

  @Override
  public void send(byte[] bytes) {
    if (recording != null) {
      recording.add(bytes);
    }
    client.send(bytes);
  }

  @Override
  public boolean keeps() {
    return client.keeps();
  }

  @Override
  public @Nullable CompletableFuture<Void> keep(int wanted, byte[] last) {
    return client.keep(wanted, last);
  }

  @Override
  public void end(byte[] last, @Nullable String charged) {
    if (recording != null) {
      recording.add(last);
      recording.end(status);
    }
    client.end(last, charged);
  }

  @Override
  public void refuse(Throwable error) {
    if (recording != null) {
      recording.end(error instanceof ServiceException ours ? ours.code().httpStatus() : UNKNOWN);
    }
    client.refuse(error);
  }
}

package io.r1platform.service;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/**
 * Gives a JSON log line that tells of a request the fields {@code request_id} and {@code trace.id}.
 * Such a line says {@code request} and the id, in every service.
 */
public final class RequestLogMembers
    implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {
  private static final Pattern REQUEST =
      Pattern.compile("\\brequest[ =]([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\\b");

  @Override
  public void customize(JsonWriter.Members<ILoggingEvent> members) {
    members.add("request_id", RequestLogMembers::requestId).whenNotNull();
    members.add("trace.id", RequestLogMembers::traceId).whenNotNull();
  }

  private static @Nullable String requestId(ILoggingEvent event) {
    Matcher found = REQUEST.matcher(event.getFormattedMessage());
    return found.find() ? found.group(1) : null;
  }

  private static @Nullable String traceId(ILoggingEvent event) {
    String id = requestId(event);
    return id == null ? null : id.replace("-", "");
  }
}

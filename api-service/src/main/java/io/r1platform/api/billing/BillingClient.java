package io.r1platform.api.billing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.r1platform.api.credentials.TokenFile;
import io.r1platform.api.observability.RequestTraces;
import io.r1platform.service.InternalTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Calls billing-service's internal API; blocks, so it is for virtual threads. Answers of any status
 * are returned as they are; {@link IOException} means that there was no whole answer.
 */
@Component
public final class BillingClient implements AutoCloseable {
  private final BillingSettings settings;
  private final TokenFile token;
  private final Supplier<HttpClient> http;
  private final Clock clock;
  private final RequestTraces traces;
  private volatile Instant tookAt = Instant.MIN;

  @Autowired
  BillingClient(BillingSettings settings, Clock clock, InternalTls tls, RequestTraces traces) {
    this(
        settings,
        clock,
        tls.client(
            () ->
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))),
        traces);
  }

  BillingClient(
      BillingSettings settings, Clock clock, Supplier<HttpClient> http, RequestTraces traces) {
    this.settings = settings;
    this.token = new TokenFile(settings.tokenFile(), clock);
    this.http = http;
    this.clock = clock;
    this.traces = traces;
  }

  /** GET of a path with its query; {@code headers} are name, value pairs. */
  public HttpResponse<byte[]> get(String pathAndQuery, String... headers)
      throws IOException, InterruptedException {
    return send(request(pathAndQuery, headers).GET().build(), settings.timeout());
  }

  /** GET of what billing may take long to find, at most {@code patience}. */
  public HttpResponse<byte[]> get(String pathAndQuery, Duration patience)
      throws IOException, InterruptedException {
    return send(request(pathAndQuery).timeout(patience).GET().build(), patience);
  }

  /**
   * GET whose body is read as it comes; the caller closes it. A read of it fails where billing says
   * nothing for as long as it may take to answer.
   */
  public HttpResponse<InputStream> stream(String pathAndQuery)
      throws IOException, InterruptedException {
    return http.get()
        .send(
            request(pathAndQuery).GET().build(),
            head ->
                BodySubscribers.mapping(
                    BodySubscribers.ofInputStream(),
                    in -> new TimedStream(in, settings.timeout())));
  }

  /** POST of one body; {@code headers} are name, value pairs. */
  public HttpResponse<byte[]> post(String path, String contentType, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path, headers)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body));
    HttpResponse<byte[]> answer =
        traces.areOn() ? traced(path, request) : send(request.build(), settings.timeout());
    if (answer.statusCode() / 100 == 2) {
      tookAt = clock.instant();
    }
    return answer;
  }

  /** Leases and usage are of many requests: such a call has a trace of its own. */
  private HttpResponse<byte[]> traced(String path, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    Span span =
        traces
            .call("POST billing-service")
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute("http.request.method", "POST")
            .setAttribute("url.path", path)
            .startSpan();
    try {
      String parent = traces.parent(span);
      if (parent != null) {
        request.header(RequestTraces.PARENT, parent);
      }
      HttpResponse<byte[]> answer = send(request.build(), settings.timeout());
      span.setAttribute("http.response.status_code", answer.statusCode());
      return answer;
    } catch (IOException e) {
      span.setAttribute("error.type", e.getClass().getName()).setStatus(StatusCode.ERROR);
      throw e;
    } finally {
      span.end();
    }
  }

  /** When billing last took a POST, so that it was there and well. */
  public Instant tookAt() {
    return tookAt;
  }

  /** A request's own time limit ends with the answer's head; this one covers its body too. */
  private HttpResponse<byte[]> send(HttpRequest request, Duration longest)
      throws IOException, InterruptedException {
    var answer = http.get().sendAsync(request, BodyHandlers.ofByteArray());
    try {
      return answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no whole answer in " + longest);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException why ? why : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    http.get().shutdownNow();
  }

  private HttpRequest.Builder request(String pathAndQuery, String... headers) {
    var builder =
        HttpRequest.newBuilder(URI.create(settings.url() + pathAndQuery))
            .timeout(settings.timeout())
            .header("Authorization", token.bearer());
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return builder;
  }
}

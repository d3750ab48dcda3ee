package io.r1platform.billing.payments;

import io.r1platform.billing.credit.Arrivals.Arrival;
import io.r1platform.billing.credit.Arrivals.Purpose;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.webhooks.Signature;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Currency;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A provider that moves no real money, for trying the whole way out. It speaks Standard Webhooks:
 *
 * <pre>{"type":"payment.succeeded","data":{"organization":"1","purpose":"TOP_UP","currency":"USD",
 * "amount_minor":"10000"}}</pre>
 *
 * <p>{@code purpose} is {@code TOP_UP} or {@code PAYMENT}; {@code amount_minor} counts the
 * currency's minor units, as payment providers do.
 */
@Component
@ConditionalOnProperty("r1.billing.payments.test-secret-file")
final class TestProvider implements PaymentProvider {
  private static final String SECRET_PREFIX = "whsec_";
  private static final int LEAST_SECRET_BYTES = 24; // Standard Webhooks: 24 to 64 bytes
  private static final int MOST_SECRETS = 2;
  private static final int PICO_DIGITS = 12;

  private final List<byte[]> secrets;
  private final Duration tolerance;
  private final JsonMapper json;
  private final Clock clock;

  TestProvider(PaymentSettings settings, JsonMapper json, Clock clock) {
    this.secrets = secrets(settings);
    this.tolerance = settings.tolerance();
    this.json = json;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public Event read(UnaryOperator<@Nullable String> header, byte[] body) {
    String id = check(header, body);
    try {
      JsonNode event = json.readTree(body);
      return text(event, "type", "[a-z_.]{1,100}").equals("payment.succeeded")
          ? new Money(arrival(id, event.path("data")))
          : new NoMoney();
    } catch (JacksonException e) {
      return new Unclear(id, "The event is not JSON.");
    } catch (IllegalArgumentException e) {
      return new Unclear(id, String.valueOf(e.getMessage()));
    }
  }

  private Arrival arrival(String id, JsonNode data) {
    String currency = text(data, "currency", "[A-Z]{3}");
    var minor = new BigInteger(text(data, "amount_minor", "[1-9][0-9]{0,17}"));
    return new Arrival(
        name(),
        id,
        Long.parseLong(text(data, "organization", "[1-9][0-9]{0,17}")),
        Purpose.valueOf(text(data, "purpose", "TOP_UP|PAYMENT")),
        currency,
        minor.multiply(picoPerMinor(currency)));
  }

  private String check(UnaryOperator<@Nullable String> header, byte[] body) {
    String id = header.apply("webhook-id");
    String time = header.apply("webhook-timestamp");
    String signature = header.apply("webhook-signature");
    if (id == null
        || !id.matches("[A-Za-z0-9_.-]{1,100}")
        || time == null
        || !time.matches("[0-9]{1,12}")
        || signature == null) {
      throw ServiceException.webhookRefused(
          "webhook-id, webhook-timestamp and webhook-signature are needed");
    }
    long timestamp = Long.parseLong(time);
    boolean signed = false;
    for (byte[] secret : secrets) {
      signed |= Signature.matches(secret, id, timestamp, body, signature);
    }
    if (!signed) {
      throw ServiceException.webhookRefused("the signature does not match");
    }
    Duration away = Duration.between(Instant.ofEpochSecond(timestamp), clock.instant()).abs();
    if (away.compareTo(tolerance) > 0) {
      throw ServiceException.webhookRefused(
          "its time is %d s from ours; sign it again".formatted(away.toSeconds()));
    }
    return id;
  }

  private static String text(JsonNode data, String member, String pattern) {
    JsonNode value = data.path(member);
    if (!value.isString() || !value.asString().matches(pattern)) {
      throw new IllegalArgumentException("%s must match %s.".formatted(member, pattern));
    }
    return value.asString();
  }

  private static BigInteger picoPerMinor(String currency) {
    try {
      int digits = Currency.getInstance(currency).getDefaultFractionDigits();
      return BigInteger.TEN.pow(PICO_DIGITS - Math.max(0, digits));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("data.currency is not one of ISO 4217: " + currency, e);
    }
  }

  private static List<byte[]> secrets(PaymentSettings settings) {
    var path = settings.testSecretFile();
    if (path == null) {
      throw new IllegalStateException("no test-secret-file"); // the condition above asks for it
    }
    try {
      List<byte[]> secrets =
          Files.readAllLines(path).stream()
              .filter(line -> !line.isBlank())
              .map(line -> Base64.getDecoder().decode(line.strip().replace(SECRET_PREFIX, "")))
              .toList();
      boolean strong = secrets.stream().allMatch(secret -> secret.length >= LEAST_SECRET_BYTES);
      if (secrets.isEmpty() || secrets.size() > MOST_SECRETS || !strong) {
        throw new IllegalStateException(
            path + " must hold one or two secrets of at least 24 bytes in base64, a line each");
      }
      return secrets;
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("Cannot read the payment secret " + path + ": " + e, e);
    }
  }
}

package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Where alerts go. */
@Component
class WebhookTargets {
  /**
   * A target.
   *
   * @param organization whose alerts; null: of all
   * @param secret {@code whsec_} and base64, in the answer to its making only
   */
  record Target(
      String targetId,
      @Nullable String organization,
      String url,
      @Nullable String secret,
      Instant createdAt,
      @Nullable Instant closedAt) {}

  private static final int SECRET_BYTES = 32;
  private static final int MOST_URL = 2_000;
  private static final int MOST_OPEN = 20;

  private final SecureRandom random = new SecureRandom();
  private final JdbcClient jdbc;
  private final Commands commands;
  private final Clock clock;

  WebhookTargets(JdbcClient jdbc, Commands commands, Clock clock) {
    this.jdbc = jdbc;
    this.commands = commands;
    this.clock = clock;
  }

  /**
   * Adds a target. Its secret is made here; the same command answers with the same secret.
   *
   * @param organization whose alerts it gets; null: everybody's
   */
  @Transactional
  public Target add(UUID command, @Nullable Long organization, String url) {
    requireHttp(url);
    Commands.Subject subject =
        commands.once(
            command,
            "ADD_TARGET",
            organization + " " + url,
            () -> new Commands.Subject(null, insert(organization, url)));
    return get(id(subject), true);
  }

  /** Ends a target; what is queued for it is given up. */
  @Transactional
  public Target close(UUID command, long targetId) {
    Commands.Subject subject =
        commands.once(
            command,
            "CLOSE_TARGET",
            targetId,
            () -> {
              get(targetId, false);
              jdbc.sql(
                      """
                      update webhook_target set closed_at = ?
                      where target_id = ? and closed_at is null
                      """)
                  .params(now(), targetId)
                  .update();
              return new Commands.Subject(null, targetId);
            });
    return get(id(subject), false);
  }

  /**
   * Targets that are open, in the order in which they were made, and one more than the page has.
   */
  List<Target> list(@Nullable Long organization, ListPage page) {
    return jdbc.sql(
            """
            select target_id, organization_id, url, secret, created_at, closed_at
            from webhook_target
            where closed_at is null and (?::bigint is null or organization_id = ?::bigint) and
            """
                + page.following("target_id", false))
        .param(organization)
        .param(organization)
        .query((row, number) -> target(row, false))
        .list();
  }

  private long insert(@Nullable Long organization, String url) {
    int open =
        jdbc.sql(
                """
                select count(*)::int from webhook_target
                where closed_at is null and organization_id is not distinct from ?::bigint
                """)
            .param(organization)
            .query(Integer.class)
            .single();
    if (open >= MOST_OPEN) {
      throw ServiceException.invalidRequest("There are 20 targets already; close one first.");
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return jdbc.sql(
            """
            insert into webhook_target (organization_id, url, secret, created_at)
            values (?, ?, ?, ?) returning target_id
            """)
        .param(organization)
        .params(url, secret, now())
        .query(Long.class)
        .single();
  }

  private Target get(long targetId, boolean withSecret) {
    return jdbc.sql(
            """
            select target_id, organization_id, url, secret, created_at, closed_at
            from webhook_target where target_id = ?
            """)
        .param(targetId)
        .query((row, number) -> target(row, withSecret))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("Webhook target " + targetId));
  }

  private static Target target(java.sql.ResultSet row, boolean withSecret)
      throws java.sql.SQLException {
    return new Target(
        row.getString("target_id"),
        row.getString("organization_id"),
        row.getString("url"),
        withSecret ? "whsec_" + Base64.getEncoder().encodeToString(row.getBytes("secret")) : null,
        BudgetRows.moment(row, "created_at"),
        BudgetRows.momentOrNull(row, "closed_at"));
  }

  private static long id(Commands.Subject subject) {
    Long id = subject.targetId();
    if (id == null) {
      throw new IllegalStateException("a command without a target");
    }
    return id;
  }

  private static void requireHttp(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      if (url.length() <= MOST_URL
          && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))
          && uri.getHost() != null
          && uri.getUserInfo() == null) {
        return;
      }
    } catch (URISyntaxException e) {
      throw ServiceException.invalidRequest("url is no URL: " + e.getReason());
    }
    throw ServiceException.invalidRequest(
        "url must be http or https with a host, without a user, up to 2,000 characters");
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}

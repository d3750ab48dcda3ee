package io.r1platform.simulation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.billing.BillingClients;
import io.r1platform.api.keys.Caller;
import io.r1platform.billing.budgets.Scope;
import io.r1platform.billing.usage.SimulatedBilling;
import io.r1platform.testing.SettableClock;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One database with both schemas, billing on it, and the wire; schedules run in it one by one. */
final class World implements AutoCloseable {
  /** The true time of every schedule's beginning. */
  static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");

  /** Most prompt tokens of a request. */
  static final int PROMPT = 3_000;

  /** Most output tokens of a request. */
  static final int CAP = 1_000;

  /** Organizations 1 to this one. */
  static final int TENANTS = 8;

  /** Keys of all organizations, two of each. */
  static final int CALLERS = 2 * TENANTS;

  /** What a request may cost at list prices: 3,000 × $0.55 and 1,000 × $2.19 a million. */
  private static final BigInteger WORST = BigInteger.valueOf(3_840_000_000L);

  private static final Duration GIFT_LASTS = Duration.ofHours(6);

  /** One plan for each statement, which stays right as the tables grow from nothing. */
  private static final String OPTIONS =
      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off";

  private static final String TRUNCATE =
      """
      truncate api.replica, api.shipping, api.usage_journal, billing.usage_record,
        billing.usage_held, billing.usage_hourly, billing.usage_label,
        billing.usage_hourly_user, billing.ingest_hwm, billing.entry,
        billing.journal, billing.account_day, billing.account, billing.budget,
        billing.budget_version, billing.credit_account, billing.log_batch cascade
      """;

  private final SettableClock clock = new SettableClock(BEGIN);
  private final HikariDataSource api;
  private final HikariDataSource all;
  private final SimulatedProcess billingProcess;
  private final SimulatedBilling billing;
  private final Network network;
  private final BillingClient client;
  private final JdbcClient truth;
  private final String priceSha256;
  private double unleasedBefore;

  World() {
    TestDatabase database = TestDatabase.create();
    for (String service : new String[] {"api", "billing"}) {
      Flyway.configure()
          .dataSource(database.url(), "r1_%s_owner".formatted(service), database.password())
          .schemas(service)
          .defaultSchema(service)
          .locations("classpath:db/" + service)
          .load()
          .migrate();
    }
    api = pool(database, "r1_api", 12);
    all = pool(database, database.server().superuserName(), 2);
    truth = JdbcClient.create(all);
    billingProcess = new SimulatedProcess(pool(database, "r1_billing", 4));
    billing = new SimulatedBilling(billingProcess, clock);
    network = new Network(billing, billingProcess);
    priceSha256 =
        truth
            .sql(
                """
                select encode(content_sha256, 'hex') from billing.rate_card_version
                where version_id = 1
                """)
            .query(String.class)
            .single();
    client = BillingClients.of(new Wire(network), tokenFile());
  }

  /** Data source of one gateway's life. */
  SimulatedProcess process() {
    return new SimulatedProcess(api);
  }

  SimulatedProcess billingProcess() {
    return billingProcess;
  }

  Network network() {
    return network;
  }

  BillingClient client() {
    return client;
  }

  String priceSha256() {
    return priceSha256;
  }

  /** The true time. */
  Instant now() {
    return clock.instant();
  }

  /** Time passes, for billing; days begin and grants end by it. */
  void pass(Duration time) {
    clock.advance(time);
  }

  /** Who sends with an organization's first or second key. */
  static Caller caller(long tenant, int which) {
    return new Caller(10 * tenant + which, tenant, tenant);
  }

  /** A stream of which billing has not all, or that has ended and is not reported. */
  record Unshipped(long replica, boolean ended, boolean settled) {
    boolean isUnsettled() {
      return ended && !settled;
    }
  }

  /** What is left to do until billing has all that the gateways wrote. */
  List<Unshipped> unshipped() {
    return truth
        .sql(
            """
            select s.replica_id, s.last_seq is not null, s.settled_at is not null
            from api.shipping s
            where s.reported_at is null and (s.last_seq is not null
              or s.acked_seq < coalesce((select max(j.ship_seq) from api.usage_journal j
                where j.replica_id = s.replica_id and j.epoch = s.epoch and j.kind = 'F'), 0))
            """)
        .query((row, n) -> new Unshipped(row.getLong(1), row.getBoolean(2), row.getBoolean(3)))
        .list();
  }

  /** The journal's records of a kind, A or F, by id. */
  Map<UUID, byte[]> journal(char kind) {
    var records = new HashMap<UUID, byte[]>();
    truth
        .sql("select event_id, record from api.usage_journal where kind = ?")
        .param(String.valueOf(kind))
        .query(
            row -> {
              records.put(row.getObject(1, UUID.class), row.getBytes(2));
            });
    return records;
  }

  /** Content hash of each usage record, and of each one that is held as coming from the future. */
  Map<UUID, String> charged() {
    var leaves = new HashMap<UUID, String>();
    truth
        .sql(
            """
            select event_id, encode(leaf_sha256, 'hex') from billing.usage_record
            union all
            select event_id, encode(leaf_sha256, 'hex') from billing.usage_held
            where reason = 'FUTURE'
            """)
        .query(
            row -> {
              leaves.merge(
                  row.getObject(1, UUID.class), row.getString(2), (a, b) -> a + " twice, " + b);
            });
    return leaves;
  }

  /** What is wrong with the money of every schedule since the last clearing. */
  List<String> broken() {
    clock.advance(Duration.ofDays(1)); // every grant has ended then
    billing.credit().expire();
    return Laws.broken(truth, billing.unleased() - unleasedBefore);
  }

  /** Empties the tables and the wire, and gives each organization its money. */
  void clear() {
    network.forget();
    billingProcess.revive();
    clock.set(BEGIN);
    unleasedBefore = billing.unleased();
    try (Connection connection = all.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set session_replication_role = replica");
      statement.execute(TRUNCATE);
      statement.execute("reset session_replication_role");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    for (int tenant = 1; tenant <= TENANTS; tenant++) {
      endow(tenant);
    }
  }

  /**
   * The first organizations are short of money, the last have plenty. Odd ones have a budget of
   * their own, even ones one of their first key; credit, of which a part expires, binds all.
   */
  private void endow(int tenant) {
    billing.credit().endow(tenant, holds(60 * tenant), holds(8 * tenant), BEGIN.plus(GIFT_LASTS));
    boolean whole = tenant % 2 == 1;
    billing
        .budgets()
        .limit(
            tenant,
            whole ? Scope.ORGANIZATION : Scope.KEY,
            whole ? tenant : caller(tenant, 0).keyId(),
            holds(12 * tenant));
  }

  private static BigInteger holds(int number) {
    return WORST.multiply(BigInteger.valueOf(number));
  }

  @Override
  public void close() {
    client.close();
    billing.close();
    api.close();
    all.close();
  }

  private static HikariDataSource pool(TestDatabase database, String role, int size) {
    var config = new HikariConfig();
    config.setJdbcUrl(database.url());
    config.addDataSourceProperty("prepareThreshold", 1);
    config.addDataSourceProperty("options", OPTIONS);
    config.setUsername(role);
    config.setPassword(database.password());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(2);
    config.setSchema(role.equals("r1_billing") ? "billing" : "api");
    return new HikariDataSource(config);
  }

  private static Path tokenFile() {
    try {
      Path file = Files.createTempFile("simulation", ".token");
      Files.writeString(file, "A".repeat(43) + "\n");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.r1platform.billing.usage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r1platform.billing.budgets.SimulatedBudgets;
import io.r1platform.billing.credit.SimulatedCredit;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.observability.RequestTraces;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Billing's intake and lending without its web server and its jobs: the production classes, wired
 * by Spring.
 */
public final class SimulatedBilling implements AutoCloseable {
  /**
   * What billing answers.
   *
   * @param status HTTP status
   * @param body JSON, empty for none
   */
  public record Answer(int status, String body) {}

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  @ConfigurationPropertiesScan({
    "io.r1platform.billing.usage",
    "io.r1platform.billing.budgets",
    "io.r1platform.billing.credit",
    "io.r1platform.billing.ledger",
    "io.r1platform.billing.retention",
    "io.r1platform.billing.prices",
    "io.r1platform.billing.questions",
    "io.r1platform.billing.receipts"
  })
  @ComponentScan({
    "io.r1platform.billing.usage",
    "io.r1platform.billing.budgets",
    "io.r1platform.billing.credit",
    "io.r1platform.billing.ledger",
    "io.r1platform.billing.retention",
    "io.r1platform.billing.prices",
    "io.r1platform.billing.questions",
    "io.r1platform.billing.receipts"
  })
  static class Parts {
    @Bean
    JdbcTemplate jdbcTemplate(DataSource source) {
      return new JdbcTemplate(source);
    }

    @Bean
    JdbcClient jdbcClient(JdbcTemplate jdbc) {
      return JdbcClient.create(jdbc);
    }

    @Bean
    PlatformTransactionManager transactions(DataSource source) {
      return new JdbcTransactionManager(source);
    }

    @Bean
    TransactionTemplate transactionTemplate(PlatformTransactionManager transactions) {
      return new TransactionTemplate(transactions);
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    RequestTraces traces() {
      return RequestTraces.OFF;
    }

    @Bean
    JsonMapper json() {
      return JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();
    }
  }

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final UsageIntake intake;
  private final UsageStreams streams;
  private final SimulatedBudgets budgets;
  private final SimulatedCredit credit;
  private final MeterRegistry meters;
  private final JsonMapper json;

  /** Wires the classes to a database and a clock. */
  public SimulatedBilling(DataSource source, Clock clock) {
    context.registerBean(DataSource.class, () -> source);
    context.registerBean(Clock.class, () -> clock);
    context.register(Parts.class);
    context.refresh();
    intake = context.getBean(UsageIntake.class);
    streams = context.getBean(UsageStreams.class);
    budgets = new SimulatedBudgets(context);
    credit = new SimulatedCredit(context);
    meters = context.getBean(MeterRegistry.class);
    json = context.getBean(JsonMapper.class);
  }

  /** Orders of operators about budgets. */
  public SimulatedBudgets budgets() {
    return budgets;
  }

  /** Orders of operators about credit. */
  public SimulatedCredit credit() {
    return credit;
  }

  /** Charges, since it began, that no lease covered. */
  public double unleased() {
    return meters.find(BillingMetric.UNLEASED.meterName()).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  /** Answers a POST as the controllers do; {@link Error}s and database failures pass through. */
  public Answer post(String path, byte[] body) throws IOException {
    try {
      return switch (path) {
        case "/internal/v1/usage-batches" -> {
          var taken = intake.take(UsageBatch.read(new ByteArrayInputStream(body)));
          yield answer(200, new UsageController.Ack("" + taken.nextSeq(), taken.results()));
        }
        case "/internal/v1/epochs/close" -> {
          var closed = json.readValue(body, UsageController.EpochClosed.class);
          streams.close(closed.stream(), closed.last());
          yield answer(204, null);
        }
        case "/internal/v1/leases" -> budgets.lend(body);
        case "/internal/v1/leases/sync" -> budgets.sync(body);
        default -> answer(404, Map.of("detail", path));
      };
    } catch (ServiceException e) {
      return refused(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private Answer refused(ServiceException e) {
    return answer(e.code().httpStatus(), e.details());
  }

  private Answer answer(int status, @Nullable Object body) {
    return new Answer(status, body == null ? "" : json.writeValueAsString(body));
  }
}

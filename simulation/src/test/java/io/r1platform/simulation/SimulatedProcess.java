package io.r1platform.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A simulated process's way to PostgreSQL. Each statement and each commit is a step; at the armed
 * step the process dies before or after it, or only the answer gets lost. The dead do nothing more:
 * their open transaction is rolled back, as the server does when a connection breaks.
 */
final class SimulatedProcess extends DelegatingDataSource {
  /** What happens at the armed step. */
  enum Fault {
    /** The process dies and the step never happens. */
    DIES_BEFORE,
    /** The step happens and the process dies before it hears of it. */
    DIES_AFTER,
    /** The step happens, the connection breaks, the process lives. */
    ANSWER_LOST
  }

  private record Rewriting(String of, String to) {
    @Nullable Object applied(@Nullable Object sql) {
      return sql instanceof String text ? text.replace(of, to) : sql;
    }
  }

  private static final Set<String> STEPS =
      Set.of("execute", "executeQuery", "executeUpdate", "executeBatch", "commit");

  private static final LongAdder ALL_STEPS = new LongAdder();

  private final AtomicBoolean dead = new AtomicBoolean();
  private volatile Runnable onDeath = () -> {};
  private @Nullable Fault armed;
  private volatile @Nullable Rewriting rewriting;
  private int stepsLeft;

  SimulatedProcess(DataSource real) {
    super(real);
  }

  /** Statements and commits of all processes so far, any of which may be the last of its life. */
  static long allSteps() {
    return ALL_STEPS.sum();
  }

  /** Arms one fault, {@code steps} steps from now. */
  synchronized void arm(Fault fault, int steps) {
    armed = fault;
    stepsLeft = steps;
  }

  /** Nothing breaks any more. */
  synchronized void disarm() {
    armed = null;
  }

  /** From now on its statements say {@code to} instead of {@code of}: a defect, to be found. */
  void rewrite(String of, String to) {
    rewriting = new Rewriting(of, to);
  }

  /** Its statements say what they say. */
  void unrewrite() {
    rewriting = null;
  }

  /** Kills the process between two steps. */
  void die() {
    if (dead.compareAndSet(false, true)) {
      onDeath.run();
    }
  }

  boolean isDead() {
    return dead.get();
  }

  /** Says what else ends with the process. */
  void onDeath(Runnable ends) {
    onDeath = ends;
  }

  /** Starts it again on the same data. */
  synchronized void revive() {
    armed = null;
    dead.set(false);
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (isDead()) {
      throw end();
    }
    return proxy(Connection.class, super.getConnection());
  }

  private Object on(Object real, Method method, @Nullable Object[] arguments) throws Throwable {
    if (!STEPS.contains(method.getName())) {
      Object result = call(real, method, rewritten(method, arguments));
      return switch (result) {
        case PreparedStatement statement -> proxy(PreparedStatement.class, statement);
        case Statement statement -> proxy(Statement.class, statement);
        case null, default -> result;
      };
    }
    ALL_STEPS.increment();
    Fault now = next();
    if (isDead() || now == Fault.DIES_BEFORE) {
      die();
      throw end();
    }
    Object result = call(real, method, arguments);
    if (now == Fault.DIES_AFTER) {
      die();
      throw end();
    }
    if (now == Fault.ANSWER_LOST) {
      throw new SQLException("simulated: the connection broke after the step", "08006");
    }
    return result;
  }

  private @Nullable Object[] rewritten(Method method, @Nullable Object[] arguments) {
    Rewriting now = rewriting;
    if (now == null || !method.getName().equals("prepareStatement")) {
      return arguments;
    }
    @Nullable Object[] changed = arguments.clone();
    changed[0] = now.applied(arguments[0]);
    return changed;
  }

  /** The writer's thread ends in an orderly way; every other stack is torn down by an error. */
  private static SQLException end() {
    if (Thread.currentThread().getName().equals("journal-writer")) {
      return new SQLException("simulated SIGKILL", "08006");
    }
    throw new Crash();
  }

  private synchronized @Nullable Fault next() {
    if (armed == null || stepsLeft-- > 0) {
      return null;
    }
    Fault now = armed;
    armed = null;
    return now;
  }

  private <T> T proxy(Class<T> type, Object real) {
    InvocationHandler handler = (self, method, arguments) -> on(real, method, arguments);
    return type.cast(
        Proxy.newProxyInstance(
            SimulatedProcess.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @SuppressWarnings("NullAway") // reflection takes and gives null
  private static Object call(Object real, Method method, @Nullable Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

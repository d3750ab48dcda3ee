package io.r1platform.api.metering;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A way to PostgreSQL that loses answers after they were committed, or breaks altogether. */
final class FaultyDataSource extends DelegatingDataSource {
  private final AtomicInteger toLose = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger toFail = new AtomicInteger();
  private final AtomicInteger toBreak = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean away;
  private volatile boolean error;
  private volatile boolean awayAfterLoss;

  FaultyDataSource(DataSource real) {
    super(real);
  }

  void loseTheNextAnswers(int n) {
    toLose.set(n);
  }

  /** Makes so many statements end in an exception that JDBC does not promise. */
  void failUnforeseen(int n) {
    toFail.set(n);
  }

  /** So many connections break at their first plain statement. */
  void breakNew(int n) {
    toBreak.set(n);
  }

  /** Connections that were taken and not given back. */
  int open() {
    return open.get();
  }

  /** Every connection ends in an {@link Error}. */
  void failByError() {
    error = true;
  }

  int unforeseenLeft() {
    return toFail.get();
  }

  /** Commits once more, loses the answer to it, and is away from then on. */
  void loseTheNextAnswerAndGoAway() {
    awayAfterLoss = true;
    toLose.set(1);
  }

  int lost() {
    return lost.get();
  }

  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (away) {
      throw new SQLException("connection refused");
    }
    if (error) {
      throw new StackOverflowError("simulated");
    }
    Connection taken = super.getConnection();
    open.incrementAndGet();
    return proxy(Connection.class, taken, this::onConnection);
  }

  private Object onConnection(Object real, Method method, @Nullable Object[] arguments)
      throws Throwable {
    if (method.getName().equals("createStatement")
        && toBreak.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new SQLException("connection reset");
    }
    if (method.getName().equals("close")) {
      open.decrementAndGet();
    }
    Object result = call(real, method, arguments);
    return result instanceof PreparedStatement statement
        ? proxy(PreparedStatement.class, statement, this::onStatement)
        : result;
  }

  private Object onStatement(Object real, Method method, @Nullable Object[] arguments)
      throws Throwable {
    if (!method.getName().equals("executeQuery")) {
      return call(real, method, arguments);
    }
    if (away) {
      throw new SQLException("connection reset");
    }
    if (toFail.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException("a driver's bug");
    }
    Object result = call(real, method, arguments);
    if (toLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      away |= awayAfterLoss;
      lost.incrementAndGet();
      throw new SQLException("connection reset");
    }
    return result;
  }

  private interface Call {
    @Nullable Object on(Object real, Method method, @Nullable Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Object real, Call call) {
    InvocationHandler handler = (self, method, arguments) -> call.on(real, method, arguments);
    return type.cast(
        Proxy.newProxyInstance(
            FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @SuppressWarnings("NullAway") // reflection takes null for "no arguments"
  private static Object call(Object real, Method method, @Nullable Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

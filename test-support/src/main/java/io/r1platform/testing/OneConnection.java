package io.r1platform.testing;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Fails whoever takes a second connection of a pool while its thread holds one. As many such
 * threads as the pool has connections wait for each other until they time out, and all others with
 * them; a query inside a row mapper is the usual way there. Only virtual threads are looked at: of
 * those there may be any number, and requests run on them.
 */
public final class OneConnection implements DestructionAwareBeanPostProcessor {
  private final Map<Object, HikariDataSource> checked = new ConcurrentHashMap<>();

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool && !(bean instanceof Checked)) {
      var replacement = new Checked();
      pool.copyStateTo(replacement);
      checked.put(bean, replacement);
      return replacement;
    }
    return bean;
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof HikariDataSource;
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String name) {
    HikariDataSource replacement = checked.remove(bean);
    if (replacement != null) {
      replacement.close();
    }
  }

  private static final class Checked extends HikariDataSource {
    private final ThreadLocal<AtomicInteger> held = ThreadLocal.withInitial(AtomicInteger::new);

    @Override
    public Connection getConnection() throws SQLException {
      AtomicInteger ofThisThread = held.get();
      if (ofThisThread.get() > 0 && Thread.currentThread().isVirtual()) {
        throw new IllegalStateException("this thread holds a connection, and takes another one");
      }
      Connection connection = super.getConnection();
      ofThisThread.incrementAndGet();
      return (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("close") && !connection.isClosed()) {
                  ofThisThread.decrementAndGet();
                }
                return call(connection, method, arguments);
              });
    }

    private static @Nullable Object call(
        Connection connection, java.lang.reflect.Method method, Object @Nullable [] arguments)
        throws Throwable {
      try {
        return method.invoke(connection, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}

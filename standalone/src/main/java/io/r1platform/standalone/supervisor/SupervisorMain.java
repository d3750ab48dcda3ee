package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.processes.ProcessRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;

/** The supervisor's process. Its one argument is the home. */
public final class SupervisorMain {
  private SupervisorMain() {}

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) throws IOException {
    var home = new Home(Path.of(arguments[0]));
    var progress = new Progress(home, Clock.systemUTC());
    try (var channel =
            FileChannel.open(
                SupervisorProcess.lockFile(home),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        progress.note("another supervisor runs for " + home.path()); // whose steps are read
        return;
      }
      supervise(home, progress);
    }
  }

  private static void supervise(Home home, Progress progress) {
    Instance instance = Instance.load(home).orElseThrow();
    var supervisor = new Supervisor(home, instance, progress);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  supervisor.stop();
                  join(main);
                }));
    SupervisorProcess.recordOf(home, ProcessHandle.current()).save(home);
    try {
      supervisor.run();
    } finally {
      ProcessRecord.forget(home, Part.SUPERVISOR);
    }
  }

  private static void join(Thread main) {
    try {
      main.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

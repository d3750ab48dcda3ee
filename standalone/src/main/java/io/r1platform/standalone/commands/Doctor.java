package io.r1platform.standalone.commands;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says which prerequisite is missing and how to get it. */
@Command(
    name = "doctor",
    description = "Check what R1 Platform needs; exit code 1 if something is missing.")
final class Doctor implements Callable<Integer> {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

  /** A program, the least version, and what to do where it is missing. */
  private record Tool(String program, String flag, int major, int minor, String remedy) {}

  private static final List<Tool> NEEDED =
      List.of(
          new Tool("mvn", "--version", 3, 8, "apt-get install maven"),
          new Tool("g++", "-dumpfullversion", 12, 0, "apt-get install g++"),
          new Tool("cmake", "--version", 3, 25, "apt-get install cmake"),
          new Tool("git", "--version", 2, 0, "apt-get install git"),
          new Tool("node", "--version", 20, 0, "install Node 20 or newer (nodejs.org)"),
          new Tool("npm", "--version", 9, 0, "comes with Node"),
          new Tool("setsid", "--version", 0, 0, "apt-get install util-linux"),
          new Tool("unshare", "--version", 0, 0, "apt-get install util-linux"));

  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  Doctor(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    boolean all = check("Linux on x86-64", isLinux64(), "no other system was tried");
    Runtime.Version java = Runtime.version();
    all &= check("JDK " + java.feature(), java.feature() >= 25, "set R1_JAVA_HOME to a JDK 25");
    for (Tool tool : NEEDED) {
      all &= check(tool);
    }
    var model = invocation.root().resolve("models/r1-nano/r1-nano.gguf");
    all &= check("model " + model.getFileName(), Files.exists(model), "git checkout models/");
    var out = spec.commandLine().getOut();
    out.println(
        answer("chromium", "--version")
            .map(
                line ->
                    "ok       " + line.lines().toList().getLast() + " (for the console's tests)")
            .orElse(
                "absent   chromium: the console's tests are skipped; apt-get install chromium"));
    out.println(all ? "doctor ok" : "doctor: something is missing");
    return all ? 0 : 1;
  }

  private static boolean isLinux64() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  private boolean check(Tool tool) {
    Optional<String> answer = answer(tool.program(), tool.flag());
    String wanted = tool.program() + " ≥ " + tool.major() + "." + tool.minor();
    if (answer.isEmpty()) {
      return check(wanted, false, tool.remedy());
    }
    Matcher version = VERSION.matcher(answer.get());
    boolean enough = version.find() && isEnough(version, tool);
    return check(
        tool.program() + " " + (version.hasMatch() ? version.group() : ""),
        enough,
        "needs " + wanted + ": " + tool.remedy());
  }

  private static boolean isEnough(Matcher version, Tool tool) {
    int major = Integer.parseInt(version.group(1));
    return major > tool.major()
        || (major == tool.major() && Integer.parseInt(version.group(2)) >= tool.minor());
  }

  private boolean check(String what, boolean ok, String remedy) {
    var out = spec.commandLine().getOut();
    out.println(ok ? "ok       " + what : "MISSING  " + what + ": " + remedy);
    return ok;
  }

  private static Optional<String> answer(String program, String flag) {
    try {
      Process process = new ProcessBuilder(program, flag).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}

package io.r1platform.standalone.commands;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What R1 Platform needs of the machine. It uses nothing but the JDK and no other class, so that
 * {@code ./r1 doctor} can run this file as it is where nothing can be built.
 */
final class Prerequisites {
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

  private final Path root;
  private final Consumer<String> out;

  /** Looks at this machine and the checkout {@code root}; tells {@code out} line by line. */
  Prerequisites(Path root, Consumer<String> out) {
    this.root = root;
    this.out = out;
  }

  /** The one argument is the checkout; exit code 1 if something is missing. */
  public static void main(String[] arguments) {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(new Prerequisites(Path.of(arguments[0]), out::println).areMet() ? 0 : 1);
  }

  /** Checks everything; true if nothing is missing. */
  boolean areMet() {
    boolean all = check("Linux on x86-64", isLinux64(), "no other system was tried");
    Runtime.Version java = Runtime.version();
    all &=
        check(
            "JDK " + java.feature(),
            java.feature() >= 25,
            "install a JDK 25 (adoptium.net), or set R1_JAVA_HOME to it");
    for (Tool tool : NEEDED) {
      all &= check(tool);
    }
    Path model = root.resolve("models/r1-nano/r1-nano.gguf");
    all &= check("model " + model.getFileName(), Files.exists(model), "git checkout models/");
    optional("chromium", "the console's tests");
    for (String program : List.of("clang", "clang-format", "clang-tidy")) {
      optional(program, "native's hygiene");
    }
    out.accept(all ? "doctor ok" : "doctor: something is missing");
    return all;
  }

  private void optional(String program, String use) {
    out.accept(
        answer(program, "--version")
            .flatMap(text -> text.lines().filter(line -> VERSION.matcher(line).find()).findFirst())
            .map(line -> "ok       " + line.strip() + " (for " + use + ")")
            .orElse("absent   %s, for %s: apt-get install %s".formatted(program, use, program)));
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
    out.accept(ok ? "ok       " + what : "MISSING  " + what + ": " + remedy);
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

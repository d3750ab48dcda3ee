package io.r1platform.api.upstreams;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a probe found.
 *
 * @param findings all checks, in the order in which they were made
 * @param models those that are fit, with what the server told of them
 */
public record ProbeReport(List<Finding> findings, List<UpstreamTerms.ModelTerms> models) {
  /**
   * One check.
   *
   * @param check what was looked at, for instance {@code running_usage}; docs/upstreams.md has all
   * @param model the server's name of it; null if it is about the server
   */
  public record Finding(String check, @Nullable String model, boolean passed, String detail) {}

  public ProbeReport {
    findings = List.copyOf(findings);
    models = List.copyOf(models);
  }

  /** Whether it may be given requests. */
  public boolean isFit() {
    return findings.stream().allMatch(Finding::passed);
  }

  /** What a refusal tells of it. */
  Map<String, Object> told() {
    return Map.of("fit", isFit(), "findings", findings);
  }

  /** What is missing, in words. */
  String missing() {
    return findings.stream()
        .filter(finding -> !finding.passed())
        .map(
            finding ->
                finding.check
                    + (finding.model == null ? "" : " of " + finding.model)
                    + ": "
                    + finding.detail)
        .collect(Collectors.joining("; "));
  }
}

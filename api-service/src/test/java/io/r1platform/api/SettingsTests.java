package io.r1platform.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Names and defaults of every setting, as deployments rely on them. */
class SettingsTests {

  @Test
  void relay() throws Exception {
    assertThat(bound("relay.RelaySettings", "r1.api.relay", Map.of()))
        .isEqualTo(
            "RelaySettings[bodyLimit=4194304B, bodiesLimit=null, bodyWait=PT30S, admitWait=PT2S,"
                + " finalWait=PT10S, countWait=PT5S, engineSilence=PT1M, deadline=PT1H1M,"
                + " replyLimit=16777216B, answerLimit=33554432B, answersLimit=null,"
                + " drainWait=PT2M]");
    assertThat(bound("relay.DetachedSettings", "r1.api", Map.of()))
        .isEqualTo("DetachedSettings[detachedLimit=PT5M]");
  }

  @Test
  void oidcAndPeople() throws Exception {
    assertThat(bound("security.OidcSettings", "r1.api.oidc", Map.of()))
        .isEqualTo(
            "OidcSettings[issuer=null, clientId=null, clientSecretFile=null, scopes=[openid,"
                + " email, profile], baseUrl=null, groupsClaim=groups, audience=null,"
                + " machineClients=[]]");
    assertThat(bound("people.PeopleSettings", "r1.api.people", Map.of()))
        .isEqualTo("PeopleSettings[groups=[], domains=[]]");
    Map<String, String> wrong =
        Map.of("issuer", "https://i", "client-id", "same", "audience", "same");
    assertThatThrownBy(() -> bound("security.OidcSettings", "r1.api.oidc", wrong))
        .hasStackTraceContaining("another audience than client-id");
    Map<String, String> peoples =
        Map.of("issuer", "https://i", "client-id", "c", "machine-clients", "m,c");
    assertThatThrownBy(() -> bound("security.OidcSettings", "r1.api.oidc", peoples))
        .hasStackTraceContaining("people log in at client-id");
    for (Map<String, String> group :
        List.of(
            Map.of("groups[0].group", "g", "groups[0].role", "root"),
            Map.of("groups[0].group", "g", "groups[0].role", "owner"),
            Map.of(
                "groups[0].group", "g",
                "groups[0].role", "operator",
                "groups[0].organization", "1"),
            Map.of(
                "groups[0].group", "g",
                "groups[0].role", "owner",
                "groups[0].organization", "1",
                "groups[0].project", "2"))) {
      assertThatThrownBy(() -> bound("people.PeopleSettings", "r1.api.people", group))
          .hasStackTraceContaining("r1.api.people, g: ");
    }
  }

  @Test
  void idempotency() throws Exception {
    Map<String, String> file = Map.of("key-file", "/k");
    assertThat(bound("idempotency.IdempotencySettings", "r1.api.idempotency", file))
        .isEqualTo(
            "IdempotencySettings[keyFile=/k, keepFor=PT24H, projectRows=100000,"
                + " projectBytes=1073741824B, countEvery=PT10S, calls=6, callWait=PT2S,"
                + " storeTries=300]");
  }

  @Test
  void contents() throws Exception {
    assertThat(bound("contents.ContentSettings", "r1.api.contents", Map.of()))
        .isEqualTo(
            "ContentSettings[memory=null, entryLimit=8388608B, projectBytes=1073741824B,"
                + " countEvery=PT10S, writes=2, tries=30]");
  }

  @Test
  void filesAndBatches() throws Exception {
    assertThat(bound("files.FileSettings", "r1.api.files", Map.of()))
        .isEqualTo(
            "FileSettings[fileLimit=209715200B, projectFiles=1000, projectBytes=5368709120B,"
                + " keepFor=PT720H, uploadWait=PT1H, transfers=32, transfersOfOne=8,"
                + " transfersOfProject=4, grace=PT1M, minRate=32768B]");
    assertThat(bound("batches.BatchSettings", "r1.api.batches", Map.of()))
        .isEqualTo(
            "BatchSettings[lines=50000, lineLimit=4194304B, projectOpen=100, atOnce=32,"
                + " ofOrganization=16, ofBatch=16, stopWait=PT10M, tryAfter=PT5S, failures=3,"
                + " keepFor=PT2160H, lookEvery=PT1S]");
  }

  @Test
  void bundles() throws Exception {
    assertThat(bound("statements.BundleSettings", "r1.api.bundles", Map.of()))
        .isEqualTo("BundleSettings[downloads=8, downloadsOfOne=1, grace=PT1M, minRate=32768B]");
    assertThatThrownBy(
            () -> bound("statements.BundleSettings", "r1.api.bundles", Map.of("downloads", "0")))
        .hasStackTraceContaining("r1.api.bundles: downloads");
  }

  @Test
  void metering() throws Exception {
    assertThat(bound("metering.MeteringSettings", "r1.api.metering", Map.of()))
        .isEqualTo(
            "MeteringSettings[replicaId=1, maxOpen=10000, flushEvery=PT0.002S, flushRows=256,"
                + " stalledAfter=PT2S, silence=PT15S, shipEvery=PT0.05S, shipRows=5000,"
                + " shipRetry=PT1S]");
  }

  @Test
  void holds() throws Exception {
    assertThat(bound("holds.HoldSettings", "r1.api.holds", Map.of()))
        .isEqualTo(
            "HoldSettings[sliceHolds=32, askWait=PT2S, maxWaiting=10000, denialFor=PT1S,"
                + " syncEvery=PT1S, silence=PT15S, idleAfter=PT30S, maxOrganizations=100000]");
  }

  @Test
  void limits() throws Exception {
    String none =
        "Terms[requestsPerMinute=null, tokensPerMinute=null, concurrency=null,"
            + " queueLength=null]";
    assertThat(bound("limits.LimitSettings", "r1.api.limits", Map.of()))
        .isEqualTo(
            "LimitSettings[organization=OfOrganizations[requestsPerMinute=0, tokensPerMinute=0,"
                + " concurrency=1000, queueLength=0], project=%s, key=%s, syncEvery=PT0.2S,"
                    .formatted(none, none)
                + " idleAfter=PT1S, patience=PT0.6S, askWait=PT2S, denialFor=PT0.2S,"
                + " maxWaiting=10000]");
    assertThat(
            bound(
                "limits.LimitSettings",
                "r1.api.limits",
                Map.of("key.requests-per-minute", "60", "organization.concurrency", "0")))
        .contains("concurrency=0", "key=Terms[requestsPerMinute=60,");
  }

  @Test
  void upstreams() throws Exception {
    assertThat(bound("upstreams.UpstreamSettings", "r1.api.upstreams", Map.of("token-file", "/t")))
        .isEqualTo(
            "UpstreamSettings[inferenceUrl=[http://127.0.0.1:8090], tokenFile=/t, healthEvery=PT10S,"
                + " healthWait=PT3S, breakerWindow=20, breakerPause=PT15S, loadFactor=1.25,"
                + " tries=3, probeWait=PT1M]");
  }

  @Test
  void billing() throws Exception {
    assertThat(bound("billing.BillingSettings", "r1.api.billing", Map.of("token-file", "/t")))
        .isEqualTo("BillingSettings[url=http://127.0.0.1:8070, tokenFile=/t, timeout=PT10S]");
  }

  @Test
  void requests() throws Exception {
    assertThat(bound("requests.RequestLogSettings", "r1.api.requests", Map.of()))
        .isEqualTo("RequestLogSettings[keepDays=30, queue=10000, writeEvery=PT0.5S]");
  }

  private static String bound(String type, String prefix, Map<String, String> values)
      throws ClassNotFoundException {
    Map<String, String> prefixed = new TreeMap<>();
    values.forEach((name, value) -> prefixed.put(prefix + "." + name, value));
    Class<?> settings = Class.forName("io.r1platform.api." + type);
    return new Binder(List.of(new MapConfigurationPropertySource(prefixed)))
        .bindOrCreate(
            prefix, org.springframework.boot.context.properties.bind.Bindable.of(settings))
        .toString();
  }
}

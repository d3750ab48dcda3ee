package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustedProxiesTests {
  private static final TrustedProxies PROXIES =
      TrustedProxies.of(List.of("172.16.0.0/12", "10.0.0.7", "fd00::/8"));

  private static String client(String peer, String... forwarded) {
    InetAddress client = PROXIES.client(InetAddress.ofLiteral(peer), List.of(forwarded));
    return client == null ? "unknown" : client.getHostAddress();
  }

  @Test
  void theProxysWordForItsClientCounts() {
    assertThat(client("172.20.0.1", "203.0.113.9")).isEqualTo("203.0.113.9");
    assertThat(client("fd00::1", "2001:db8::5")).isEqualTo("2001:db8:0:0:0:0:0:5");
    assertThat(client("172.20.0.1", "203.0.113.9, 10.0.0.7")).isEqualTo("203.0.113.9");
    assertThat(client("172.20.0.1", "203.0.113.9", "10.0.0.7")).isEqualTo("203.0.113.9");
  }

  @Test
  void whatAClientWroteItselfDoesNotCount() {
    assertThat(client("198.51.100.2", "203.0.113.9")).isEqualTo("198.51.100.2");
    assertThat(client("172.20.0.1", "1.2.3.4, 203.0.113.9")).isEqualTo("203.0.113.9");
    assertThat(client("172.32.0.1", "203.0.113.9")).isEqualTo("172.32.0.1");
    assertThat(client("10.0.0.8", "203.0.113.9")).isEqualTo("10.0.0.8");
  }

  @Test
  void whatIsNoAddressIsNeverAName() {
    assertThat(client("172.20.0.1", "localhost")).isEqualTo("unknown");
    assertThat(client("172.20.0.1", "203.0.113.9, unknown")).isEqualTo("unknown");
    assertThat(client("172.20.0.1", "")).isEqualTo("unknown");
  }

  @Test
  void aProxyThatDoesNotSayWhomItHeardIsNotTheClient() {
    assertThat(client("172.20.0.1")).isEqualTo("unknown");
    assertThat(client("198.51.100.2")).isEqualTo("198.51.100.2");
  }
}

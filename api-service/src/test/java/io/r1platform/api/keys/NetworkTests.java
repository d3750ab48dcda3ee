package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTests {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, 11.0.0.1",
    "203.0.113.128/25, 203.0.113.128, 203.0.113.127",
    "203.0.113.7, 203.0.113.7, 203.0.113.6",
    "0.0.0.0/0, 198.51.100.1, 2001:db8::1",
    "2001:db8::/32, 2001:db8:ffff::1, 2001:db9::1",
    "2001:db8::1, 2001:db8::1, 2001:db8::2",
    "::/0, 2001:db8::1, 198.51.100.1",
    "::ffff:10.0.0.0/104, 10.9.9.9, 11.0.0.1",
    "::ffff:203.0.113.7, 203.0.113.7, 203.0.113.6",
    "10.0.0.0/8, ::ffff:10.1.2.3, ::ffff:11.1.2.3"
  })
  void hasTheAddressesOfItsPrefixAndNoOther(String network, String inside, String outside) {
    Network parsed = Network.parse(network);
    assertThat(parsed.contains(InetAddress.ofLiteral(inside))).isTrue();
    assertThat(parsed.contains(InetAddress.ofLiteral(outside))).isFalse();
  }

  /** As a socket may give it: 16 bytes that nobody has looked into. */
  @Test
  void anIpv4AddressInsideIpv6IsTheIpv4Address() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    mapped[15] = 7;
    InetAddress address = java.net.Inet6Address.getByAddress(null, mapped, -1);
    assertThat(Network.parse("10.0.0.0/8").contains(address)).isTrue();
    assertThat(Network.parse("::/0").contains(address)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.0.0.0/8",
    "10.1.2.3, 10.1.2.3/32",
    "2001:DB8::5/32, 2001:db8:0:0:0:0:0:0/32",
    "::ffff:10.1.2.3/104, 10.0.0.0/8"
  })
  void isShownAsWhatHolds(String written, String shown) {
    assertThat(Network.parse(written)).hasToString(shown);
    assertThat(Network.parse(shown)).isEqualTo(Network.parse(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.1/16",
        "10",
        "256.0.0.1",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "::ffff:10.0.0.0/95",
        "2001:db8::/129",
        "fe80::1%1/64",
        "localhost",
        "example.com/24",
        ":::"
      })
  void refusesWhatIsNone(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Network.parse(text));
  }
}

package io.r1platform.billing.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookTests {
  /** The example of the Standard Webhooks libraries. */
  @Test
  void signsAsStandardWebhooksDoes() {
    byte[] secret = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(
            Signature.of(
                secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}"))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void callsPublicAddressesOnly() throws UnknownHostException {
    for (String refused :
        List.of(
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "64:ff9b::a01:203",
            "2002:7f00:1::",
            "::ffff:127.0.0.1")) {
      assertThat(WebhookAddresses.isPublic(InetAddress.getByName(refused))).as(refused).isFalse();
    }
    for (String taken : List.of("8.8.8.8", "172.32.0.1", "2606:4700::1111")) {
      assertThat(WebhookAddresses.isPublic(InetAddress.getByName(taken))).as(taken).isTrue();
    }
  }
}

package io.r1platform.api.errors;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Looks at each request before the server does. What is no HTTP is refused here, as an error of
 * ours, and the connection closed. A path or host with characters that no URI has goes on with
 * these encoded, so that whatever it names is refused or found like any other.
 */
final class RequestLineCheck extends ChannelInboundHandlerAdapter {
  private static final int LINGER_SECONDS = 2;
  private static final String IN_PATH = "-._~!$&'()*+,;=:@/?#%";

  /** Java's URI takes brackets behind the question mark. */
  private static final String IN_QUERY = IN_PATH + "[]";

  private static final Pattern HOST =
      Pattern.compile("[\\w.-]*(:\\d{0,5})?|\\[[0-9a-fA-F:.]+](:\\d{0,5})?");

  private final ErrorBody bodies;
  private final Clock clock;
  private boolean refused;

  RequestLineCheck(ErrorBody bodies, Clock clock) {
    this.bodies = bodies;
    this.clock = clock;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof HttpRequest request) {
      if (request.decoderResult().isFailure()) {
        refused = true;
        ReferenceCountUtil.release(message);
        refuse(context, request.decoderResult().cause());
      } else {
        request.setUri(encoded(request.uri()));
        encodeHost(request);
        context.fireChannelRead(message);
      }
    } else {
      context.fireChannelRead(message);
    }
  }

  private void refuse(ChannelHandlerContext context, Throwable cause) {
    UUID id = RequestId.at(clock.instant());
    ServiceException error =
        cause instanceof TooLongHttpLineException || cause instanceof TooLongHttpHeaderException
            ? ServiceException.of(
                ErrorCode.REQUEST_TOO_LARGE,
                "The address or the headers are too long. Nothing was charged. Send less.")
            : ServiceException.of(
                ErrorCode.INVALID_TYPE, "This is no HTTP request. Nothing was charged.");
    byte[] body = bodies.openAi(error, id);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(error.code().httpStatus()),
            Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, "close")
        .set("x-request-id", id.toString())
        .set("x-should-retry", Boolean.toString(error.shouldRetry()));
    var unused = context.writeAndFlush(response).addListener(written -> closeOnceRead(context));
  }

  /** Closed at once, with bytes of the request unread, the error might not arrive. */
  private static void closeOnceRead(ChannelHandlerContext context) {
    if (context.channel() instanceof DuplexChannel duplex) {
      var unused = duplex.shutdownOutput();
    }
    Runnable close =
        () -> {
          var unused = context.close();
        };
    var later = context.executor().schedule(close, LINGER_SECONDS, TimeUnit.SECONDS);
    var unusedClose = context.channel().closeFuture().addListener(closed -> later.cancel(false));
  }

  /** A host that is none is nobody's. */
  private static void encodeHost(HttpRequest request) {
    String host = request.headers().get(HttpHeaderNames.HOST);
    if (host != null && !HOST.matcher(host).matches()) {
      request.headers().set(HttpHeaderNames.HOST, "host.invalid");
    }
  }

  /** The target with each byte percent-encoded that a URI cannot have where it stands. */
  static String encoded(String target) {
    StringBuilder encoded = null;
    boolean query = false;
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      query |= c == '?';
      if (encoded == null && !fits(target, i, query)) {
        encoded = new StringBuilder(target.length() + 16).append(target, 0, i);
      }
      if (encoded != null) {
        encoded.append(fits(target, i, query) ? String.valueOf(c) : percent(c));
      }
    }
    return encoded == null ? target : encoded.toString();
  }

  private static boolean fits(String target, int at, boolean query) {
    char c = target.charAt(at);
    if (c == '%') {
      return at + 2 < target.length()
          && HexFormat.isHexDigit(target.charAt(at + 1))
          && HexFormat.isHexDigit(target.charAt(at + 2));
    }
    if (c == '#' && target.indexOf('#') < at) {
      return false;
    }
    return (c < 0x80 && Character.isLetterOrDigit(c))
        || (query ? IN_QUERY : IN_PATH).indexOf(c) >= 0;
  }

  private static String percent(char c) {
    var text = new StringBuilder();
    for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
      text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
    return text.toString();
  }
}

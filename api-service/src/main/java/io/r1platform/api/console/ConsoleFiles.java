package io.r1platform.api.console;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.security.ConsoleHeaders;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * The built console. A path without an extension is a page of the application and gets {@code
 * index.html}, with the nonce of this response in it; files under {@code assets/} carry a hash in
 * their name and may be kept for a year.
 */
@RestController
final class ConsoleFiles {
  private static final Pattern SAFE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}){1,8}");
  private static final String NOT_BUILT =
      """
      The console is not part of this build.

      It is built into api-service's jar by Maven unless -Dconsole.skip is given. Build it again \
      without, or use the admin API under /admin/api.
      """;

  private final Resource location;

  ConsoleFiles(ConsoleSettings settings) {
    this.location = settings.location();
  }

  @GetMapping("/")
  ResponseEntity<Void> root() {
    return ResponseEntity.status(HttpStatus.FOUND).location(URI.create("/console")).build();
  }

  @GetMapping({"/console", "/console/{*path}"})
  ResponseEntity<byte[]> file(
      @PathVariable(required = false) @Nullable String path, ServerWebExchange exchange)
      throws IOException {
    String wanted = path == null ? "/" : path;
    String name = wanted.substring(wanted.lastIndexOf('/') + 1);
    return name.contains(".") && !name.equals("index.html")
        ? asset(wanted)
        : index(exchange.getRequiredAttribute(ConsoleHeaders.NONCE));
  }

  private ResponseEntity<byte[]> index(String nonce) throws IOException {
    Resource index = location.createRelative("index.html");
    if (!index.exists()) {
      return ResponseEntity.status(HttpStatus.NOT_FOUND)
          .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
          .cacheControl(CacheControl.noStore())
          .body(NOT_BUILT.getBytes(StandardCharsets.UTF_8));
    }
    String page = index.getContentAsString(StandardCharsets.UTF_8).replace("__CSP_NONCE__", nonce);
    return ResponseEntity.ok()
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .cacheControl(CacheControl.noStore())
        .body(page.getBytes(StandardCharsets.UTF_8));
  }

  private ResponseEntity<byte[]> asset(String path) throws IOException {
    if (!SAFE.matcher(path).matches()) {
      throw ServiceException.notFound("This file");
    }
    Resource file = location.createRelative(path.substring(1));
    if (!file.isReadable()) {
      throw ServiceException.notFound("This file");
    }
    CacheControl keep =
        path.startsWith("/assets/")
            ? CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable()
            : CacheControl.noCache();
    return ResponseEntity.ok()
        .contentType(MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM))
        .cacheControl(keep)
        .body(file.getContentAsByteArray());
  }
}

package io.r1platform.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description of the admin API. What a browser of a test gets is held against it, but answers
 * of billing: a test's billing says what the test needs, so the system tests judge those.
 */
public final class AdminDescription {
  private static final OpenApi DESCRIPTION = new OpenApi(read());
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

  private record Route(String template, Pattern path) {
    static Route of(String template) {
      String literal = PARAMETER.matcher("\\Q" + template + "\\E").replaceAll("\\\\E[^/]+\\\\Q");
      return new Route(template, Pattern.compile(literal));
    }

    int parameters() {
      return (int) template.chars().filter(c -> c == '{').count();
    }
  }

  private static final List<Route> ROUTES =
      DESCRIPTION.document().path("paths").propertyNames().stream()
          .map(Route::of)
          .sorted(Comparator.comparing(Route::parameters))
          .toList();

  private AdminDescription() {}

  /** The description. */
  public static OpenApi get() {
    return DESCRIPTION;
  }

  private static String read() {
    try {
      return new ClassPathResource("openapi-admin.json").getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails where a JSON answer of a described route is not as described. */
  static void judge(HttpResponse<String> answer) {
    String path = answer.uri().getRawPath();
    String method = answer.request().method().toLowerCase(Locale.ROOT);
    Optional<Route> route =
        ROUTES.stream().filter(one -> one.path.matcher(path).matches()).findFirst();
    boolean isJson =
        answer
            .headers()
            .firstValue("content-type")
            .filter(type -> type.contains("json"))
            .isPresent();
    if (route.isEmpty() || !isJson) {
      return;
    }
    String template = route.get().template;
    JsonNode operation = DESCRIPTION.document().path("paths").path(template).path(method);
    boolean isOfBilling = operation.path("x-r1-of-billing").asBoolean(false);
    if (operation.isMissingNode() || (isOfBilling && answer.statusCode() < 400)) {
      return;
    }
    JsonNode schema = DESCRIPTION.answer(template, method, answer.statusCode());
    assertThat(DESCRIPTION.judge(schema, JSON.readTree(answer.body())))
        .as("%s %s: %d %s", method, path, answer.statusCode(), answer.body())
        .isEmpty();
  }
}

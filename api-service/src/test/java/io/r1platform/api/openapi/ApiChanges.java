package io.r1platform.api.openapi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.model.Changed;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.model.ChangedOperation;
import org.openapitools.openapidiff.core.model.ChangedSchema;
import org.openapitools.openapidiff.core.model.ComposedChanged;
import org.openapitools.openapidiff.core.model.DiffContext;
import org.openapitools.openapidiff.core.model.schema.ChangedNullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a newer description takes from the clients of an older one, as openapi-diff judges it. That
 * library reads 3.1 but compares no types of it, so both are put as 3.0 says it. What it lets pass
 * is added: null where there was none, members of a request that are gone, a bound of a list that
 * had none, and a request that takes no unknown members any more.
 */
final class ApiChanges {
  private static final String ERROR_CODES = "/components/schemas/ErrorCode";

  private final Set<Changed> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> broken = new ArrayList<>();

  private ApiChanges() {}

  /** The operations that would break some client, and why where it is known; empty if none. */
  static List<String> breaking(JsonNode older, JsonNode newer) {
    ChangedOpenApi changes = OpenApiCompare.fromContents(plain(older), plain(newer));
    var found = new ApiChanges();
    changes
        .getMissingEndpoints()
        .forEach(gone -> found.broken.add(gone.getMethod() + " " + gone.getPathUrl() + " is gone"));
    for (ChangedOperation operation : changes.getChangedOperations()) {
      if (operation.isIncompatible()) {
        found.broken.add(operation.getHttpMethod() + " " + operation.getPathUrl());
      }
      found.look(operation);
    }
    if (found.broken.isEmpty() && changes.isIncompatible()) {
      found.broken.add("something outside of every operation");
    }
    return found.broken;
  }

  private void look(Changed changed) {
    if (!seen.add(changed)) {
      return;
    }
    if (changed instanceof ChangedSchema schema) {
      look(schema);
    }
    if (changed instanceof ComposedChanged composed) {
      composed.getChangedElements().stream().filter(part -> part != null).forEach(this::look);
    }
  }

  private void look(ChangedSchema schema) {
    DiffContext where = schema.getContext();
    String operation = where.getMethod() + " " + where.getUrl();
    if (where.isRequest() && !schema.getMissingProperties().isEmpty()) {
      broken.add(operation + " has no " + schema.getMissingProperties().keySet() + " any more");
    }
    ChangedNullable nullable = schema.getNullable();
    if (nullable != null) {
      boolean before = Boolean.TRUE.equals(nullable.getLeft());
      boolean now = Boolean.TRUE.equals(nullable.getRight());
      if (where.isResponse() && !before && now) {
        broken.add(operation + " may answer null");
      }
      if (where.isRequest() && before && !now) {
        broken.add(operation + " takes null no more");
      }
    }
  }

  /** As OpenAPI 3.0. New error codes may come: clients go by status and type. */
  private static String plain(JsonNode description) {
    JsonNode copy = description.deepCopy();
    ((ObjectNode) copy).put("openapi", "3.0.3");
    ((ObjectNode) copy.at(ERROR_CODES)).remove("enum");
    rewrite(copy, copy);
    return copy.toString();
  }

  private static void rewrite(JsonNode node, JsonNode root) {
    if (node instanceof ObjectNode schema) {
      orNull(schema, root);
      constant(schema);
      types(schema);
      bounds(schema);
    }
    node.forEach(child -> rewrite(child, root));
  }

  /** A choice of null and one other is that other, nullable. */
  private static void orNull(ObjectNode schema, JsonNode root) {
    JsonNode choices = schema.path("oneOf");
    if (choices.size() == 2 && choices.path(0).path("type").asString("").equals("null")) {
      JsonNode other = choices.path(1);
      String reference = other.path("$ref").asString("");
      JsonNode resolved = reference.isEmpty() ? other : root.at(reference.substring(1));
      schema.remove("oneOf");
      schema.setAll((ObjectNode) resolved.deepCopy());
      schema.put("nullable", true);
    }
  }

  private static void constant(ObjectNode schema) {
    JsonNode value = schema.remove("const");
    if (value != null) {
      schema.putArray("enum").add(value);
    }
    if (schema.path("enum").path(0).isString() && !schema.has("type")) {
      schema.put("type", "string");
    }
  }

  /** Those that are compared only if both have one; a closed object has no more than it names. */
  private static void bounds(ObjectNode schema) {
    if (schema.path("type").asString("").equals("array")) {
      schema.put("minItems", schema.path("minItems").asInt(0));
      schema.put("maxItems", schema.path("maxItems").asInt(Integer.MAX_VALUE));
    }
    if (!schema.path("additionalProperties").asBoolean(true)) {
      schema.put("maxProperties", schema.path("properties").size());
    }
  }

  private static void types(ObjectNode schema) {
    if (schema.path("type") instanceof ArrayNode types) {
      List<String> names = new ArrayList<>();
      types.forEach(type -> names.add(type.asString()));
      if (names.remove("null")) {
        schema.put("nullable", true);
      }
      schema.put("type", String.join("-or-", names));
    }
  }
}

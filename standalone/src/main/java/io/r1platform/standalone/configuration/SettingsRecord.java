package io.r1platform.standalone.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of settings as its source has it.
 *
 * @param home its package
 * @param name its simple name
 * @param prefix of its settings, or null if it is part of another record
 * @param summary its documentation without the parameters
 * @param components in their order
 */
record SettingsRecord(
    String home, String name, @Nullable String prefix, String summary, List<Component> components) {

  /**
   * One component.
   *
   * @param name as Java has it
   * @param type as the source has it, without annotations
   * @param standard its default, or null
   * @param nullable whether it may be missing
   * @param text what its documentation says
   */
  record Component(
      String name, String type, @Nullable String standard, boolean nullable, String text) {

    /** The name as a setting has it: {@code bodyLimit} is {@code body-limit}. */
    String key() {
      return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
    }

    /** The type in a list, or the type itself. */
    String element() {
      return isList() ? type.substring(type.indexOf('<') + 1, type.lastIndexOf('>')) : type;
    }

    boolean isList() {
      return type.startsWith("List<") || type.startsWith("Set<");
    }
  }
}

package io.r1platform.standalone.configuration;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Reads records from sources with the JDK's own parser; nothing is compiled. */
final class SettingsSources {
  private static final String MARK = "@ConfigurationProperties";

  private SettingsSources() {}

  /** Every record below {@code sources} that holds settings, and those beside them, by name. */
  static List<SettingsRecord> read(Path sources) {
    List<Path> files;
    try (Stream<Path> all = Files.walk(sources)) {
      files =
          all.filter(Files::isDirectory)
              .filter(SettingsSources::holdsSettings)
              .flatMap(directory -> sourcesIn(directory).stream())
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files.isEmpty() ? List.of() : parse(files);
  }

  private static boolean holdsSettings(Path directory) {
    return sourcesIn(directory).stream().anyMatch(file -> text(file).contains(MARK + "("));
  }

  private static List<Path> sourcesIn(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<SettingsRecord> parse(List<Path> files) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var found = new ArrayList<SettingsRecord>();
    try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      DocTrees documents = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        String home = String.valueOf(unit.getPackageName());
        collect(home, new TreePath(unit), unit.getTypeDecls(), documents, found);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Records among these, and within them. */
  private static void collect(
      String home,
      TreePath parent,
      List<? extends Tree> members,
      DocTrees documents,
      List<SettingsRecord> found) {
    for (Tree member : members) {
      if (member instanceof ClassTree type) {
        var path = new TreePath(parent, type);
        if (type.getKind() == Tree.Kind.RECORD) {
          found.add(record(home, type, documents.getDocCommentTree(path)));
        }
        collect(home, path, type.getMembers(), documents, found);
      }
    }
  }

  private static SettingsRecord record(
      String home, ClassTree type, @Nullable DocCommentTree document) {
    Map<String, String> texts = new HashMap<>();
    if (document != null) {
      for (DocTree tag : document.getBlockTags()) {
        if (tag instanceof ParamTree parameter) {
          texts.put(parameter.getName().toString(), plain(parameter.getDescription()));
        }
      }
    }
    List<SettingsRecord.Component> components =
        type.getMembers().stream()
            .filter(VariableTree.class::isInstance)
            .map(VariableTree.class::cast)
            .filter(field -> !isStatic(field))
            .map(field -> component(field, texts.getOrDefault(field.getName().toString(), "")))
            .toList();
    return new SettingsRecord(
        home,
        type.getSimpleName().toString(),
        value(type.getModifiers(), "ConfigurationProperties"),
        document == null ? "" : plain(document.getFullBody()),
        components);
  }

  private static boolean isStatic(VariableTree field) {
    return field.getModifiers().getFlags().contains(javax.lang.model.element.Modifier.STATIC);
  }

  private static SettingsRecord.Component component(VariableTree field, String text) {
    String type = field.getType().toString().replaceAll("@\\w+\\s*(\\([^)]*\\))?\\s*", "");
    boolean nullable =
        field.toString().contains("@Nullable") || has(field.getModifiers(), "Nullable");
    return new SettingsRecord.Component(
        field.getName().toString(),
        type,
        value(field.getModifiers(), "DefaultValue"),
        nullable,
        text);
  }

  private static boolean has(ModifiersTree modifiers, String annotation) {
    return modifiers.getAnnotations().stream().anyMatch(a -> isCalled(a, annotation));
  }

  private static boolean isCalled(AnnotationTree annotation, String name) {
    return annotation.getAnnotationType().toString().equals(name);
  }

  /** The text of an annotation's only value; several are joined. */
  private static @Nullable String value(ModifiersTree modifiers, String annotation) {
    for (AnnotationTree candidate : modifiers.getAnnotations()) {
      if (isCalled(candidate, annotation)) {
        return candidate.getArguments().stream()
            .map(SettingsSources::literal)
            .collect(Collectors.joining(","));
      }
    }
    return null;
  }

  private static String literal(ExpressionTree tree) {
    return switch (tree) {
      case AssignmentTree assignment -> literal(assignment.getExpression());
      case NewArrayTree array ->
          array.getInitializers().stream()
              .map(SettingsSources::literal)
              .collect(Collectors.joining(","));
      case LiteralTree one -> String.valueOf(one.getValue());
      default -> tree.toString();
    };
  }

  private static String plain(List<? extends DocTree> parts) {
    return parts.stream()
        .map(SettingsSources::plain)
        .collect(Collectors.joining())
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static String plain(DocTree part) {
    return switch (part) {
      case TextTree text -> text.getBody();
      case com.sun.source.doctree.LiteralTree code -> "`" + code.getBody().getBody().strip() + "`";
      case LinkTree link -> "`" + link.getReference().getSignature() + "`";
      default -> part.toString();
    };
  }
}

package io.r1platform.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The house rules, over the compiled classes of every module. */
class HouseRulesTests {
  private static final String BASE = "io.r1platform.";
  private static final String API = BASE + "api.";
  private static final String INFERENCE = BASE + "inference.";
  private static final String BILLING = BASE + "billing.";
  private static final List<String> SERVICES = List.of("api", "inference", "billing");

  private static final List<String> MODULES =
      List.of(
          "test-support",
          "native",
          "prompts",
          "service-support",
          "receipts",
          "verify-bill",
          "exporter",
          "focus",
          "r1-spring-ai-starter",
          "inference-service",
          "api-service",
          "billing-service",
          "eval",
          "standalone");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importPaths(
              MODULES.stream().map(module -> Path.of("..", module, "target", "classes")).toList());

  @Test
  void noModuleIsForgotten() throws IOException {
    List<String> built =
        Pattern.compile("<module>(.+?)</module>")
            .matcher(Files.readString(Path.of("..", "pom.xml")))
            .results()
            .map(found -> found.group(1))
            .filter(module -> !module.equals("simulation")) // it has tests only
            .toList();
    assertThat(built).containsExactlyInAnyOrderElementsOf(MODULES);
    String map = Files.readString(Path.of("..", "docs", "ARCHITECTURE.md"));
    assertThat(built).allSatisfy(module -> assertThat(map).contains("(../" + module + ")"));
  }

  @Test
  void seesEveryModule() {
    for (String part :
        List.of(
            "testing",
            "engine",
            "prompts",
            "receipts",
            "verifybill",
            "exporter",
            "focus",
            "springai",
            "inference",
            "api",
            "billing",
            "eval",
            "standalone")) {
      assertThat(CLASSES.stream())
          .as(part)
          .anyMatch(type -> type.getPackageName().startsWith(BASE + part));
    }
  }

  @Test
  void servicesNeverImportOneAnother() {
    for (String service : SERVICES) {
      String[] others =
          SERVICES.stream()
              .filter(other -> !other.equals(service))
              .map(other -> BASE + other + "..")
              .toArray(String[]::new);
      check(
          noClasses()
              .that()
              .resideInAPackage(BASE + service + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others));
    }
  }

  @Test
  void whatServicesShareKnowsNoneOfThem() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "service..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.r1platform..")
                    .and(not(resideInAPackage(BASE + "service..")))));
  }

  @Test
  void onlyGenerationAndTheStarterSeeTheEngine() {
    check(
        classes()
            .that()
            .resideInAPackage(BASE + "engine..")
            .should()
            .onlyBeAccessed()
            .byAnyPackage(BASE + "engine..", INFERENCE + "generation..", BASE + "springai.."));
  }

  @Test
  void moneyPromptsReceiptsAndEngineKnowOnlyJava() {
    String[] pure = {
      BASE + "*.money..", BASE + "prompts..", BASE + "receipts..", BASE + "engine.."
    };
    check(
        classes()
            .that(resideInAnyPackage(pure).and(not(packageInfo())))
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage("java..", "org.jspecify..")
                    .or(resideInAnyPackage(pure))
                    .or(primitiveOrArray())));
  }

  @Test
  void theVerifierIsOneJarOfItsOwn() {
    check(
        classes()
            .that(resideInAnyPackage(BASE + "verifybill..").and(not(packageInfo())))
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        BASE + "verifybill..",
                        BASE + "receipts..",
                        BASE + "prompts..")
                    .or(primitiveOrArray())));
  }

  @Test
  void theExporterKnowsOnlyJavaAndNobodyKnowsIt() {
    check(
        classes()
            .that(resideInAnyPackage(BASE + "exporter..").and(not(packageInfo())))
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage("java..", "org.jspecify..", BASE + "exporter..")
                    .or(primitiveOrArray())));
    onlyIn(List.of(BASE + "exporter.."), BASE + "exporter..");
  }

  @Test
  void evalKnowsThePlatformByItsApiAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "eval..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.r1platform..").and(not(resideInAPackage(BASE + "eval..")))));
  }

  /** What a model wrote may reach an algebra system only as what our own grammar can say. */
  @Test
  void onlyOneClassSeesTheAlgebraSystem() {
    check(
        noClasses()
            .that(not(simpleName("Algebra")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.matheclipse.."));
  }

  @Test
  void entitiesLiveWherePeopleEdit() {
    onlyIn(
        List.of(
            API + "keys..",
            API + "tenants..",
            API + "limits..",
            API + "upstreams..",
            API + "console..",
            BILLING + "invoices..",
            BILLING + "exports..",
            BILLING + "prices.."),
        "jakarta.persistence..",
        "org.springframework.data..");
    onlyIn(List.of(), "org.hibernate..");
  }

  @Test
  void jdbcLivesWhereThingsAreCountedOrImmutable() {
    onlyIn(
        List.of(
            API + "metering..",
            API + "clock..", // one query, the time
            API + "holds..",
            API + "limits..", // shared by replicas; what is set is read in one look
            API + "contents..", // many and large, and gone after days
            API + "idempotency..", // contended, and gone after a day
            API + "replies..", // likewise
            API + "files..", // bytes, gone after a month
            API + "batches..", // contended, and gone when a batch ends
            API + "requests..", // counted, dropped by the day
            API + "names..", // an outbox that triggers fill
            API + "sessions..",
            API + "people..", // read with every request of a session
            API + "keys..", // look-up and LISTEN on the hot path; the entity is JPA
            API + "audit..", // append-only, never edited
            API + "prices..", // the last answer of billing, immutable
            INFERENCE + "receipts..",
            BASE + "billing..",
            BASE + "exporter..", // DuckDB's, in a process of its own
            BASE + "focus..", // SQL over a file, in memory
            BASE + "standalone.postgres..", // makes the database itself
            BASE + "testing.."), // gives tests theirs
        "java.sql..",
        "javax.sql..",
        "org.postgresql..",
        "org.springframework.jdbc..");
  }

  @Test
  void reactorLivesAtTheEdge() {
    onlyIn(
        List.of(
            BASE + "*.relay..",
            API + "files..", // uploads and downloads stream
            API + "statements..", // bundles stream
            BASE + "*.completions..",
            BASE + "springai..",
            BASE + "service..", // a handler of connections
            BASE + "*.security..",
            BASE + "*.errors.."),
        "reactor..");
    check(
        noClasses()
            .should()
            .callMethodWhere(
                access(
                    "block a reactor",
                    call ->
                        call.getTargetOwner().getPackageName().startsWith("reactor.")
                            && call.getName().startsWith("block"))));
  }

  @Test
  void frameworkClassesAreNotPublic() {
    for (String annotation :
        List.of(
            "org.springframework.stereotype.Controller",
            "org.springframework.web.bind.annotation.RestController",
            "jakarta.persistence.Entity",
            "org.springframework.stereotype.Repository",
            "org.springframework.boot.context.properties.ConfigurationProperties")) {
      check(classes().that().areAnnotatedWith(annotation).should().notBePublic());
    }
    check(
        classes()
            .that()
            .areAssignableTo("org.springframework.data.repository.Repository")
            .should()
            .notBePublic());
  }

  @Test
  void nothingIsInjectedIntoFields() {
    for (String annotation :
        List.of(
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.beans.factory.annotation.Value",
            "jakarta.inject.Inject",
            "jakarta.annotation.Resource",
            "jakarta.persistence.PersistenceContext")) {
      check(noFields().should().beAnnotatedWith(annotation));
    }
    onlyIn(List.of(), "lombok..");
  }

  @Test
  void nobodyPrintsToStandardStreams() {
    check(
        noClasses()
            .should()
            .accessFieldWhere(
                access(
                    "use a standard stream",
                    field ->
                        field.getTargetOwner().isEquivalentTo(System.class)
                            && Set.of("out", "err", "in").contains(field.getName()))));
  }

  @Test
  void namesSayWhatThingsAre() {
    check(
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveNameMatching(".*(Utils?|Helper|Manager|DTO|Dto)(\\$.*)?"));
  }

  @Test
  void timeComesFromAClock() {
    Set<String> types =
        Set.of(
            "java.time.Instant",
            "java.time.LocalDate",
            "java.time.LocalDateTime",
            "java.time.LocalTime",
            "java.time.OffsetDateTime",
            "java.time.ZonedDateTime",
            "java.time.Year",
            "java.time.YearMonth");
    check(
        noClasses()
            .should()
            .callMethodWhere(
                access(
                    "read the time around the clock",
                    call ->
                        (types.contains(call.getTargetOwner().getName())
                                && call.getName().equals("now")
                                && takesNoClock(call))
                            || (call.getTargetOwner().isEquivalentTo(System.class)
                                && call.getName().equals("currentTimeMillis"))))
            .orShould()
            .callConstructor(java.util.Date.class));
  }

  /** A monotonic counter for spans of waiting, which a clock cannot give; nobody dates with it. */
  @Test
  void spansAreMeasuredOnlyWhereSomethingWaits() {
    check(
        noClasses()
            .that(
                not(
                    simpleName("JournalWriter") // flush interval and stall of the group commit
                        .or(simpleName("Relay")) // its stop waits for running streams
                        .or(simpleName("Attempt")) // silence of a server, gaps between tokens
                        .or(simpleName("Shipper")) // pause between two signs of life
                        .or(simpleName("DatabaseClock")) // time since the last reading
                        .or(simpleName("BatchWork")) // pauses of the work and of one batch
                        .or(simpleName("Pace")) // how fast a transfer is
                        .or(simpleName("Holds")) // silence of billing, age of a denial
                        .or(resideInAPackage(API + "limits..")) // what flowed in, age of a slice
                        .or(resideInAPackage(BASE + "standalone.processes.."))
                        .or(resideInAPackage(BASE + "testing.."))))
            .should()
            .callMethod(System.class, "nanoTime"));
  }

  @Test
  void clocksAreMadeOnlyWhereProgramsStart() {
    check(
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Application")
            .and()
            .doNotHaveSimpleName("InferenceService")
            .and()
            .doNotHaveSimpleName("R1")
            .and()
            .doNotHaveSimpleName("SupervisorMain")
            .should()
            .callMethodWhere(
                access(
                    "make a clock",
                    call ->
                        call.getTargetOwner().isEquivalentTo(java.time.Clock.class)
                            && call.getName().startsWith("system"))));
  }

  @Test
  void oneClassLoadsTheNativeLibrary() {
    var loaders =
        CLASSES.stream()
            .filter(
                type ->
                    type.getMethodCallsFromSelf().stream()
                        .anyMatch(
                            call ->
                                call.getTargetOwner().isEquivalentTo(System.class)
                                    && call.getName().startsWith("load")))
            .map(JavaClass::getName)
            .toList();
    assertThat(loaders).hasSize(1).allMatch(name -> name.startsWith(BASE + "engine."));
    check(methods().that().haveModifier(JavaModifier.NATIVE).should().bePrivate());
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked =
        CLASSES.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(place -> !place.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .toList();
    assertThat(unmarked).isEmpty();
  }

  /** Nobody outside {@code places} depends on {@code libraries}. */
  private static void onlyIn(List<String> places, String... libraries) {
    check(
        noClasses()
            .that(not(resideInAnyPackage(places.toArray(String[]::new))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(libraries));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  private static boolean takesNoClock(JavaAccess<?> call) {
    return !call.getTarget().getFullName().contains("java.time.Clock");
  }

  private static <T extends JavaAccess<?>> DescribedPredicate<T> access(
      String what, Predicate<T> test) {
    return describe(what, test);
  }

  private static DescribedPredicate<JavaClass> packageInfo() {
    return simpleName("package-info");
  }

  private static DescribedPredicate<JavaClass> primitiveOrArray() {
    return describe("primitive or array", type -> type.isPrimitive() || type.isArray());
  }
}

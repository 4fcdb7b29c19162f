package io.prism.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of the house, held once over all services. */
class ArchitectureTest {

  private static final List<String> SERVICES =
      List.of(
          "session",
          "queue",
          "pubsub",
          "reader",
          "transact",
          "cache",
          "timeseries",
          "objectstore",
          "vector");

  private static final String[] STORES = {
    "..kafka..",
    "..postgres..",
    "..nats..",
    "..inprocess..",
    "..redis..",
    "..clickhouse..",
    "..duckdb..",
    "..s3..",
    "..files..",
    "..lucene.."
  };

  private static JavaClasses prism;

  @BeforeAll
  static void importClasses() {
    prism =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.prism");
  }

  @Test
  void theClassesOfTheServicesAreSeen() {
    classes()
        .that()
        .haveSimpleName("QueueApplication")
        .or()
        .haveSimpleName("SessionApplication")
        .should()
        .bePublic()
        .check(prism);
  }

  @Test
  void aServiceKnowsNoOtherService() {
    for (String service : SERVICES) {
      String[] others =
          SERVICES.stream()
              .filter(other -> !other.equals(service))
              .flatMap(
                  other ->
                      List.of(
                          "io.prism." + other,
                          "io.prism." + other + ".grpc..",
                          "io.prism." + other + ".domain..")
                          .stream())
              .toArray(String[]::new);
      allowEmpty(
              noClasses()
                  .that()
                  .resideInAPackage("io.prism." + service + "..")
                  .should()
                  .dependOnClassesThat()
                  .resideInAnyPackage(others))
          .check(prism);
    }
  }

  @Test
  void aDomainIsPlainJava() {
    noClasses()
        .that()
        .resideInAPackage("io.prism.*.domain..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "belong to a framework, a client library or the wire",
                ArchitectureTest::isNoBusinessOfADomain))
        .check(prism);
  }

  /**
   * A domain may name status codes and raise PrismException, but sees no stub and no library. The
   * client's configuration is the exception: it is a value of the contract that every token carries
   * whole, and a second form of it would only be copied to and fro.
   */
  private static boolean isNoBusinessOfADomain(JavaClass type) {
    String name = type.getPackageName();
    boolean generated =
        name.startsWith("io.prism.") && name.endsWith(".v1") && !name.equals("io.prism.config.v1");
    boolean library =
        name.startsWith("org.springframework")
            || name.startsWith("jakarta.persistence")
            || name.startsWith("org.apache.kafka")
            || name.startsWith("org.hibernate")
            || name.startsWith("io.lettuce")
            || name.startsWith("io.nats")
            || name.startsWith("org.apache.lucene")
            || name.startsWith("java.sql")
            || name.startsWith("software.amazon")
            || name.startsWith("io.grpc.stub");
    return generated || library;
  }

  @Test
  void dependenciesPointInwards() {
    noClasses()
        .that()
        .resideInAPackage("io.prism.*.domain..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat("io.prism.*.grpc..", STORES))
        .check(prism);
    noClasses()
        .that()
        .resideInAPackage("io.prism.*.grpc..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(prefixed(STORES))
        .check(prism);
    noClasses()
        .that()
        .resideInAnyPackage(prefixed(STORES))
        .and()
        .resideOutsideOfPackage("io.prism.local..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.prism.*.grpc..")
        .check(prism);
  }

  @Test
  void whatServicesShareKnowsNoService() {
    noClasses()
        .that()
        .resideInAnyPackage("io.prism.starter..", "io.prism.relational..", "io.prism.redis..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.prism.*.domain..", "io.prism.*.grpc..", "io.prism.local..")
        .check(prism);
  }

  @Test
  void tablesAndEntriesAreTheBusinessOfAdapters() {
    noClasses()
        .that()
        .resideInAnyPackage("io.prism.*.domain..", "io.prism.*.grpc..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.prism.relational..", "io.prism.redis..")
        .check(prism);
  }

  @Test
  void packagesAreFreeOfTangles() {
    slices().matching("io.prism.starter.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.queue.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.session.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.reader.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.transact.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.cache.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.pubsub.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.objectstore.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.timeseries.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.vector.(*)..").should().beFreeOfCycles().check(prism);
    slices().matching("io.prism.local.(*)..").should().beFreeOfCycles().check(prism);
  }

  @Test
  void nothingIsInjectedIntoAField() {
    allowEmptyFields().check(prism);
  }

  private static ArchRule allowEmptyFields() {
    return fields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage("io.prism..")
        .should()
        .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .andShould()
        .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Value")
        .andShould()
        .notBeAnnotatedWith("jakarta.annotation.Resource");
  }

  private static ArchRule allowEmpty(ArchRule rule) {
    return rule.allowEmptyShould(true);
  }

  private static String[] prefixed(String[] packages) {
    return List.of(packages).stream()
        .map(name -> "io.prism.*" + name.substring(1))
        .toArray(String[]::new);
  }

  private static String[] concat(String first, String[] rest) {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(first), java.util.Arrays.stream(prefixed(rest)))
        .toArray(String[]::new);
  }
}

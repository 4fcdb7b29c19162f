package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.prism.starter.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/errors.md} has every reason that a client may meet, with its status, and no other.
 *
 * <p>The enum {@code QueueReason} is the table of the section whose heading begins with {@code
 * Queue}.
 */
class ErrorReferenceTest {

  private static final Path REFERENCE = Path.of("..", "docs", "errors.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([A-Z_]+) \\|");
  private static final Pattern NAME = Pattern.compile("`([A-Z]+(?:_[A-Z]+)+)`");
  private static final String HEADING = "\n## ";
  private static final String SUFFIX = "Reason";

  private static Map<String, Map<String, String>> reasons;
  private static String page;

  @BeforeAll
  static void read() throws IOException {
    reasons =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.prism")
                .stream()
                .filter(type -> type.isEnum() && type.isAssignableTo(Reason.class))
                .collect(
                    Collectors.toMap(ErrorReferenceTest::section, ErrorReferenceTest::statuses));
    page = Files.readString(REFERENCE);
  }

  private static String section(JavaClass reasons) {
    return reasons.getSimpleName().replaceFirst(SUFFIX + "$", "");
  }

  private static Map<String, String> statuses(JavaClass reasons) {
    return Arrays.stream(reasons.reflect().getEnumConstants())
        .map(Reason.class::cast)
        .collect(Collectors.toMap(Reason::name, reason -> reason.code().name()));
  }

  private static Map<String, String> rows(String section) {
    return ROW.matcher(section)
        .results()
        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
  }

  private static List<String> sections() {
    return List.of(page.split(HEADING, -1));
  }

  @Test
  void theReasonsOfAllServicesAreSeen() {
    assertThat(reasons).containsKeys("Call", "Session", "Queue", "Vector").hasSizeGreaterThan(9);
  }

  @Test
  void everyReasonIsInTheTableOfItsServiceWithItsStatusAndNoOtherIs() {
    reasons.forEach(
        (service, constants) ->
            assertThat(sections())
                .as("docs/errors.md, sections that begin with %s", service)
                .filteredOn(section -> section.startsWith(service) && !rows(section).isEmpty())
                .singleElement()
                .satisfies(
                    section ->
                        assertThat(rows(section))
                            .as("docs/errors.md, %s", service)
                            .containsExactlyInAnyOrderEntriesOf(constants)));
  }

  @Test
  void noTableIsOfAnythingElse() {
    assertThat(sections().stream().filter(section -> !rows(section).isEmpty()))
        .hasSize(reasons.size());
  }

  @Test
  void thePageNamesNoReasonThatDoesNotExist() {
    TreeSet<String> known = new TreeSet<>();
    reasons.values().forEach(constants -> known.addAll(constants.keySet()));
    assertThat(NAME.matcher(page).results().map((MatchResult name) -> name.group(1)))
        .isNotEmpty()
        .isSubsetOf(known);
  }
}

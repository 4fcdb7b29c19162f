package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links of the documents lead somewhere, and the tests that they name exist. */
class DocumentsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> FOLDERS = List.of("docs", "helm");
  private static final List<String> FILES =
      List.of(
          "README.md",
          "CONTRIBUTING.md",
          "CHANGELOG.md",
          "clients/python/README.md",
          "clients/java/README.md",
          "examples/README.md",
          "prism-proto/README.md");

  private static final Pattern FENCE = Pattern.compile("(?ms)^ *(```+|~~~+).*?^ *\\1 *$");
  private static final Pattern CODE = Pattern.compile("(`+)[^`].*?\\1");
  private static final Pattern INLINE =
      Pattern.compile("\\[(?:[^\\[\\]]|\\[[^\\]]*])*]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern REFERENCE = Pattern.compile("(?m)^ {0,3}\\[[^\\]]+]: +<?(\\S+?)>?$");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?)(?: +#+)? *$");
  private static final Pattern NAMED_TEST =
      Pattern.compile("\\[`(\\w+)\\.(\\w+)`]\\(([^)]+\\.java)\\)");
  private static final Pattern LINK_TEXT = Pattern.compile("!?\\[([^\\]]*)]\\([^)]*\\)");

  @Test
  void everyLinkLeadsToAFileAndItsAnchorToAHeading() throws IOException {
    List<Path> documents = documents();
    assertThat(documents).hasSizeGreaterThan(20);
    List<String> broken = new ArrayList<>();
    for (Path document : documents) {
      for (String link : links(Files.readString(document))) {
        String fault = fault(document, link);
        if (!fault.isEmpty()) {
          broken.add(ROOT.relativize(document) + ": " + link + " (" + fault + ")");
        }
      }
    }
    assertThat(broken).as("links that lead nowhere").isEmpty();
  }

  @Test
  void everyTestThatIsNamedIsInTheFileThatItLinksTo() throws IOException {
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (Path document : documents()) {
      Matcher tests = NAMED_TEST.matcher(Files.readString(document));
      while (tests.find()) {
        named++;
        Path file = document.resolveSibling(tests.group(3)).normalize();
        if (!file.endsWith(tests.group(1) + ".java")
            || !Files.readString(file).contains(" " + tests.group(2) + "(")) {
          missing.add(ROOT.relativize(document) + ": " + tests.group(1) + "." + tests.group(2));
        }
      }
    }
    assertThat(named).isPositive();
    assertThat(missing).as("tests that documents name and that do not exist").isEmpty();
  }

  @Test
  void anchorsAreThoseOfGithub() {
    assertThat(
            anchors(
                """
                # What is `guaranteed`
                ## What is guaranteed
                ### 1. [Left](x.md), right & `prism.tls`_2
                ```
                # no heading
                ```
                """))
        .containsExactlyInAnyOrder(
            "what-is-guaranteed", "what-is-guaranteed-1", "1-left-right--prismtls_2");
  }

  @Test
  void linksInCodeAreNone() {
    assertThat(
            links(
                """
                [one](a.md), `[two](b.md)` and [`three`](c.md#d "title"),
                ```sh
                [four](e.md)
                ```
                [five]: f.md
                """))
        .containsExactly("a.md", "c.md#d", "f.md");
  }

  private static List<Path> documents() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String file : FILES) {
      found.add(ROOT.resolve(file));
    }
    for (String folder : FOLDERS) {
      Path path = ROOT.resolve(folder);
      if (Files.isDirectory(path)) {
        try (Stream<Path> inside = Files.walk(path)) {
          inside
              .filter(file -> file.toString().endsWith(".md") && !isBuilt(file))
              .sorted()
              .forEach(found::add);
        }
      }
    }
    return found;
  }

  private static boolean isBuilt(Path file) {
    for (Path part : ROOT.relativize(file)) {
      if (part.toString().equals("target")) {
        return true;
      }
    }
    return false;
  }

  private static List<String> links(String document) {
    String prose = FENCE.matcher(document).replaceAll("");
    List<String> found = new ArrayList<>();
    // A link's text may be code, a link within code is none.
    String text = CODE.matcher(prose).replaceAll("code");
    for (Pattern pattern : List.of(INLINE, REFERENCE)) {
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
    }
    return found;
  }

  private static String fault(Path document, String link) throws IOException {
    if (isElsewhere(link)) {
      return "";
    }
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target =
        path.isEmpty()
            ? document
            : document.resolveSibling(URLDecoder.decode(path, StandardCharsets.UTF_8)).normalize();
    if (!target.startsWith(ROOT)) {
      return "out of the repository";
    }
    if (!Files.exists(target)) {
      return "no such file";
    }
    if (hash < 0 || !target.toString().endsWith(".md")) {
      return "";
    }
    return anchors(Files.readString(target)).contains(link.substring(hash + 1))
        ? ""
        : "no such heading";
  }

  private static boolean isElsewhere(String link) {
    return link.startsWith("//") || URI.create(link).isAbsolute();
  }

  /** GitHub's rule: lower case, without punctuation, hyphens for spaces, numbered when repeated. */
  private static Set<String> anchors(String document) {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    Matcher headings = HEADING.matcher(FENCE.matcher(document).replaceAll(""));
    while (headings.find()) {
      String anchor =
          LINK_TEXT
              .matcher(headings.group(1))
              .replaceAll("$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]", "")
              .replace(' ', '-');
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }
}

package io.prism.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON list with a row for each scenario, which runs of different scenarios add to.
 *
 * @param path the file; it need not exist, its folder must
 */
public record ResultFile(Path path) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SCENARIO = "scenario";

  /**
   * Looks whether rows can be added, before hours are spent on making them.
   *
   * @throws IOException when the file holds something else, or has no folder
   */
  public void check() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException(path + " has no folder, expected one that exists");
    }
    var _ = rows();
  }

  /**
   * Puts a row in the place of the older one of its scenario, else at the end. All others stay as
   * they are, whatever they hold.
   *
   * @throws IOException when the file cannot be read or written
   */
  public void put(Row row) throws IOException {
    List<JsonNode> rows = new ArrayList<>(rows());
    JsonNode added = JSON.valueToTree(row);
    int place = 0;
    while (place < rows.size() && !scenario(rows.get(place)).equals(row.scenario())) {
      place++;
    }
    if (place < rows.size()) {
      rows.set(place, added);
    } else {
      rows.add(added);
    }
    write(rows);
  }

  private List<JsonNode> rows() throws IOException {
    if (!Files.exists(path)) {
      return List.of();
    }
    try {
      JsonNode content = JSON.readTree(Files.readString(path));
      if (!content.isArray()) {
        throw new IOException(path + " holds no list, expected a list of rows");
      }
      return content.valueStream().toList();
    } catch (JacksonException e) {
      throw new IOException(path + " is no JSON, expected a list of rows: " + e.getMessage(), e);
    }
  }

  private static String scenario(JsonNode row) {
    return row.path(SCENARIO).asString("");
  }

  /** One row a line, so that a change of one shows as such. */
  private void write(List<JsonNode> rows) throws IOException {
    String text =
        rows.stream()
            .map(row -> "  " + JSON.writeValueAsString(row))
            .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    Path unfinished = path.resolveSibling(path.getFileName() + ".unfinished");
    Files.writeString(unfinished, text);
    Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
  }
}

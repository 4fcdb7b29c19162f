package io.prism.cli;

import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "reader", description = "Rows of PostgreSQL's tables and views.")
final class ReaderCommands {

  private final PrismCli prism;

  ReaderCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Shows one row.")
  int get(
      @Parameters(paramLabel = "COLLECTION") String collection,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--field", paramLabel = "NAME", description = "may be repeated")
          List<String> fields)
      throws Exception {
    return prism.run(
        channel -> {
          GetResponse answer =
              ReaderServiceGrpc.newBlockingStub(channel)
                  .get(
                      GetRequest.newBuilder()
                          .setCollection(collection)
                          .setId(id)
                          .addAllFields(orNone(fields))
                          .build());
          if (!answer.getFound()) {
            throw NotFound.of(collection + " '" + id + "'");
          }
          print(List.of(answer.getRow()), orNone(fields));
          return 0;
        });
  }

  @Command(description = "Shows the rows that fulfil all conditions.")
  int query(
      @Parameters(paramLabel = "COLLECTION") String collection,
      @Option(
              names = "--where",
              paramLabel = "CONDITION",
              description = "age>=18, name^=A; may be repeated")
          List<String> where,
      @Option(names = "--sort", paramLabel = "FIELD[:desc]", description = "may be repeated")
          List<String> sort,
      @Option(names = "--field", paramLabel = "NAME", description = "may be repeated")
          List<String> fields,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "most rows: ${DEFAULT-VALUE}")
          int limit)
      throws Exception {
    QueryRequest.Builder request =
        QueryRequest.newBuilder()
            .setCollection(collection)
            .addAllFields(orNone(fields))
            .setLimit(limit);
    Conditions.all(orNone(where)).ifPresent(request::setFilter);
    orNone(sort).forEach(field -> request.addSort(Conditions.sort(field)));
    return prism.run(
        channel -> {
          List<Row> rows = new ArrayList<>();
          ReaderServiceGrpc.newBlockingStub(channel)
              .query(request.build())
              .forEachRemaining(rows::add);
          print(rows, orNone(fields));
          return 0;
        });
  }

  @Command(description = "Shows all rows of a collection, page by page.")
  int read(
      @Parameters(paramLabel = "COLLECTION") String collection,
      @Option(names = "--where", paramLabel = "CONDITION", description = "may be repeated")
          List<String> where,
      @Option(names = "--sort", paramLabel = "FIELD[:desc]", description = "may be repeated")
          List<String> sort,
      @Option(names = "--field", paramLabel = "NAME", description = "may be repeated")
          List<String> fields,
      @Option(
              names = "--page",
              paramLabel = "N",
              defaultValue = "100",
              description = "rows of a page: ${DEFAULT-VALUE}")
          int page)
      throws Exception {
    ReadRequest.Builder request =
        ReadRequest.newBuilder()
            .setCollection(collection)
            .addAllFields(orNone(fields))
            .setPageSize(page);
    Conditions.all(orNone(where)).ifPresent(request::setFilter);
    orNone(sort).forEach(field -> request.addSort(Conditions.sort(field)));
    return prism.run(
        channel -> {
          ReaderServiceGrpc.newBlockingStub(channel)
              .read(request.build())
              .forEachRemaining(rows -> print(rows.getRowsList(), orNone(fields)));
          return 0;
        });
  }

  @Command(description = "Counts the rows that fulfil all conditions.")
  int count(
      @Parameters(paramLabel = "COLLECTION") String collection,
      @Option(names = "--where", paramLabel = "CONDITION", description = "may be repeated")
          List<String> where)
      throws Exception {
    CountRequest.Builder request = CountRequest.newBuilder().setCollection(collection);
    Conditions.all(orNone(where)).ifPresent(request::setFilter);
    return prism.say(
        channel -> ReaderServiceGrpc.newBlockingStub(channel).count(request.build()),
        answer -> Long.toString(answer.getCount()));
  }

  /** Fields in the order in which they were asked for, else by name. */
  private void print(List<Row> rows, List<String> fields) {
    Set<String> found = new TreeSet<>();
    rows.forEach(row -> found.addAll(row.getFieldsMap().keySet()));
    List<String> names = fields.isEmpty() ? List.copyOf(found) : fields;
    prism
        .output()
        .table(
            rows,
            names,
            row ->
                names.stream()
                    .map(
                        name ->
                            row.containsFields(name) ? Output.text(row.getFieldsOrThrow(name)) : "")
                    .toList());
  }

  private static List<String> orNone(@Nullable List<String> given) {
    return given == null ? List.of() : given;
  }
}

package io.prism.timeseries.testing;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * ClickHouse's engine as a library, chdb: one of a process, over a folder of its own. It runs one
 * statement at a time.
 */
@SuppressWarnings("restricted") // Calling a library is what it is for.
final class Chdb {

  private static final AddressLayout POINTER =
      ValueLayout.ADDRESS.withTargetLayout(
          MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));
  private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;

  private final MethodHandle query;
  private final MethodHandle buffer;
  private final MethodHandle length;
  private final MethodHandle error;
  private final MethodHandle destroy;
  private final MemorySegment connection;

  /** A statement that ClickHouse refuses. */
  static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  Chdb(Path library, Path folder) {
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    query =
        function(
            symbols,
            "chdb_query_with_params_n",
            FunctionDescriptor.of(
                POINTER, POINTER, POINTER, SIZE, POINTER, SIZE, POINTER, POINTER, POINTER, POINTER,
                SIZE));
    buffer = function(symbols, "chdb_result_buffer", FunctionDescriptor.of(POINTER, POINTER));
    length = function(symbols, "chdb_result_length", FunctionDescriptor.of(SIZE, POINTER));
    error = function(symbols, "chdb_result_error", FunctionDescriptor.of(POINTER, POINTER));
    destroy = function(symbols, "chdb_destroy_query_result", FunctionDescriptor.ofVoid(POINTER));
    // The signals of this process are the JVM's.
    MethodHandle signals =
        function(
            symbols,
            "chdb_set_signal_handlers_enabled",
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    MethodHandle connect =
        function(
            symbols, "chdb_connect", FunctionDescriptor.of(POINTER, ValueLayout.JAVA_INT, POINTER));
    try (Arena arena = Arena.ofConfined()) {
      signals.invoke(0);
      MemorySegment arguments = texts(arena, List.of("clickhouse", "--path=" + folder));
      MemorySegment place = (MemorySegment) connect.invoke(2, arguments);
      if (place.address() == 0) {
        throw new IllegalStateException("chdb does not start over " + folder);
      }
      connection = place.get(POINTER, 0);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  private static MethodHandle function(
      SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor);
  }

  /** Runs a statement and returns its rows in a format. */
  synchronized byte[] query(String sql, String format, Map<String, String> parameters)
      throws Refusal {
    try (Arena arena = Arena.ofConfined()) {
      List<String> names = List.copyOf(parameters.keySet());
      List<String> values = names.stream().map(parameters::get).toList();
      byte[] text = sql.getBytes(StandardCharsets.UTF_8);
      byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
      MemorySegment result =
          (MemorySegment)
              query.invoke(
                  connection,
                  arena.allocateFrom(ValueLayout.JAVA_BYTE, text),
                  (long) text.length,
                  arena.allocateFrom(ValueLayout.JAVA_BYTE, formatName),
                  (long) formatName.length,
                  texts(arena, names),
                  lengths(arena, names),
                  texts(arena, values),
                  lengths(arena, values),
                  (long) names.size());
      try {
        return rows(result);
      } finally {
        destroy.invoke(result);
      }
    } catch (Refusal e) {
      throw e;
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  private byte[] rows(MemorySegment result) throws Throwable {
    MemorySegment message = (MemorySegment) error.invoke(result);
    if (message.address() != 0) {
      throw new Refusal(message.getString(0));
    }
    long size = (long) length.invoke(result);
    if (size == 0) {
      return new byte[0];
    }
    return ((MemorySegment) buffer.invoke(result)).reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
  }

  private static MemorySegment texts(Arena arena, List<String> texts) {
    MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      byte[] bytes = texts.get(i).getBytes(StandardCharsets.UTF_8);
      MemorySegment text = arena.allocate(bytes.length + 1L);
      MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
      pointers.setAtIndex(ValueLayout.ADDRESS, i, text);
    }
    return pointers;
  }

  private static MemorySegment lengths(Arena arena, List<String> texts) {
    MemorySegment lengths = arena.allocate(SIZE, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      lengths.setAtIndex(SIZE, i, texts.get(i).getBytes(StandardCharsets.UTF_8).length);
    }
    return lengths;
  }

  private static IllegalStateException failure(Throwable cause) {
    return new IllegalStateException("chdb cannot be called", cause);
  }
}

package io.prism.relational;

import io.prism.starter.error.PrismException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times: ISO 8601 on the wire (RFC 3339 for instants, in UTC), PostgreSQL's ISO style at
 * the other end. Years beyond 9999 have a sign and those before 1 are counted from 0, as ISO 8601
 * has them.
 */
final class TemporalText {

  private static final String INFINITY = "infinity";
  private static final String MINUS_INFINITY = "-infinity";
  private static final String END_OF_DAY = "24:00:00";
  private static final String BC = " BC";
  private static final int DATE_LENGTH = 10;
  private static final int YEAR_LENGTH = 4;
  private static final int MAX_COMMON_YEAR = 9999;
  private static final int INSTANT_LENGTH = "2025-09-07T00:00:00.123456Z".length();
  private static final int MIN_YEAR = -4712;
  private static final int MAX_YEAR = 294_276;
  private static final int MAX_DATE_YEAR = 5_874_897;

  private TemporalText() {}

  static String dateFromPostgres(String text) {
    return isCommonDate(text, text.length()) ? text : isoDate(text);
  }

  static String timestampFromPostgres(String text) {
    int length = text.length();
    if (length > DATE_LENGTH && isCommonDate(text, DATE_LENGTH) && text.charAt(length - 1) != 'C') {
      return text.replace(' ', 'T');
    }
    if (text.endsWith(INFINITY)) {
      return text;
    }
    int space = text.indexOf(' ');
    String date = text.substring(0, space) + (text.endsWith(BC) ? BC : "");
    return isoDate(date) + "T" + time(text, space + 1, length);
  }

  /** An instant of the current row; on the path of every row, so mostly without its text. */
  static @Nullable String timestampTz(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    if (time == null) {
      return null;
    }
    // The driver has the last of all times for infinity.
    if (time.getYear() > 1 && time.getYear() < MAX_COMMON_YEAR) {
      return iso(time.withOffsetSameInstant(ZoneOffset.UTC));
    }
    return timestampTzFromPostgres(row.getString(column));
  }

  private static String iso(OffsetDateTime time) {
    StringBuilder text = new StringBuilder(INSTANT_LENGTH);
    two(text, time.getYear() / 100);
    two(text, time.getYear() % 100);
    two(text.append('-'), time.getMonthValue());
    two(text.append('-'), time.getDayOfMonth());
    two(text.append('T'), time.getHour());
    two(text.append(':'), time.getMinute());
    two(text.append(':'), time.getSecond());
    int micros = time.getNano() / 1000;
    if (micros != 0) {
      text.append('.');
      for (int unit = 100_000; micros != 0; unit /= 10) {
        text.append((char) ('0' + micros / unit));
        micros %= unit;
      }
    }
    return text.append('Z').toString();
  }

  private static void two(StringBuilder text, int number) {
    text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  static String timestampTzFromPostgres(String text) {
    int length = text.length();
    if (text.endsWith("+00") && isCommonDate(text, DATE_LENGTH)) {
      return new StringBuilder(length)
          .append(text, 0, DATE_LENGTH)
          .append('T')
          .append(text, DATE_LENGTH + 1, length - "+00".length())
          .append('Z')
          .toString();
    }
    if (text.endsWith(INFINITY)) {
      return text;
    }
    int space = text.indexOf(' ');
    int offset = offsetOf(text);
    String bc = text.endsWith(BC) ? BC : "";
    LocalDate date = LocalDate.parse(isoDate(text.substring(0, space) + bc));
    LocalTime time = LocalTime.parse(text.substring(space + 1, offset));
    ZoneOffset zone = ZoneOffset.of(text.substring(offset, text.length() - bc.length()));
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        OffsetDateTime.of(date, time, zone).withOffsetSameInstant(ZoneOffset.UTC));
  }

  static String timeTzFromPostgres(String text) {
    int offset = offsetOf(text);
    ZoneOffset zone = ZoneOffset.of(text.substring(offset));
    return text.substring(0, offset) + zone.getId();
  }

  private static int offsetOf(String text) {
    int plus = text.lastIndexOf('+');
    return plus > 0 ? plus : text.lastIndexOf('-');
  }

  private static String time(String text, int begin, int end) {
    return text.substring(begin, text.endsWith(BC) ? end - BC.length() : end);
  }

  /** Whether a date with a year of four digits, which is the same in both forms, ends here. */
  private static boolean isCommonDate(String text, int end) {
    return end == DATE_LENGTH && text.charAt(YEAR_LENGTH) == '-';
  }

  private static String isoDate(String text) {
    if (text.endsWith(INFINITY)) {
      return text;
    }
    boolean bc = text.endsWith(BC);
    String date = bc ? text.substring(0, text.length() - BC.length()) : text;
    int dash = date.indexOf('-');
    int year = Integer.parseInt(date.substring(0, dash));
    int month = Integer.parseInt(date.substring(dash + 1, dash + 3));
    int day = Integer.parseInt(date.substring(dash + 4));
    return LocalDate.of(bc ? 1 - year : year, month, day).toString();
  }

  static String date(String text, String path) {
    if (isInfinite(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    LocalDate date = parsed(text, path, LocalDate::parse, "a date such as 2025-09-07, or infinity");
    return postgresDate(date, MAX_DATE_YEAR, text, path) + (isBc(date) ? BC : "");
  }

  static String timestamp(String text, String path) {
    if (isInfinite(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    LocalDateTime time =
        parsed(
            text,
            path,
            LocalDateTime::parse,
            "a time without an offset such as 2025-09-07T12:30:00, or infinity");
    return postgresDate(time.toLocalDate(), MAX_YEAR, text, path)
        + " "
        + time(time.toLocalTime(), text, path)
        + (isBc(time.toLocalDate()) ? BC : "");
  }

  static String timestampTz(String text, String path) {
    if (isInfinite(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    OffsetDateTime time =
        parsed(
            text,
            path,
            with -> OffsetDateTime.parse(with).withOffsetSameInstant(ZoneOffset.UTC),
            "a time with an offset such as 2025-09-07T12:30:00Z, or infinity");
    return postgresDate(time.toLocalDate(), MAX_YEAR, text, path)
        + " "
        + time(time.toLocalTime(), text, path)
        + "+00"
        + (isBc(time.toLocalDate()) ? BC : "");
  }

  static String time(String text, String path) {
    return text.equals(END_OF_DAY)
        ? text
        : time(parsed(text, path, LocalTime::parse, "a time such as 12:30:00"), text, path);
  }

  static String timeTz(String text, String path) {
    if (text.startsWith(END_OF_DAY)) {
      String noon = "12:00:00" + text.substring(END_OF_DAY.length());
      timeTz(noon, path);
      return text;
    }
    OffsetTime time =
        parsed(text, path, OffsetTime::parse, "a time with an offset such as 12:30:00+02:00");
    return time(time.toLocalTime(), text, path)
        + (time.getOffset().equals(ZoneOffset.UTC) ? "+00" : time.getOffset().getId());
  }

  private static boolean isInfinite(String text) {
    return text.equalsIgnoreCase(INFINITY) || text.equalsIgnoreCase(MINUS_INFINITY);
  }

  private static boolean isBc(LocalDate date) {
    return date.getYear() < 1;
  }

  private static String postgresDate(LocalDate date, int maxYear, String text, String path) {
    int year = date.getYear();
    if (year < MIN_YEAR || year > maxYear) {
      throw PrismException.invalid(
          path, "'" + text + "' (expected: a year from " + MIN_YEAR + " to " + maxYear + ")");
    }
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02d",
        isBc(date) ? 1 - year : year,
        date.getMonthValue(),
        date.getDayOfMonth());
  }

  private static String time(LocalTime time, String text, String path) {
    if (!time.equals(time.truncatedTo(ChronoUnit.MICROS))) {
      throw PrismException.invalid(
          path, "'" + text + "' (expected: at most six digits after the second)");
    }
    return time.toString();
  }

  private interface Parser<T extends TemporalAccessor> {
    T parse(CharSequence text);
  }

  private static <T extends TemporalAccessor> T parsed(
      String text, String path, Parser<T> parser, String expected) {
    try {
      return parser.parse(text);
    } catch (DateTimeException e) {
      throw ValueWriter.refused(path, text, expected);
    }
  }
}

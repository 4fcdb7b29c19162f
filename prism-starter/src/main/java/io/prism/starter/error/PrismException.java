package io.prism.starter.error;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call fails, and the client is told why.
 *
 * <p>The one exception that services throw. Everything in it reaches the client, so nothing in it
 * may be secret; the cause does not, it is for the log. A fault of the client carries no stack
 * trace.
 */
public final class PrismException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with one field of a request; {@code field} is its path in the message. */
  public record Violation(String field, String description) {}

  /** A thing that was asked for and is not there. */
  public record Resource(String type, String name) {}

  private final transient Reason reason;
  private final transient Map<String, String> metadata;
  private final transient List<Violation> violations;
  private final transient @Nullable Duration retryDelay;
  private final transient @Nullable Resource resource;

  private PrismException(Builder builder) {
    super(builder.message, builder.cause, false, builder.cause != null);
    this.reason = builder.reason;
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadata));
    this.violations = List.copyOf(builder.violations);
    this.retryDelay = builder.retryDelay;
    this.resource = builder.resource;
  }

  /** Starts a failure with details; end it with {@link Builder#build()}. */
  public static Builder because(Reason reason, String message) {
    return new Builder(reason, message);
  }

  /** A failure without details. */
  public static PrismException of(Reason reason, String message) {
    return because(reason, message).build();
  }

  /** A request whose field {@code field} is wrong: INVALID_ARGUMENT with the path of the field. */
  public static PrismException invalid(String field, String description) {
    return because(CallReason.INVALID_ARGUMENT, field + ": " + description)
        .violation(field, description)
        .build();
  }

  public Reason reason() {
    return reason;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public List<Violation> violations() {
    return violations;
  }

  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }

  public Optional<Resource> resource() {
    return Optional.ofNullable(resource);
  }

  /** The message; never null, unlike that of other exceptions. */
  public String description() {
    return String.valueOf(getMessage());
  }

  /** Collects the details of a failure. */
  public static final class Builder {

    private final Reason reason;
    private final String message;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Violation> violations = new java.util.ArrayList<>();
    private @Nullable Duration retryDelay;
    private @Nullable Resource resource;
    private @Nullable Throwable cause;

    private Builder(Reason reason, String message) {
      this.reason = reason;
      this.message = message;
    }

    /** Adds an entry to {@code ErrorInfo.metadata}. */
    public Builder with(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** Adds an entry to {@code BadRequest.field_violations}. */
    public Builder violation(String field, String description) {
      violations.add(new Violation(field, description));
      return this;
    }

    /** Says after how long a retry may help ({@code RetryInfo}). */
    public Builder retryAfter(Duration delay) {
      this.retryDelay = delay;
      return this;
    }

    /** Names what was not found ({@code ResourceInfo}). */
    public Builder resource(String type, String name) {
      this.resource = new Resource(type, name);
      return this;
    }

    /** Keeps the cause for the log; it never reaches the client. */
    public Builder cause(@Nullable Throwable cause) {
      this.cause = cause;
      return this;
    }

    public PrismException build() {
      return new PrismException(this);
    }
  }
}

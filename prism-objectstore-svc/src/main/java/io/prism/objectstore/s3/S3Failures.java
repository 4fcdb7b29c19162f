package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.ObjectStoreReason;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What S3's failures mean. */
public final class S3Failures {

  private static final Logger log = LoggerFactory.getLogger(S3Failures.class);

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_FAULT = 500;
  private static final int NOT_IMPLEMENTED = 501;
  private static final Set<String> BUCKET_REFUSALS =
      Set.of("InvalidBucketName", "BucketAlreadyExists", "PermanentRedirect");

  private S3Failures() {}

  /** Whether a failure says that S3 is down or out of reach; for a guard. */
  public static boolean isOutage(Throwable failure) {
    return switch (cause(failure)) {
      case S3Exception s3 ->
          (s3.statusCode() >= SERVER_FAULT && s3.statusCode() != NOT_IMPLEMENTED)
              || s3.statusCode() == TOO_MANY_REQUESTS;
      case SdkClientException _ -> true;
      case java.io.IOException _ -> true;
      default -> false;
    };
  }

  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static int status(@Nullable Throwable failure) {
    return failure != null && cause(failure) instanceof S3Exception s3 ? s3.statusCode() : 0;
  }

  private static String code(Throwable failure) {
    if (cause(failure) instanceof S3Exception s3) {
      AwsErrorDetails details = s3.awsErrorDetails();
      if (details != null && details.errorCode() != null) {
        return details.errorCode();
      }
    }
    return "";
  }

  static boolean isNoBucket(Throwable failure) {
    return cause(failure) instanceof NoSuchBucketException || code(failure).equals("NoSuchBucket");
  }

  static boolean isNotFound(Throwable failure) {
    return status(failure) == NOT_FOUND;
  }

  /** The condition of a write does not hold, or somebody else is writing the same object. */
  static boolean isPreconditionFailed(Throwable failure) {
    return status(failure) == PRECONDITION_FAILED
        || (status(failure) == CONFLICT && code(failure).equals("ConditionalRequestConflict"));
  }

  static boolean isRangeInvalid(Throwable failure) {
    return status(failure) == RANGE_NOT_SATISFIABLE;
  }

  static boolean isNotImplemented(Throwable failure) {
    return status(failure) == NOT_IMPLEMENTED;
  }

  /** A request that S3 finds wrong, as it does a continuation token that it did not give out. */
  static boolean isInvalidArgument(Throwable failure) {
    return status(failure) == 400;
  }

  static boolean isOwnBucket(Throwable failure) {
    return code(failure).equals("BucketAlreadyOwnedByYou")
        || (status(failure) == CONFLICT && code(failure).equals("OperationAborted"));
  }

  /** A response broke off, and again when it was taken up. */
  static PrismException brokenOff(Throwable failure) {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the store behind this service broke off its answer")
        .retryAfter(RETRY_DELAY)
        .cause(cause(failure))
        .build();
  }

  /** The failure of a call for an object, as clients are told of it. */
  static RuntimeException translated(Throwable failure, ObjectName name) {
    return isNotFound(failure) ? ObjectFailures.notFound(name) : translated(failure);
  }

  /** The failure of a call, as clients are told of it. */
  static RuntimeException translated(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof PrismException known) {
      return known;
    }
    if (status(cause) == FORBIDDEN || BUCKET_REFUSALS.contains(code(cause))) {
      log.warn("S3 refuses this service: {}", cause.getMessage());
      return PrismException.because(
              ObjectStoreReason.STORE_MISCONFIGURED,
              "the store refuses this service, whose operators can tell why")
          .cause(cause)
          .build();
    }
    return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
  }
}

package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ContinuationTokens;
import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.ObjectPage;
import io.prism.objectstore.domain.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Lists objects, and of those that expire says when, by a second listing of their markers.
 *
 * <p>A marker is believed when it was written just before its object. One that is left over from an
 * object that was replaced is not: then, and whenever an object seems to have expired, the object
 * itself is asked.
 */
final class S3Listing {

  private static final int PAGE = 1000;
  private static final int MAX_PAGES = 20;
  private static final int MAX_BYTES = 2 * 1024 * 1024;

  /** Times of S3 are in seconds; an object is stored as soon as its marker is. */
  private static final Duration BELIEVED = Duration.ofSeconds(2);

  private static final int AT_A_TIME = 16;

  private final S3Link link;
  private final S3Names names;
  private final Function<ObjectName, CompletableFuture<Optional<StoredObject>>> ask;
  private final Clock clock;

  /**
   * @param ask what is known about an object, empty when it does not exist or has expired
   */
  S3Listing(
      S3Link link,
      S3Names names,
      Function<ObjectName, CompletableFuture<Optional<StoredObject>>> ask,
      Clock clock) {
    this.link = link;
    this.names = names;
    this.ask = ask;
    this.clock = clock;
  }

  CompletableFuture<ObjectPage> list(ListQuery query) {
    return new Pages(query).next(query.after().isEmpty() ? null : query.after());
  }

  /** What a marker says of an object, and when it was written. */
  private record Expiry(Instant at, Instant written, boolean onlyOne) {}

  /** Gathers one page for the client from as many of S3's as it takes. */
  private final class Pages {

    private final ListQuery query;
    private final String bucket;
    private final String prefix;
    private final List<StoredObject> objects = new ArrayList<>();
    private final List<String> commonPrefixes = new ArrayList<>();
    private int pages;
    private int bytes;

    Pages(ListQuery query) {
      this.query = query;
      this.bucket = names.bucketOf(query.namespace());
      this.prefix = names.prefixOf(query.namespace(), query.bucket());
    }

    CompletableFuture<ObjectPage> next(@Nullable String position) {
      pages++;
      int limit = Math.min(PAGE, query.limit() - objects.size() - commonPrefixes.size());
      ListObjectsV2Request request =
          ListObjectsV2Request.builder()
              .bucket(bucket)
              .prefix(prefix + query.prefix())
              .delimiter(query.delimiter().isEmpty() ? null : query.delimiter())
              .maxKeys(limit)
              .continuationToken(position)
              .build();
      return link.call("list", client -> client.listObjectsV2(request))
          .thenCompose(this::take)
          .exceptionally(this::refused);
    }

    private ObjectPage refused(Throwable failure) {
      if (S3Failures.isNoBucket(failure)) {
        return new ObjectPage(List.of(), List.of(), "");
      }
      if (S3Failures.isInvalidArgument(failure) && !query.after().isEmpty()) {
        throw ContinuationTokens.invalid();
      }
      throw S3Failures.translated(failure);
    }

    private CompletableFuture<ObjectPage> take(ListObjectsV2Response page) {
      for (CommonPrefix common : page.commonPrefixes()) {
        String name = common.prefix().substring(prefix.length());
        commonPrefixes.add(name);
        bytes += name.length();
      }
      String position =
          Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
      return existing(page.contents()).thenCompose(found -> more(found, position));
    }

    private CompletableFuture<ObjectPage> more(
        List<StoredObject> found, @Nullable String position) {
      objects.addAll(found);
      found.forEach(object -> bytes += object.key().length());
      boolean full = objects.size() + commonPrefixes.size() >= query.limit();
      if (position == null || full || pages >= MAX_PAGES || bytes > MAX_BYTES) {
        return CompletableFuture.completedFuture(
            new ObjectPage(objects, commonPrefixes, position == null ? "" : position));
      }
      return next(position);
    }

    /** Those of S3's objects that have not expired. */
    private CompletableFuture<List<StoredObject>> existing(List<S3Object> contents) {
      if (contents.isEmpty()) {
        return CompletableFuture.completedFuture(List.of());
      }
      List<S3Object> ours =
          contents.stream().filter(object -> object.key().length() > prefix.length()).toList();
      if (ours.isEmpty()) {
        return CompletableFuture.completedFuture(List.of());
      }
      Markers markers = new Markers(keyOf(ours.getFirst()), keyOf(ours.getLast()));
      return markers
          .read(null)
          .thenCompose(
              expiries -> {
                List<CompletableFuture<Optional<StoredObject>>> answers =
                    new ArrayList<>(ours.size());
                CompletableFuture<?>[] asking = new CompletableFuture<?>[AT_A_TIME];
                java.util.Arrays.fill(asking, CompletableFuture.completedFuture(null));
                int asked = 0;
                for (S3Object object : ours) {
                  Expiry expiry = expiries.get(keyOf(object));
                  if (expiry == null || isBelievable(expiry, object)) {
                    answers.add(
                        CompletableFuture.completedFuture(Optional.of(listed(object, expiry))));
                    continue;
                  }
                  // In so many lines, each of which asks for one object after the other.
                  int line = asked % AT_A_TIME;
                  asked++;
                  CompletableFuture<Optional<StoredObject>> answer =
                      asking[line].thenCompose(before -> ask(object));
                  asking[line] = answer;
                  answers.add(answer);
                }
                return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .thenApply(
                        all ->
                            answers.stream()
                                .map(CompletableFuture::join)
                                .flatMap(Optional::stream)
                                .toList());
              });
    }

    private CompletableFuture<Optional<StoredObject>> ask(S3Object object) {
      ObjectName name = new ObjectName(query.namespace(), query.bucket(), keyOf(object));
      return ask.apply(name)
          .thenApply(known -> known.map(it -> listed(object, it.expiresAt(), it.contentType())));
    }

    private boolean isBelievable(Expiry expiry, S3Object object) {
      Duration gap = Duration.between(expiry.written(), object.lastModified());
      return expiry.onlyOne()
          && expiry.at().isAfter(clock.instant())
          && !gap.isNegative()
          && gap.compareTo(BELIEVED) <= 0;
    }

    private String keyOf(S3Object object) {
      return object.key().substring(prefix.length());
    }

    private StoredObject listed(S3Object object, @Nullable Expiry expiry) {
      return listed(object, expiry == null ? null : expiry.at(), "");
    }

    private StoredObject listed(S3Object object, @Nullable Instant expiresAt, String type) {
      return new StoredObject(
          keyOf(object),
          object.size(),
          S3Objects.etag(object.eTag()),
          object.lastModified(),
          type,
          expiresAt,
          Map.of(),
          "");
    }

    /** The markers of a run of keys. */
    private final class Markers {

      private final String markerPrefix = names.markerPrefixOf(query.namespace(), query.bucket());
      private final String first;
      private final String end;
      private final Map<String, Expiry> expiries = new HashMap<>();

      Markers(String firstKey, String lastKey) {
        first = markerPrefix + ExpiryMarkers.before(firstKey);
        end = markerPrefix + ExpiryMarkers.after(lastKey);
      }

      CompletableFuture<Map<String, Expiry>> read(@Nullable String position) {
        ListObjectsV2Request request =
            ListObjectsV2Request.builder()
                .bucket(bucket)
                .prefix(markerPrefix + ExpiryMarkers.escape(query.prefix()))
                .delimiter(
                    query.delimiter().isEmpty() ? null : ExpiryMarkers.escape(query.delimiter()))
                .startAfter(position == null ? first : null)
                .continuationToken(position)
                .build();
        return link.call("list_markers", client -> client.listObjectsV2(request))
            .thenCompose(this::take);
      }

      private CompletableFuture<Map<String, Expiry>> take(ListObjectsV2Response page) {
        boolean beyond = false;
        for (S3Object marker : page.contents()) {
          if (S3Objects.compare(marker.key(), end) >= 0) {
            beyond = true;
            break;
          }
          ExpiryMarkers.parse(marker.key().substring(markerPrefix.length()))
              .ifPresent(
                  parsed ->
                      expiries.merge(
                          parsed.key(),
                          new Expiry(parsed.expiresAt(), marker.lastModified(), true),
                          (one, other) -> new Expiry(one.at(), one.written(), false)));
        }
        return beyond || !Boolean.TRUE.equals(page.isTruncated())
            ? CompletableFuture.completedFuture(expiries)
            : read(page.nextContinuationToken());
      }
    }
  }
}

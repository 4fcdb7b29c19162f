package io.prism.objectstore;

import static io.prism.objectstore.testing.Client.BUCKET;
import static io.prism.objectstore.testing.Client.first;
import static io.prism.objectstore.testing.Client.listing;
import static io.prism.objectstore.testing.Client.request;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest;
import com.google.rpc.ResourceInfo;
import io.grpc.StatusRuntimeException;
import io.prism.config.v1.ObjectStoreConfig;
import io.prism.objectstore.domain.ObjectStoreReason;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.Http;
import io.prism.objectstore.testing.UploadStream;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.objectstore.v1.ListObjectsResponse;
import io.prism.objectstore.v1.ObjectMetadata;
import io.prism.objectstore.v1.PresignedURLResponse;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for objects wherever they are kept. */
abstract class ObjectStoreContract {

  static final int PART = 5 * 1024 * 1024;

  /** The service over the store in question, with parts of 5 MB. */
  abstract Fixture fixture();

  static ByteString random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  static String sha256(ByteString content) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(content.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000, PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 17})
  void whatWasPutIsGotWithItsSizeAndChecksum(int size) {
    Client client = fixture().client();
    ByteString content = random(size);
    PutObjectResponse put = client.put("dir/object", content);
    assertThat(put.getObjectId()).isEqualTo(BUCKET + "/dir/object");
    assertThat(put.getSizeBytes()).isEqualTo(size);
    assertThat(put.getSha256()).isEqualTo(sha256(content));
    assertThat(put.getEtag()).isNotEmpty();
    assertThat(client.get("dir/object")).isEqualTo(content);
    GetObjectResponse header = client.header("dir/object");
    assertThat(header.getSizeBytes()).isEqualTo(size);
    assertThat(header.getEtag()).isEqualTo(put.getEtag());
    HeadObjectResponse head = client.head("dir/object");
    assertThat(head.getObject().getKey()).isEqualTo("dir/object");
    assertThat(head.getObject().getSizeBytes()).isEqualTo(size);
    assertThat(head.getObject().getEtag()).isEqualTo(put.getEtag());
  }

  @Test
  void metadataContentTypeAndChecksumAreKept() {
    Client client = fixture().client();
    Map<String, String> metadata =
        Map.of(
            "plain", "value",
            "Mixed-Case", "Ünïcode ☃",
            "spaces", " around  and within ",
            "empty", "",
            "prism-own", "not ours",
            "kürzel", "x");
    ByteString content = random(1000);
    client.put(
        first("k")
            .setContentType("text/plain;charset=utf-8")
            .putAllMetadata(metadata)
            .setSha256(sha256(content)),
        content);
    HeadObjectResponse head = client.head("k");
    assertThat(head.getMetadataMap()).isEqualTo(metadata);
    assertThat(head.getSha256()).isEqualTo(sha256(content));
    assertThat(head.getObject().getContentType()).isEqualTo("text/plain;charset=utf-8");
    assertThat(head.getObject().hasExpiresAt()).isFalse();
    assertThat(Timestamps.toMillis(head.getObject().getLastModified()))
        .isBetween(
            Instant.now().minusSeconds(60).toEpochMilli(),
            Instant.now().plusSeconds(5).toEpochMilli());
    GetObjectResponse header = client.header("k");
    assertThat(header.getMetadataMap()).isEqualTo(metadata);
    assertThat(header.getContentType()).isEqualTo("text/plain;charset=utf-8");
    assertThat(header.getSha256()).isEqualTo(sha256(content));
  }

  @Test
  void withoutAContentTypeItIsOctetStream() {
    Client client = fixture().client();
    client.put("k", "x");
    assertThat(client.head("k").getObject().getContentType()).isEqualTo("application/octet-stream");
  }

  @Test
  void aSecondPutReplacesTheFirstAsAWhole() {
    Client client = fixture().client();
    client.put(first("k").putMetadata("a", "1").setTtlSeconds(1000), random(2 * PART));
    PutObjectResponse second = client.put("k", "second");
    assertThat(client.get("k").toStringUtf8()).isEqualTo("second");
    HeadObjectResponse head = client.head("k");
    assertThat(head.getMetadataMap()).isEmpty();
    assertThat(head.getObject().hasExpiresAt()).isFalse();
    assertThat(head.getObject().getEtag()).isEqualTo(second.getEtag());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 2 * PART})
  void aWrongChecksumIsRefusedAndLeavesNothing(int size) {
    Client client = fixture().client();
    client.put("k", "before");
    ByteString content = random(size);
    StatusRuntimeException failure =
        failsWith(
            ObjectStoreReason.CHECKSUM_MISMATCH,
            () -> client.put(first("k").setSha256("0".repeat(64)), content));
    assertThat(
            Failures.detail(failure, BadRequest.class)
                .orElseThrow()
                .getFieldViolations(0)
                .getField())
        .isEqualTo("sha256");
    assertThat(client.get("k").toStringUtf8()).isEqualTo("before");
    assertNothingIsLeft();
  }

  @Test
  void aChecksumInCapitalsIsTheSame() {
    Client client = fixture().client();
    ByteString content = random(10);
    client.put(first("k").setSha256(sha256(content).toUpperCase(java.util.Locale.ROOT)), content);
    assertThat(client.head("k").getSha256()).isEqualTo(sha256(content));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void whatIsCancelledAtWhateverPartLeavesNothing(int parts) {
    Client client = fixture().client();
    try (UploadStream upload = client.upload()) {
      upload.send(first("k").build());
      ByteString chunk = random(1024 * 1024);
      for (int i = 0; i < parts * 5 + 1; i++) {
        upload.send(PutObjectRequest.newBuilder().setChunk(chunk).build());
      }
      upload.cancel();
    }
    assertNothingIsLeft();
    failsWith(ObjectStoreReason.OBJECT_NOT_FOUND, () -> client.head("k"));
    assertThat(client.keys()).isEmpty();
  }

  /** No upload is going on, and none has left anything in the store. */
  abstract void assertNothingIsLeft();

  @ParameterizedTest
  @ValueSource(ints = {10, 2 * PART})
  void onlyIfNotExistsStoresOnceAndLeavesTheFirst(int size) {
    Client client = fixture().client();
    ByteString content = random(size);
    client.put(first("k").setOnlyIfNotExists(true), content);
    StatusRuntimeException failure =
        failsWith(
            ObjectStoreReason.OBJECT_ALREADY_EXISTS,
            () -> client.put(first("k").setOnlyIfNotExists(true), random(size + 1)));
    assertThat(Failures.detail(failure, ResourceInfo.class).orElseThrow().getResourceName())
        .isEqualTo(BUCKET + "/k");
    assertThat(client.get("k")).isEqualTo(content);
    assertNothingIsLeft();
  }

  @Test
  void ofManyWhoStoreOnlyIfNotExistsExactlyOneDoes() {
    Client client = fixture().client();
    List<UploadStream> uploads =
        IntStream.range(0, 8)
            .mapToObj(
                i -> {
                  UploadStream upload = client.upload();
                  upload.send(
                      first("k")
                          .setOnlyIfNotExists(true)
                          .setChunk(ByteString.copyFromUtf8("v" + i))
                          .build());
                  return upload;
                })
            .toList();
    List<String> winners = new ArrayList<>();
    uploads.forEach(UploadStream::end);
    for (UploadStream upload : uploads) {
      try {
        winners.add(upload.await().getSha256());
      } catch (StatusRuntimeException e) {
        assertThat(Failures.reasonOf(e)).isEqualTo("OBJECT_ALREADY_EXISTS");
      }
    }
    assertThat(winners).hasSize(1);
    assertThat(sha256(client.get("k"))).isEqualTo(winners.getFirst());
  }

  @Test
  void anExpiredObjectDoesNotExist() {
    Client client = fixture().client();
    client.put(first("k").setTtlSeconds(1), ByteString.copyFromUtf8("short"));
    client.put("other", "long");
    Await.until(
        "the end of the object",
        () -> {
          try {
            client.head("k");
            return false;
          } catch (StatusRuntimeException e) {
            return Failures.reasonOf(e).equals("OBJECT_NOT_FOUND");
          }
        });
    failsWith(ObjectStoreReason.OBJECT_NOT_FOUND, () -> client.get("k"));
    assertThat(client.keys()).containsExactly("other");
    client.put(first("k").setOnlyIfNotExists(true), ByteString.copyFromUtf8("again"));
    assertThat(client.get("k").toStringUtf8()).isEqualTo("again");
    assertThat(client.keys()).containsExactly("k", "other");
    client.put(first("gone").setTtlSeconds(1), ByteString.copyFromUtf8("short"));
    Await.until("the end of the object", () -> !client.keys().contains("gone"));
    assertThat(client.delete("gone")).isFalse();
  }

  @Test
  void theTimeToLiveIsTheRequestsElseTheConfigurationsAndListsShowIt() {
    Client client =
        fixture()
            .client(
                Fixture.newNamespace(),
                ObjectStoreConfig.newBuilder().setDefaultTtlSeconds(5000).build());
    Instant begin = Instant.now();
    client.put("configured", "x");
    client.put(first("requested").setTtlSeconds(1000), ByteString.copyFromUtf8("x"));
    client.put(first("parts #1!").setTtlSeconds(2000), random(PART + 1));
    Map<String, Integer> expected =
        Map.of("configured", 5000, "requested", 1000, "parts #1!", 2000);
    ListObjectsResponse page = client.list(listing());
    assertThat(page.getObjectsCount()).isEqualTo(3);
    for (ObjectMetadata listed : page.getObjectsList()) {
      long seconds = Objects.requireNonNull(expected.get(listed.getKey()));
      assertThat(listed.getExpiresAt().getSeconds())
          .as(listed.getKey())
          .isBetween(begin.getEpochSecond() + seconds, begin.getEpochSecond() + seconds + 30);
      assertThat(client.head(listed.getKey()).getObject().getExpiresAt())
          .isEqualTo(listed.getExpiresAt());
    }
    client.put("configured", "again");
    client.put(first("requested").setTtlSeconds(77_000), ByteString.copyFromUtf8("again"));
    for (ObjectMetadata listed : client.list(listing()).getObjectsList()) {
      assertThat(listed.getExpiresAt())
          .isEqualTo(client.head(listed.getKey()).getObject().getExpiresAt());
    }
  }

  @Test
  void deletedSaysWhetherThereWasSomething() {
    Client client = fixture().client();
    client.put("k", "x");
    assertThat(client.delete("k")).isTrue();
    assertThat(client.delete("k")).isFalse();
    StatusRuntimeException failure =
        failsWith(ObjectStoreReason.OBJECT_NOT_FOUND, () -> client.get("k"));
    assertThat(Failures.detail(failure, ResourceInfo.class).orElseThrow().getResourceName())
        .isEqualTo(BUCKET + "/k");
    failsWith(ObjectStoreReason.OBJECT_NOT_FOUND, () -> client.head("k"));
  }

  @Test
  void rangesBeginInclusiveAndEndExclusive() {
    Client client = fixture().client();
    ByteString content = random(300_000);
    client.put("k", content);
    assertThat(client.get(request("k").setRangeStart(0).setRangeEnd(1)))
        .isEqualTo(content.substring(0, 1));
    assertThat(client.get(request("k").setRangeStart(100_000).setRangeEnd(200_001)))
        .isEqualTo(content.substring(100_000, 200_001));
    assertThat(client.get(request("k").setRangeStart(299_999)))
        .isEqualTo(content.substring(299_999));
    assertThat(client.get(request("k").setRangeEnd(5))).isEqualTo(content.substring(0, 5));
    assertThat(client.get(request("k").setRangeStart(299_990).setRangeEnd(Long.MAX_VALUE)))
        .isEqualTo(content.substring(299_990));
    GetObjectResponse header =
        client.stub().getObject(request("k").setRangeStart(7).setRangeEnd(9).build()).next();
    assertThat(header.getSizeBytes()).isEqualTo(300_000);
  }

  @Test
  void rangesBeyondTheEndAreRefused() {
    Client client = fixture().client();
    client.put("k", "0123456789");
    client.put("empty", "");
    StatusRuntimeException failure =
        failsWith(
            ObjectStoreReason.RANGE_INVALID, () -> client.get(request("k").setRangeStart(10)));
    assertThat(Failures.infoOf(failure).getMetadataMap()).containsEntry("size_bytes", "10");
    failsWith(
        ObjectStoreReason.RANGE_INVALID,
        () -> client.get(request("k").setRangeStart(11).setRangeEnd(20)));
    failsWith(ObjectStoreReason.RANGE_INVALID, () -> client.get(request("empty").setRangeStart(1)));
    failsWith(
        ObjectStoreReason.OBJECT_NOT_FOUND, () -> client.get(request("none").setRangeStart(1)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get(request("k").setRangeStart(-1)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get(request("k").setRangeEnd(0)));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.get(request("k").setRangeStart(5).setRangeEnd(5)));
    assertThat(client.get(request("empty").setRangeStart(0).setRangeEnd(10))).isEmpty();
    assertThat(client.get("empty")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with space",
        " leading and trailing ",
        "plus+percent%25%zz",
        "ünïcödé/☃/\uD83D\uDE80",
        "a=b&c?d#e;f,g:h@i!j$k'(l)*~",
        "quote\"back\\slash<tag>",
        ".hidden/..name/name..",
      })
  void oddKeysAreKept(String key) {
    Client client = fixture().client();
    client.put(first(key).setTtlSeconds(10_000), ByteString.copyFromUtf8("v"));
    assertThat(client.get(key).toStringUtf8()).isEqualTo("v");
    assertThat(client.head(key).getObject().getKey()).isEqualTo(key);
    assertThat(client.keys()).containsExactly(key);
    assertThat(client.list(listing()).getObjects(0).hasExpiresAt()).isTrue();
    assertThat(client.delete(key)).isTrue();
    assertThat(client.keys()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/..", "../a", "a/../b", "line\nbreak", "nul\0"})
  void badKeysAreRefused(String key) {
    Client client = fixture().client();
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.put(key, "x"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get(key));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.head(key));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.delete(key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "Capital", "under_score", "dot.dot", "-a-", "a/b", "ns/../x"})
  void badBucketsAreRefused(String bucket) {
    Client client = fixture().client();
    StatusRuntimeException failure =
        failsWith(
            CallReason.INVALID_ARGUMENT,
            () -> client.put(first("k").setBucket(bucket), ByteString.EMPTY));
    assertThat(
            Failures.detail(failure, BadRequest.class)
                .orElseThrow()
                .getFieldViolations(0)
                .getField())
        .isEqualTo("bucket");
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.list(listing().setBucket(bucket)));
  }

  @Test
  void aKeyOfMoreThan1024BytesIsRefused() {
    Client client = fixture().client();
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.put("ü".repeat(513), "x"));
  }

  @Test
  void limitsOfMetadataChunksAndSizesAreKept() {
    Client client = fixture().client();
    failsWith(
        CallReason.LIMIT_EXCEEDED,
        () -> client.put(first("k").putMetadata("m", "x".repeat(2048)), ByteString.EMPTY));
    failsWith(
        CallReason.LIMIT_EXCEEDED,
        () -> client.put(first("k"), random(4 * 1024 * 1024 + 1), 8_000_000));
    for (long ttl : new long[] {0, -1, Long.MAX_VALUE}) {
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () -> client.put(first("k").setTtlSeconds(ttl), ByteString.EMPTY));
    }
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.put(first("k").setSha256("abc"), ByteString.EMPTY));
    Client limited =
        fixture()
            .client(
                client.namespace(),
                ObjectStoreConfig.newBuilder().setMaxObjectBytes(PART + 10L).build());
    failsWith(ObjectStoreReason.OBJECT_TOO_LARGE, () -> limited.put("k", random(PART + 11)));
    assertThat(client.keys()).isEmpty();
    limited.put("k", random(PART + 10));
    assertNothingIsLeft();
  }

  @Test
  void headerFieldsBelongIntoTheFirstMessage() {
    Client client = fixture().client();
    for (PutObjectRequest later :
        List.of(
            PutObjectRequest.newBuilder().setBucket(BUCKET).build(),
            PutObjectRequest.newBuilder().setKey("k").build(),
            PutObjectRequest.newBuilder().putMetadata("a", "b").build(),
            PutObjectRequest.newBuilder().setContentType("a/b").build(),
            PutObjectRequest.newBuilder().setTtlSeconds(5).build(),
            PutObjectRequest.newBuilder().setSha256("0".repeat(64)).build(),
            PutObjectRequest.newBuilder().setOnlyIfNotExists(true).build())) {
      try (UploadStream upload = client.upload()) {
        upload.send(first("k").build());
        upload.send(later);
        failsWith(CallReason.INVALID_ARGUMENT, upload::await);
      }
    }
    try (UploadStream upload = client.upload()) {
      failsWith(CallReason.INVALID_ARGUMENT, upload::finish);
    }
    assertThat(client.keys()).isEmpty();
  }

  @Test
  void namespacesNeverMeet() {
    Client one = fixture().client();
    Client other = fixture().client();
    one.put("k", "one");
    other.put("k", "other");
    other.put("theirs", "x");
    assertThat(one.get("k").toStringUtf8()).isEqualTo("one");
    assertThat(one.keys()).containsExactly("k");
    failsWith(ObjectStoreReason.OBJECT_NOT_FOUND, () -> one.get("theirs"));
    assertThat(one.delete("theirs")).isFalse();
    assertThat(other.get("theirs").toStringUtf8()).isEqualTo("x");
    one.put(first("k").setBucket("things-2"), ByteString.EMPTY);
    assertThat(one.keys()).containsExactly("k");
    assertThat(one.get("k").toStringUtf8()).isEqualTo("one");
  }

  @Test
  void listsByPrefixAndDelimiterInTheOrderOfKeys() {
    Client client = fixture().client();
    List.of("b/1", "b/2", "a", "b/c/3", "b-4", "c", "d/5", "\u00fc")
        .forEach(key -> client.put(key, key));
    assertThat(client.keys())
        .containsExactly("a", "b-4", "b/1", "b/2", "b/c/3", "c", "d/5", "\u00fc");
    ListObjectsResponse top = client.list(listing().setDelimiter("/"));
    assertThat(Client.keys(top)).containsExactly("a", "b-4", "c", "\u00fc");
    assertThat(top.getCommonPrefixesList()).containsExactly("b/", "d/");
    assertThat(top.getIsTruncated()).isFalse();
    assertThat(top.getContinuationToken()).isEmpty();
    ListObjectsResponse within = client.list(listing().setPrefix("b/").setDelimiter("/"));
    assertThat(Client.keys(within)).containsExactly("b/1", "b/2");
    assertThat(within.getCommonPrefixesList()).containsExactly("b/c/");
    assertThat(Client.keys(client.list(listing().setPrefix("b")))).hasSize(4);
    assertThat(Client.keys(client.list(listing().setPrefix("x")))).isEmpty();
    assertThat(client.list(listing().setBucket("never-used")).getObjectsList()).isEmpty();
    assertThat(top.getObjects(0).getSizeBytes()).isEqualTo(1);
    assertThat(top.getObjects(0).getEtag()).isEqualTo(client.head("a").getObject().getEtag());
  }

  @Test
  void keysAreInTheOrderOfTheirBytes() {
    Client client = fixture().client();
    List<String> keys = List.of("B", "a", "a ", "a!", "a-", "a0", "\uff21");
    keys.reversed().forEach(key -> client.put(first(key).setTtlSeconds(9000), random(1)));
    assertThat(client.keys()).isEqualTo(keys);
    assertThat(client.list(listing()).getObjectsList()).allMatch(ObjectMetadata::hasExpiresAt);
  }

  @Test
  void pagesHaveEachKeyAndEachCommonPrefixOnce() {
    Client client = fixture().client();
    for (int i = 0; i < 25; i++) {
      client.put("dir-%d/%02d".formatted(i % 5, i), "x");
      client.put("key-%02d".formatted(i), "x");
    }
    for (String delimiter : List.of("", "/")) {
      List<String> keys = new ArrayList<>();
      List<String> prefixes = new ArrayList<>();
      String token = "";
      int pages = 0;
      do {
        ListObjectsResponse page =
            client.list(
                listing().setMaxResults(7).setDelimiter(delimiter).setContinuationToken(token));
        assertThat(page.getObjectsCount() + page.getCommonPrefixesCount()).isBetween(1, 7);
        assertThat(page.getIsTruncated()).isEqualTo(!page.getContinuationToken().isEmpty());
        keys.addAll(Client.keys(page));
        prefixes.addAll(page.getCommonPrefixesList());
        token = page.getContinuationToken();
        pages++;
      } while (!token.isEmpty() && pages < 20);
      assertThat(keys).isSorted().doesNotHaveDuplicates().hasSize(delimiter.isEmpty() ? 50 : 25);
      assertThat(prefixes).isSorted().doesNotHaveDuplicates().hasSize(delimiter.isEmpty() ? 0 : 5);
    }
  }

  @Test
  void continuationTokensAreOfUseForTheirOwnListingOnly() {
    Client client = fixture().client();
    client.put("a", "x");
    client.put("b", "x");
    String token = client.list(listing().setMaxResults(1)).getContinuationToken();
    assertThat(Client.keys(client.list(listing().setMaxResults(1).setContinuationToken(token))))
        .containsExactly("b");
    Client other = fixture().client();
    failsWith(
        ObjectStoreReason.CONTINUATION_TOKEN_INVALID,
        () -> other.list(listing().setContinuationToken(token)));
    failsWith(
        ObjectStoreReason.CONTINUATION_TOKEN_INVALID,
        () -> client.list(listing().setPrefix("a").setContinuationToken(token)));
    failsWith(
        ObjectStoreReason.CONTINUATION_TOKEN_INVALID,
        () -> client.list(listing().setContinuationToken(token.substring(1))));
    failsWith(
        ObjectStoreReason.CONTINUATION_TOKEN_INVALID,
        () -> client.list(listing().setContinuationToken("no token")));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.list(listing().setMaxResults(-1)));
  }

  @Test
  void presignedUrlsAreOfUseToAPlainClientOfHttp() throws Exception {
    Client client = fixture().client();
    PresignedURLResponse put =
        client.sign("a b/ü+%25.txt", HttpMethod.HTTP_METHOD_PUT, "text/plain;charset=utf-8");
    HttpResponse<String> stored =
        Http.send(put, "PUT", BodyPublishers.ofString("by url", StandardCharsets.UTF_8), Map.of());
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
    assertThat(client.get("a b/ü+%25.txt").toStringUtf8()).isEqualTo("by url");
    HeadObjectResponse head = client.head("a b/ü+%25.txt");
    assertThat(head.getObject().getContentType()).isEqualTo("text/plain;charset=utf-8");
    assertThat(head.getMetadataMap()).isEmpty();
    assertThat(client.keys()).containsExactly("a b/ü+%25.txt");

    PresignedURLResponse get = client.sign("a b/ü+%25.txt", HttpMethod.HTTP_METHOD_GET, "");
    HttpResponse<String> got = Http.send(get, "GET", BodyPublishers.noBody(), Map.of());
    assertThat(got.statusCode()).isEqualTo(200);
    assertThat(got.body()).isEqualTo("by url");
    assertThat(got.headers().firstValue("content-type")).contains("text/plain;charset=utf-8");

    PresignedURLResponse delete = client.sign("a b/ü+%25.txt", HttpMethod.HTTP_METHOD_DELETE, "");
    assertThat(Http.send(delete, "DELETE", BodyPublishers.noBody(), Map.of()).statusCode())
        .isEqualTo(204);
    assertThat(client.keys()).isEmpty();
    assertThat(Http.send(get, "GET", BodyPublishers.noBody(), Map.of()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void aPresignedUrlServesAPartOfAnObject() throws Exception {
    Client client = fixture().client();
    client.put("k", "0123456789");
    PresignedURLResponse get = client.sign("k", HttpMethod.HTTP_METHOD_GET, "");
    HttpResponse<String> part = part(get, "bytes=2-4");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("234");
    assertThat(part.headers().firstValue("content-range")).contains("bytes 2-4/10");
    assertThat(part(get, "bytes=7-").body()).isEqualTo("789");
    assertThat(part(get, "bytes=-2").body()).isEqualTo("89");
    assertThat(part(get, "bytes=8-100").headers().firstValue("content-range"))
        .contains("bytes 8-9/10");
    assertThat(part(get, "bytes=10-").statusCode()).isEqualTo(416);
  }

  static HttpResponse<String> part(PresignedURLResponse get, String range) throws Exception {
    return Http.send(get, "GET", BodyPublishers.noBody(), Map.of("Range", range));
  }

  @Test
  void aPresignedUrlAllowsOneThingWithOneObjectOnly() throws Exception {
    Client client = fixture().client();
    client.put("k", "mine");
    client.put("l", "other");
    PresignedURLResponse get = client.sign("k", HttpMethod.HTTP_METHOD_GET, "");
    assertThat(Http.send(get, "PUT", BodyPublishers.ofString("x"), Map.of()).statusCode())
        .isEqualTo(403);
    assertThat(Http.send(get, "DELETE", BodyPublishers.noBody(), Map.of()).statusCode())
        .isEqualTo(403);
    // The key is the last of its path, or a parameter of its own.
    String changed = get.getUrl().replaceFirst("/k\\?", "/l?").replaceFirst("key=k&", "key=l&");
    assertThat(changed).isNotEqualTo(get.getUrl());
    assertThat(
            Http.send(
                    get.toBuilder().setUrl(changed).build(),
                    "GET",
                    BodyPublishers.noBody(),
                    Map.of())
                .statusCode())
        .isEqualTo(403);
    PresignedURLResponse put = client.sign("k", HttpMethod.HTTP_METHOD_PUT, "image/png");
    assertThat(put.getHeadersMap()).containsValue("image/png");
    assertThat(
            Http.send(
                    put.toBuilder().clearHeaders().build(),
                    "PUT",
                    BodyPublishers.ofString("x"),
                    Map.of("Content-Type", "text/html"))
                .statusCode())
        .isEqualTo(403);
    assertThat(client.get("k").toStringUtf8()).isEqualTo("mine");
  }

  @Test
  void presignedUrlsWorkForAnHourAtMostAndNotLonger() throws Exception {
    Client client = fixture().client();
    client.put("k", "x");
    Instant begin = Instant.now();
    PresignedURLResponse standard = client.sign("k", HttpMethod.HTTP_METHOD_GET, "");
    assertThat(standard.getExpiresAt().getSeconds())
        .isBetween(begin.getEpochSecond() + 3599, begin.getEpochSecond() + 3630);
    for (Duration bad :
        List.of(Durations.ZERO, Durations.fromSeconds(-1), Durations.fromSeconds(3601))) {
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () ->
              client
                  .stub()
                  .getPresignedURL(
                      Client.url("k", HttpMethod.HTTP_METHOD_GET).setExpiresIn(bad).build()));
    }
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.sign("k", HttpMethod.HTTP_METHOD_UNSPECIFIED, ""));
    PresignedURLResponse brief =
        client
            .stub()
            .getPresignedURL(
                Client.url("k", HttpMethod.HTTP_METHOD_GET)
                    .setExpiresIn(Durations.fromSeconds(1))
                    .build());
    Await.until(
        "the end of the URL",
        () -> Http.send(brief, "GET", BodyPublishers.noBody(), Map.of()).statusCode() == 403);
  }

  @Test
  void urlsForPutAndDeleteNeedTheRightToWrite() {
    Client reader = fixture().reader(Fixture.newNamespace(), false);
    reader.sign("k", HttpMethod.HTTP_METHOD_GET, "");
    StatusRuntimeException failure =
        failsWith(
            CallReason.PERMISSION_DENIED, () -> reader.sign("k", HttpMethod.HTTP_METHOD_PUT, ""));
    assertThat(Failures.infoOf(failure).getMetadataMap())
        .containsEntry("required", "objectstore:write")
        .containsEntry("namespace", reader.namespace());
    failsWith(
        CallReason.PERMISSION_DENIED, () -> reader.sign("k", HttpMethod.HTTP_METHOD_DELETE, ""));
    failsWith(CallReason.PERMISSION_DENIED, () -> reader.put("k", "x"));
    Client readOnly = fixture().reader(Fixture.newNamespace(), true);
    readOnly.sign("k", HttpMethod.HTTP_METHOD_GET, "");
    failsWith(
        CallReason.SESSION_READ_ONLY, () -> readOnly.sign("k", HttpMethod.HTTP_METHOD_PUT, ""));
    failsWith(CallReason.SESSION_READ_ONLY, () -> readOnly.put("k", "x"));
  }

  @Test
  void whatIsPutByUrlLivesAsLongAsTheConfigurationSays() throws Exception {
    Client client =
        fixture()
            .client(
                Fixture.newNamespace(),
                ObjectStoreConfig.newBuilder().setDefaultTtlSeconds(500).build());
    PresignedURLResponse put = client.sign("k", HttpMethod.HTTP_METHOD_PUT, "");
    assertThat(Http.send(put, "PUT", BodyPublishers.ofString("x"), Map.of()).statusCode())
        .isEqualTo(200);
    ObjectMetadata listed = client.list(listing()).getObjects(0);
    assertThat(listed.getExpiresAt().getSeconds())
        .isBetween(put.getExpiresAt().getSeconds() + 499, put.getExpiresAt().getSeconds() + 510);
    assertThat(client.head("k").getObject().getExpiresAt()).isEqualTo(listed.getExpiresAt());
  }

  /** Makes this many objects {@code dir-<n mod 100>/<n>} past the service, quickly. */
  abstract void fill(Client client, int count);

  @Test
  void tenThousandKeysAreListedInOnePageOrByDelimiter() {
    Client client = fixture().client();
    fill(client, 10_050);
    ListObjectsResponse page = client.list(listing().setMaxResults(1_000_000));
    assertThat(page.getObjectsCount()).isEqualTo(10_000);
    assertThat(page.getIsTruncated()).isTrue();
    assertThat(Client.keys(page)).isSorted().doesNotHaveDuplicates();
    ListObjectsResponse rest =
        client.list(
            listing().setMaxResults(10_000).setContinuationToken(page.getContinuationToken()));
    assertThat(rest.getObjectsCount()).isEqualTo(50);
    assertThat(rest.getIsTruncated()).isFalse();
    assertThat(client.list(listing()).getObjectsCount()).isEqualTo(100);
    ListObjectsResponse folders = client.list(listing().setDelimiter("/").setMaxResults(1000));
    assertThat(folders.getCommonPrefixesList()).hasSize(100).isSorted();
    assertThat(folders.getObjectsList()).isEmpty();
    assertThat(folders.getIsTruncated()).isFalse();
    assertThat(Client.keys(client.list(listing().setPrefix("dir-07/").setMaxResults(1000))))
        .hasSize(101)
        .allMatch(key -> key.startsWith("dir-07/"));
  }
}

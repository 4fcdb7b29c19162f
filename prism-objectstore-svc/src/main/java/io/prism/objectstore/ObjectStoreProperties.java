package io.prism.objectstore;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The ObjectStore service.
 *
 * @param store where objects are kept
 * @param maxObjectSize largest object; 0: as large as the store takes
 * @param upload what uploads may use
 * @param sweep how what has expired and what uploads have left is removed
 * @param s3 where S3 is
 * @param files where files are
 */
@Validated
@ConfigurationProperties("prism.objectstore")
public record ObjectStoreProperties(
    @DefaultValue("s3") Store store,
    @DefaultValue("0B") DataSize maxObjectSize,
    @DefaultValue UploadSettings upload,
    @DefaultValue SweepSettings sweep,
    @DefaultValue S3Server s3,
    @DefaultValue Files files) {

  /** Where objects are kept. */
  public enum Store {
    /** In S3, or in what speaks its protocol. */
    S3,
    /** As files of this machine with an index in PostgreSQL, for local mode. */
    FILES
  }

  /**
   * What uploads may use.
   *
   * @param partSize size of the parts that an object is stored in, at least 5 MB; S3 takes 10 000
   *     of them, so this bounds the size of objects. An upload holds two parts
   * @param memory for all uploads of more than 256 KB together; so many run at a time as have room
   *     for two parts each, and the others wait
   * @param maxWaiting most uploads that wait for memory; more are refused with OVERLOADED
   * @param idleLimit how long a chunk may take to come when there is room for it, before the upload
   *     ends with DEADLINE_EXCEEDED
   */
  public record UploadSettings(
      @DefaultValue("8MB") DataSize partSize,
      @DefaultValue("128MB") DataSize memory,
      @DefaultValue("1000") @Min(0) int maxWaiting,
      @DefaultValue("60s") Duration idleLimit) {}

  /**
   * How what has expired and what uploads have left is removed; nobody reads it meanwhile.
   *
   * @param interval between two sweeps
   * @param leftoverAge after which what an upload has left, and nobody completes, is removed
   */
  public record SweepSettings(
      @DefaultValue("10m") Duration interval, @DefaultValue("24h") Duration leftoverAge) {}

  /**
   * Where S3 is, and how it is talked to.
   *
   * @param endpoint URL of what speaks S3's protocol; unset: AWS
   * @param publicEndpoint URL by which clients reach it, for presigned URLs; unset: the endpoint
   * @param region of the buckets
   * @param accessKey unset: the credentials that the AWS SDK finds by itself
   * @param secretKey of the access key
   * @param bucket that holds the objects of all namespaces; nothing else belongs into it
   * @param bucketPerNamespace whether each namespace has a bucket of its own instead, called by the
   *     bucket's name, a hyphen and the namespace
   * @param pathStyle whether the bucket is named in the path of URLs and not in the host
   * @param checksums whether the SDK's checksums are used where S3 does not need them, which not
   *     all that speak its protocol understand
   * @param maxConnections most connections
   * @param connectTimeout how long to wait for a connection
   * @param timeLimit of a call, with its retries
   * @param partTimeLimit of a call that sends an object or a part
   * @param completeTimeLimit of the call that puts the parts of an object together
   */
  public record S3Server(
      @Nullable URI endpoint,
      @Nullable URI publicEndpoint,
      @DefaultValue("us-east-1") @NotBlank String region,
      @Nullable String accessKey,
      @Nullable String secretKey,
      @DefaultValue("prism") @NotBlank String bucket,
      @DefaultValue("false") boolean bucketPerNamespace,
      @DefaultValue("false") boolean pathStyle,
      @DefaultValue("when_required") Checksums checksums,
      @DefaultValue("256") @Min(1) int maxConnections,
      @DefaultValue("2s") Duration connectTimeout,
      @DefaultValue("10s") Duration timeLimit,
      @DefaultValue("60s") Duration partTimeLimit,
      @DefaultValue("5m") Duration completeTimeLimit) {}

  /** When the SDK makes and checks checksums. */
  public enum Checksums {
    /** Where S3 requires them. */
    WHEN_REQUIRED,
    /** Wherever S3 supports them. */
    WHEN_SUPPORTED
  }

  /**
   * Where files are.
   *
   * @param folder that holds them
   * @param publicEndpoint URL by which clients reach the management port, for presigned URLs
   * @param urlKey what presigned URLs are signed with, 32 characters or more; unset: made at each
   *     start, so that URLs of before do not work any more
   */
  public record Files(
      @DefaultValue("objects") Path folder,
      @DefaultValue("http://localhost:8981") URI publicEndpoint,
      @Nullable String urlKey) {}
}

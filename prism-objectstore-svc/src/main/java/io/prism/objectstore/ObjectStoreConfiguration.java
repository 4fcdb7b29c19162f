package io.prism.objectstore;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.objectstore.ObjectStoreProperties.S3Server;
import io.prism.objectstore.ObjectStoreProperties.UploadSettings;
import io.prism.objectstore.domain.ObjectRules;
import io.prism.objectstore.domain.ObjectStore;
import io.prism.objectstore.domain.StalledUploads;
import io.prism.objectstore.domain.UploadLimits;
import io.prism.objectstore.domain.UploadMemory;
import io.prism.objectstore.domain.Uploads;
import io.prism.objectstore.files.FileObjectStore;
import io.prism.objectstore.files.FileSettings;
import io.prism.objectstore.files.SignedUrlServlet;
import io.prism.objectstore.s3.S3Failures;
import io.prism.objectstore.s3.S3Link;
import io.prism.objectstore.s3.S3ObjectStore;
import io.prism.objectstore.s3.S3Settings;
import io.prism.objectstore.s3.S3Sweep;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuards;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the ObjectStore service over its store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ObjectStoreProperties.class)
class ObjectStoreConfiguration {

  /** What S3 takes at least, but of the last part. */
  private static final int MIN_PART_BYTES = 5 * 1024 * 1024;

  @Bean
  UploadLimits uploadLimits(ObjectStoreProperties properties) {
    int partBytes = Math.toIntExact(properties.upload().partSize().toBytes());
    if (partBytes < MIN_PART_BYTES) {
      throw new IllegalArgumentException(
          "prism.objectstore.upload.part-size: %d bytes (expected: at least %d)"
              .formatted(partBytes, MIN_PART_BYTES));
    }
    return new UploadLimits(
        partBytes, ObjectRules.MAX_CHUNK_BYTES, properties.maxObjectSize().toBytes());
  }

  @Bean
  UploadMemory uploadMemory(
      ObjectStoreProperties properties, UploadLimits limits, MeterRegistry meters) {
    UploadSettings settings = properties.upload();
    long shares = Math.max(1, settings.memory().toBytes() / (2L * limits.partBytes()));
    UploadMemory memory = new UploadMemory(Math.toIntExact(shares), settings.maxWaiting());
    Gauge.builder("prism.objectstore.uploads", memory, UploadMemory::inUse)
        .description("uploads of more than 256 KB that have memory")
        .register(meters);
    Gauge.builder("prism.objectstore.upload.held", memory, UploadMemory::held)
        .baseUnit("bytes")
        .description("what uploads have received and the store has not stored yet")
        .register(meters);
    return memory;
  }

  @Bean
  StalledUploads stalledUploads(ObjectStoreProperties properties) {
    return new StalledUploads(properties.upload().idleLimit());
  }

  @Bean
  Uploads uploads(
      ObjectStore store, UploadLimits limits, UploadMemory memory, StalledUploads stalls) {
    return new Uploads(store, limits, memory, stalls);
  }

  @Bean
  PrismFeature presignedUrlsFeature() {
    return new PrismFeature("objectstore.presigned_urls");
  }

  /** In S3. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(
      name = "prism.objectstore.store",
      havingValue = "s3",
      matchIfMissing = true)
  static class S3 {

    @Bean
    S3Link s3Link(ObjectStoreProperties properties, BackendGuards guards) {
      return new S3Link(settings(properties.s3()), guards.guard("s3", S3Failures::isOutage));
    }

    private static S3Settings settings(S3Server server) {
      return new S3Settings(
          server.endpoint(),
          server.publicEndpoint(),
          server.region(),
          server.accessKey(),
          server.secretKey(),
          server.bucket(),
          server.bucketPerNamespace(),
          server.pathStyle(),
          server.checksums() == ObjectStoreProperties.Checksums.WHEN_SUPPORTED,
          server.maxConnections(),
          server.connectTimeout(),
          server.timeLimit(),
          server.partTimeLimit(),
          server.completeTimeLimit());
    }

    @Bean
    S3ObjectStore objectStore(S3Link link) {
      return new S3ObjectStore(link, Clock.systemUTC());
    }

    @Bean
    Sweeper sweeper(S3ObjectStore store, ObjectStoreProperties properties) {
      S3Sweep.Limits limits = new S3Sweep.Limits(properties.sweep().leftoverAge());
      return new Sweeper(() -> store.sweep(limits), properties.sweep().interval());
    }
  }

  /** As files. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "prism.objectstore.store", havingValue = "files")
  static class AsFiles {

    @Bean
    FileSettings fileSettings(ObjectStoreProperties properties) {
      ObjectStoreProperties.Files files = properties.files();
      return new FileSettings(files.folder(), files.publicEndpoint(), files.urlKey());
    }

    @Bean
    Sweeper sweeper(FileObjectStore store, ObjectStoreProperties properties) {
      Duration leftoverAge = properties.sweep().leftoverAge();
      return new Sweeper(() -> store.sweep(leftoverAge), properties.sweep().interval());
    }

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    ServletRegistrationBean<SignedUrlServlet> signedUrlRegistration(SignedUrlServlet servlet) {
      return new ServletRegistrationBean<>(servlet, SignedUrlServlet.PATH);
    }
  }
}

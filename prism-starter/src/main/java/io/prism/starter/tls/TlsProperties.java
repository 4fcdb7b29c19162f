package io.prism.starter.tls;

import io.grpc.TlsServerCredentials.ClientAuth;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * TLS between clients and services and between services.
 *
 * @param bundle the SSL bundle ({@code spring.ssl.bundle}) with this instance's certificate and the
 *     authorities it trusts; unset: plain text. A bundle with {@code reload-on-update} is followed
 * @param clientAuth whether clients must present a certificate of a trusted authority: NONE (never
 *     asked), OPTIONAL (checked when there is one) or REQUIRE
 */
@ConfigurationProperties("prism.tls")
public record TlsProperties(@Nullable String bundle, @DefaultValue("NONE") ClientAuth clientAuth) {}

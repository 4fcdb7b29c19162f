package io.prism.pubsub.nats;

import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where NATS is, and how it is used.
 *
 * @param servers URLs, {@code nats://host:port}
 * @param username null: none
 * @param password null: none
 * @param token null: none
 * @param credentials file of a user's JWT and key; null: none
 * @param tls null: as the URLs say
 * @param timeLimit after which NATS counts as unreachable
 * @param dispatchers threads that take events from NATS
 * @param heartbeat how often an instance says that it lives
 * @param forgetAfter how long an instance that says nothing counts as having its subscriptions
 */
public record NatsSettings(
    List<String> servers,
    @Nullable String username,
    @Nullable String password,
    @Nullable String token,
    @Nullable String credentials,
    @Nullable SSLContext tls,
    Duration timeLimit,
    int dispatchers,
    Duration heartbeat,
    Duration forgetAfter) {}

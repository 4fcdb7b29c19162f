package io.prism.starter.peer;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The other replicas of a service, for calls about streams that another one has.
 *
 * @param addresses where the replicas listen, each {@code host:port}; a name stands for all its
 *     addresses, so a headless Service is enough, and this replica's own address may be among them.
 *     Empty: this replica is alone. With {@code prism.tls.bundle} the replicas' certificates must
 *     name the host
 * @param lookupInterval how often the names are looked up again
 * @param timeLimit how long a replica may take to answer; the deadline of the client's call may
 *     leave less
 * @param silenceTimeout how long a replica may say nothing before it counts as out of reach; each
 *     says something every second
 * @param forgetAfter how long a replica out of reach still counts as having the streams that it had
 */
@ConfigurationProperties("prism.peer")
public record PeerProperties(
    @DefaultValue List<String> addresses,
    @DefaultValue("5s") Duration lookupInterval,
    @DefaultValue("2s") Duration timeLimit,
    @DefaultValue("5s") Duration silenceTimeout,
    @DefaultValue("10s") Duration forgetAfter) {}

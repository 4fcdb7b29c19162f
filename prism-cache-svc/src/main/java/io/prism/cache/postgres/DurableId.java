package io.prism.cache.postgres;

import jakarta.persistence.Embeddable;
import java.io.Serializable;

/** What identifies a durable row. */
@Embeddable
record DurableId(String namespace, String name) implements Serializable {}

/** Runs a Kafka broker in the child JVM that prism-local starts. */
@NullMarked
package io.prism.local.kafka;

import org.jspecify.annotations.NullMarked;

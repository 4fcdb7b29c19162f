/** The rules of queues: names, validation, delivery and acknowledgement, in plain Java. */
@NullMarked
package io.prism.queue.domain;

import org.jspecify.annotations.NullMarked;

/** The services of local mode: each in a Spring context of its own, all on one gRPC port. */
@NullMarked
package io.prism.local.services;

import org.jspecify.annotations.NullMarked;

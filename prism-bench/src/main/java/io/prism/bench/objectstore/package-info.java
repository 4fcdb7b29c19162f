/** Scenarios of the ObjectStore service, beside the AWS SDK. */
@NullMarked
package io.prism.bench.objectstore;

import org.jspecify.annotations.NullMarked;

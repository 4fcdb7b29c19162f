/** A client of the service, the service, and what stands in for S3. */
@NullMarked
package io.prism.objectstore.testing;

import org.jspecify.annotations.NullMarked;

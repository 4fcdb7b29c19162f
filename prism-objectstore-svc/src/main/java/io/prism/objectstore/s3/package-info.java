/** Objects in S3, or in what speaks its protocol. */
@NullMarked
package io.prism.objectstore.s3;

import org.jspecify.annotations.NullMarked;

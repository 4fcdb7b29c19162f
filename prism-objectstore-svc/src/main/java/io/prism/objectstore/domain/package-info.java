/**
 * The rules of objects: names, limits, uploads, ranges; and the port that a store stands behind.
 */
@NullMarked
package io.prism.objectstore.domain;

import org.jspecify.annotations.NullMarked;

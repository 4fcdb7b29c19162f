/** The rules of the Cache service. */
@NullMarked
package io.prism.cache.domain;

import org.jspecify.annotations.NullMarked;

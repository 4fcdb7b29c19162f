/** What tests of the Cache service stand on. */
@NullMarked
package io.prism.cache.testing;

import org.jspecify.annotations.NullMarked;

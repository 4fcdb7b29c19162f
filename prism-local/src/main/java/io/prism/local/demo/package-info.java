/** What {@code ./prism demo} shows: the usage examples of RFC-002, run against a live Prism. */
@NullMarked
package io.prism.local.demo;

import org.jspecify.annotations.NullMarked;

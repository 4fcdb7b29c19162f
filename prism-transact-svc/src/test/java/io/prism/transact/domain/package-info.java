/** Tests of the rules alone. */
@NullMarked
package io.prism.transact.domain;

import org.jspecify.annotations.NullMarked;

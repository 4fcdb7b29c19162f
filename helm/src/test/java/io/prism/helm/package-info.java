/** The charts, rendered by Helm and checked as far as that goes without a cluster. */
@NullMarked
package io.prism.helm;

import org.jspecify.annotations.NullMarked;

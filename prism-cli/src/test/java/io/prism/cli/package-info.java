/** Tests of the command line that need no service. */
@NullMarked
package io.prism.cli;

import org.jspecify.annotations.NullMarked;

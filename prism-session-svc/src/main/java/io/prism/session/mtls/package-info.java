/** Client certificates as credentials. */
@NullMarked
package io.prism.session.mtls;

import org.jspecify.annotations.NullMarked;

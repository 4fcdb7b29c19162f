/** The state of session-svc in PostgreSQL. */
@NullMarked
package io.prism.session.postgres;

import org.jspecify.annotations.NullMarked;

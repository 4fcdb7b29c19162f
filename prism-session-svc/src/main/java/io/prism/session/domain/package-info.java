/** The rules of sessions, credentials, namespaces and configurations, and the ports they need. */
@NullMarked
package io.prism.session.domain;

import org.jspecify.annotations.NullMarked;

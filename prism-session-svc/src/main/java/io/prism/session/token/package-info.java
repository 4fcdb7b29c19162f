/** Session tokens and the keys that sign them. */
@NullMarked
package io.prism.session.token;

import org.jspecify.annotations.NullMarked;

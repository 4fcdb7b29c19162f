@NullMarked
package io.prism.session.token;

import org.jspecify.annotations.NullMarked;

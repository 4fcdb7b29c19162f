@NullMarked
package io.prism.session;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.prism.session.domain;

import org.jspecify.annotations.NullMarked;

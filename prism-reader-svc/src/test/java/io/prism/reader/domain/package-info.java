@NullMarked
package io.prism.reader.domain;

import org.jspecify.annotations.NullMarked;

/** What may be asked of rows, and how results are cut into pages: plain Java, no store, no wire. */
@NullMarked
package io.prism.reader.domain;

import org.jspecify.annotations.NullMarked;

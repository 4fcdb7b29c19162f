/** Objects as files, with an index in PostgreSQL. */
@NullMarked
package io.prism.objectstore.files;

import org.jspecify.annotations.NullMarked;

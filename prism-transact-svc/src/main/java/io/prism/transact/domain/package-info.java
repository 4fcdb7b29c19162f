/** The rules of transactional writes and mailboxes, in plain Java. */
@NullMarked
package io.prism.transact.domain;

import org.jspecify.annotations.NullMarked;

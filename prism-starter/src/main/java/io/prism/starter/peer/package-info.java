/** The replicas of one service: what each of them holds, and asking them. */
@NullMarked
package io.prism.starter.peer;

import org.jspecify.annotations.NullMarked;

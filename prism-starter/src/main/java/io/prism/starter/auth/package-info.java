/** Session tokens, the sessions behind them, and what they permit. */
@NullMarked
package io.prism.starter.auth;

import org.jspecify.annotations.NullMarked;

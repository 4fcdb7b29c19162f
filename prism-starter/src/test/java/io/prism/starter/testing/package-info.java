/** What tests of services stand on: real servers, real tokens, a real database. */
@NullMarked
package io.prism.starter.testing;

import org.jspecify.annotations.NullMarked;

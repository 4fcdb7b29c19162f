/**
 * Services, broker and database as processes of their own, the way they are deployed: for the load
 * driver, and for tests that need real processes to start, stop and kill.
 */
@NullMarked
package io.prism.bench.deployment;

import org.jspecify.annotations.NullMarked;

/**
 * The data stores that local mode brings along: real servers, run as child processes over one data
 * folder.
 *
 * <p>A server outlives a killed parent, so each engine first stops what an earlier run left behind,
 * and before it calls itself ready it proves that the server answering on its port is its own.
 */
@NullMarked
package io.prism.local.engine;

import org.jspecify.annotations.NullMarked;

/**
 * Every service from a shell: one command per rpc, readable tables or JSON, exit codes by status.
 */
@NullMarked
package io.prism.cli;

import org.jspecify.annotations.NullMarked;

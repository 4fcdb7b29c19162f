/** What a Java application needs beside the stubs: a session that is kept, and retries. */
@NullMarked
package io.prism.client;

import org.jspecify.annotations.NullMarked;

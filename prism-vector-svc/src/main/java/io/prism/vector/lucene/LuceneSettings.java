package io.prism.vector.lucene;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How Lucene is used.
 *
 * @param folder that holds the indexes; for one process at a time
 * @param maxIndexes most indexes
 * @param commitInterval how often what was written is made to survive a crash
 * @param bufferBytes memory of all indexes together for what is not in their files yet
 */
public record LuceneSettings(
    Path folder, int maxIndexes, Duration commitInterval, long bufferBytes) {}

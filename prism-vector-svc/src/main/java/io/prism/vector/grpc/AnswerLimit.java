package io.prism.vector.grpc;

/** Most bytes of what a search answers. */
public record AnswerLimit(long bytes) {}

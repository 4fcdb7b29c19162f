package io.prism.transact.domain;

/**
 * How a transaction runs.
 *
 * @param limit of everything that belongs to it: waiting, statements, repetitions
 */
public record TransactionSettings(Isolation isolation, TimeLimit limit) {}

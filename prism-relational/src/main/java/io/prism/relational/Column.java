package io.prism.relational;

/**
 * A column of a table or view.
 *
 * @param name as PostgreSQL knows it, and as clients name the field
 * @param type its type; that of a domain is the domain's base type
 * @param nullable whether it may hold NULL; true for every column of a view
 * @param generated whether only PostgreSQL writes it: a generated column, or an identity that is
 *     always generated
 * @param hasDefault whether an INSERT may leave it out although it is not nullable
 * @param deterministic whether its collation takes texts for equal only if they are the same; true
 *     for what has no collation
 */
public record Column(
    String name,
    ColumnType type,
    boolean nullable,
    boolean generated,
    boolean hasDefault,
    boolean deterministic) {}

package io.prism.session.domain;

import java.util.Optional;

/**
 * Which API keys to list; what is empty does not matter.
 *
 * @param includeRevoked whether those that do not work any more are listed too
 * @param visible whose namespaces are shown: keys that reach beyond them are not
 */
public record ApiKeyFilter(
    Optional<String> principal,
    Optional<String> namespace,
    boolean includeRevoked,
    Rights visible) {}

/** Tokens of OpenID Connect issuers as credentials. */
@NullMarked
package io.prism.session.oidc;

import org.jspecify.annotations.NullMarked;

package io.prism.starter.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys of whichever bundle is newest.
 *
 * <p>A handshake asks for an alias first and then for what is behind it; so aliases name the
 * generation of keys they are of, and the generation before stays for handshakes under way.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {

  private record Generation(
      int number, X509ExtendedKeyManager keys, @Nullable X509ExtendedKeyManager before) {

    @Nullable String name(@Nullable String alias) {
      return alias == null ? null : number + ":" + alias;
    }

    @Nullable X509ExtendedKeyManager keysOf(String name) {
      int of = Integer.parseInt(name.substring(0, name.indexOf(':')));
      return of == number ? keys : of == number - 1 ? before : null;
    }
  }

  private volatile Generation newest;

  ReloadingKeyManager(X509ExtendedKeyManager keys) {
    newest = new Generation(1, keys, null);
  }

  synchronized void replace(X509ExtendedKeyManager keys) {
    newest = new Generation(newest.number() + 1, keys, newest.keys());
  }

  private static String aliasIn(String name) {
    return name.substring(name.indexOf(':') + 1);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String name) {
    X509ExtendedKeyManager keys = name == null ? null : newest.keysOf(name);
    return keys == null || name == null ? null : keys.getCertificateChain(aliasIn(name));
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String name) {
    X509ExtendedKeyManager keys = name == null ? null : newest.keysOf(name);
    return keys == null || name == null ? null : keys.getPrivateKey(aliasIn(name));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    Generation now = newest;
    return now.name(now.keys().chooseEngineServerAlias(keyType, issuers, engine));
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    Generation now = newest;
    return now.name(now.keys().chooseEngineClientAlias(keyType, issuers, engine));
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    Generation now = newest;
    return now.name(now.keys().chooseServerAlias(keyType, issuers, socket));
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    Generation now = newest;
    return now.name(now.keys().chooseClientAlias(keyType, issuers, socket));
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return names(newest.keys().getServerAliases(keyType, issuers));
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return names(newest.keys().getClientAliases(keyType, issuers));
  }

  private String @Nullable [] names(String @Nullable [] aliases) {
    if (aliases == null) {
      return null;
    }
    String[] names = new String[aliases.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = newest.number() + ":" + aliases[i];
    }
    return names;
  }
}

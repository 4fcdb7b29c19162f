package io.prism.helm;

import static io.prism.helm.Manifest.map;
import static io.prism.helm.Manifest.maps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may speak to whom, rule by rule. */
class NetworkTest {

  private static final String DNS = "[53/UDP, 53/TCP]";

  private static Manifest policy(String component, Map<String, String> settings) {
    return Charts.render(
            Charts.service(component),
            Charts.service(component).resolve("ci/minimal-values.yaml"),
            settings)
        .stream()
        .filter(m -> m.kind().equals("NetworkPolicy") && m.name().equals("prism-" + component))
        .findFirst()
        .orElseThrow();
  }

  /** Each rule as "peers: ports". */
  private static List<String> rules(Manifest policy, String direction, String peers) {
    List<String> rules = new ArrayList<>();
    for (Map<String, Object> rule : policy.maps("spec", direction)) {
      List<String> ports = new ArrayList<>();
      for (Map<String, Object> port : maps(rule.get("ports"))) {
        ports.add(
            port.get("port") + (port.containsKey("protocol") ? "/" + port.get("protocol") : ""));
      }
      List<String> names = new ArrayList<>();
      for (Map<String, Object> peer : maps(rule.get(peers))) {
        peer.values()
            .forEach(
                selector -> {
                  Map<String, Object> labels = map(map(selector).get("matchLabels"));
                  names.add(
                      labels
                          .getOrDefault("app.kubernetes.io/name", labels.values().iterator().next())
                          .toString());
                });
      }
      rules.add((names.isEmpty() ? "anywhere" : String.join("+", names)) + ": " + ports);
    }
    return rules;
  }

  @Test
  void queueIsReachedByClientsItsReplicasAndMonitoringAndReachesKafkaSessionAndItsReplicas() {
    Manifest policy = policy("queue", Map.of());

    assertThat(rules(policy, "ingress", "from"))
        .containsExactly(
            "true: [grpc]",
            "prism-queue-test: [grpc]",
            "prism-queue: [grpc]",
            "monitoring: [management]");
    assertThat(rules(policy, "egress", "to"))
        .containsExactly(
            "kube-system: " + DNS,
            "anywhere: [9092]",
            "prism-session: [8980, 8981]",
            "prism-queue: [8980]");
  }

  @Test
  void sessionIsReachedByTheOtherServicesAndReachesItsDatabaseAlone() {
    Manifest policy = policy("session", Map.of());

    assertThat(rules(policy, "ingress", "from"))
        .containsExactly(
            "true: [grpc]",
            "prism-session-test: [grpc]",
            "prism: [grpc, management]",
            "monitoring: [management]");
    assertThat(rules(policy, "egress", "to"))
        .containsExactly("kube-system: " + DNS, "anywhere: [5432]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reader | redis.host=r | [5432, 6379]",
        "reader | x.y= | [5432]",
        "transact | redis.host=r;kafka.bootstrapServers=a:9093, b:9094 | [5432, 6379, 9093, 9094]",
        "cache | redis.port=6380 | [5432, 6380]",
        "pubsub | x.y= | [4222]",
        "timeseries | clickhouse.url=https://c | [8443]",
        "timeseries | clickhouse.url=http://c:9000/path | [9000]",
        "objectstore | x.y= | [443]",
        "objectstore | s3.endpoint=http://m:9000 | [9000]",
        "vector | x.y= | [6379]"
      })
  void storesAreReachedOnTheirOwnPortsAlone(String component, String settings, String ports) {
    Map<String, String> values = new HashMap<>();
    for (String setting : settings.strip().split(";", -1)) {
      if (!setting.startsWith("x.y")) {
        int equals = setting.indexOf('=');
        values.put(setting.substring(0, equals), setting.substring(equals + 1));
      }
    }

    assertThat(rules(policy(component.strip(), values), "egress", "to").get(1))
        .isEqualTo("anywhere: " + ports.strip());
  }

  @Test
  void storesCanBeHeldToTheirAddresses() {
    Manifest policy =
        policy("vector", Map.of("networkPolicy.stores[0].ipBlock.cidr", "10.1.0.0/16"));

    assertThat(Manifest.text(policy.maps("spec", "egress").get(1), "to")).contains("10.1.0.0/16");
  }
}

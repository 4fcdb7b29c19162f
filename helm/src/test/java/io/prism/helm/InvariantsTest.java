package io.prism.helm;

import static io.prism.helm.Manifest.map;
import static io.prism.helm.Manifest.maps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Kubernetes would take although it is wrong: names that lead nowhere, and rights that are too
 * many.
 */
class InvariantsTest {

  static Stream<Charts.Case> matrix() {
    return Charts.matrix();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everySelectorSelectsThePodsOfItsOwnServiceAlone(Charts.Case example) {
    List<Manifest> manifests = example.manifests();
    List<Map<String, Object>> pods =
        manifests.stream().flatMap(m -> pods(m)).map(InvariantsTest::labels).toList();

    for (Manifest manifest : manifests) {
      Map<String, Object> selector =
          switch (manifest.kind()) {
            case "Service" -> manifest.map("spec", "selector");
            case "Deployment", "PodDisruptionBudget" ->
                manifest.map("spec", "selector", "matchLabels");
            case "NetworkPolicy" -> manifest.map("spec", "podSelector", "matchLabels");
            default -> Map.of();
          };
      if (!selector.isEmpty()) {
        assertThat(
                pods.stream().filter(labels -> labels.entrySet().containsAll(selector.entrySet())))
            .as("pods that %s selects by %s", manifest, selector)
            .hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void scalersBudgetsMonitorsAndRoutesLeadToWhatIsThere(Charts.Case example) {
    List<Manifest> manifests = example.manifests();
    Set<String> names = new HashSet<>();
    manifests.forEach(manifest -> names.add(manifest.kind() + " " + manifest.name()));

    for (Manifest manifest : manifests) {
      switch (manifest.kind()) {
        case "HorizontalPodAutoscaler" ->
            assertThat(names)
                .contains("Deployment " + manifest.text("spec", "scaleTargetRef", "name"));
        case "GRPCRoute" ->
            maps(manifest.maps("spec", "rules").getFirst().get("backendRefs"))
                .forEach(backend -> assertThat(names).contains("Service " + backend.get("name")));
        case "ServiceMonitor" ->
            assertThat(
                    manifests.stream()
                        .filter(m -> m.kind().equals("Service"))
                        .filter(
                            m ->
                                m.map("metadata", "labels")
                                    .entrySet()
                                    .containsAll(
                                        manifest
                                            .map("spec", "selector", "matchLabels")
                                            .entrySet())))
                .as("services that %s reads", manifest)
                .hasSize(1);
        case "Deployment" -> {
          assertThat(names)
              .contains(
                  "ServiceAccount "
                      + manifest.text("spec", "template", "spec", "serviceAccountName"));
          assertThat(manifest.find("spec", "replicas") == null)
              .as("replicas of %s are left to the autoscaler", manifest)
              .isEqualTo(names.contains("HorizontalPodAutoscaler " + manifest.name()));
        }
        default -> {}
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everyPortAndVolumeThatIsNamedIsThere(Charts.Case example) {
    List<Manifest> manifests = example.manifests();
    Set<String> configMaps = new HashSet<>();
    manifests.stream()
        .filter(m -> m.kind().equals("ConfigMap"))
        .forEach(m -> configMaps.add(m.name()));

    for (Manifest manifest : manifests) {
      pods(manifest)
          .forEach(
              pod -> {
                Map<String, Object> spec = map(pod.get("spec"));
                Set<Object> volumes = new HashSet<>();
                for (Map<String, Object> volume : maps(spec.get("volumes"))) {
                  volumes.add(volume.get("name"));
                  if (Manifest.text(volume, "name").equals("configuration")) {
                    assertThat(configMaps)
                        .contains(Manifest.text(map(volume.get("configMap")), "name"));
                  }
                }
                for (Map<String, Object> container : maps(spec.get("containers"))) {
                  Set<Object> mounts = new HashSet<>();
                  maps(container.get("volumeMounts"))
                      .forEach(mount -> mounts.add(mount.get("name")));
                  assertThat(mounts).as("mounts of %s", manifest).isEqualTo(volumes);
                  Set<Object> ports = new HashSet<>();
                  maps(container.get("ports")).forEach(port -> ports.add(port.get("name")));
                  for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                    if (container.get(probe) != null) {
                      assertThat(ports)
                          .contains(map(map(container.get(probe)).get("httpGet")).get("port"));
                    }
                  }
                }
              });
      if (manifest.kind().equals("Service")) {
        manifest
            .maps("spec", "ports")
            .forEach(
                port ->
                    assertThat(List.of("grpc", "management"))
                        .contains(Manifest.text(port, "targetPort")));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everyPodIsRestricted(Charts.Case example) {
    for (Manifest manifest : example.manifests()) {
      pods(manifest)
          .forEach(
              pod -> {
                Map<String, Object> spec = map(pod.get("spec"));
                assertThat(spec)
                    .as("%s", manifest)
                    .containsEntry("automountServiceAccountToken", false);
                assertThat(spec).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
                Map<String, Object> security = map(spec.get("securityContext"));
                assertThat(security)
                    .containsEntry("runAsNonRoot", true)
                    .containsEntry("runAsUser", 10001);
                assertThat(map(security.get("seccompProfile")))
                    .containsEntry("type", "RuntimeDefault");
                for (Map<String, Object> container : maps(spec.get("containers"))) {
                  Map<String, Object> own = map(container.get("securityContext"));
                  assertThat(own)
                      .containsEntry("allowPrivilegeEscalation", false)
                      .containsEntry("readOnlyRootFilesystem", true);
                  assertThat(map(own.get("capabilities"))).containsEntry("drop", List.of("ALL"));
                  assertThat(map(map(container.get("resources")).get("limits")))
                      .containsKey("memory");
                }
              });
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void thereIsTimeForAnOrderlyEnd(Charts.Case example) {
    for (Manifest manifest : example.manifests()) {
      if (manifest.kind().equals("Deployment")) {
        Map<String, Object> spec = manifest.map("spec", "template", "spec");
        Map<String, Object> container = maps(spec.get("containers")).getFirst();
        Object sleep =
            map(map(map(container.get("lifecycle")).get("preStop")).get("sleep"))
                .getOrDefault("seconds", 0);
        // Beside the drain, the store's last writes take up to 20 s (time series), and the server's
        // end 10 s.
        assertThat(Integer.parseInt(Manifest.text(spec, "terminationGracePeriodSeconds")))
            .isGreaterThanOrEqualTo((int) sleep + 20 + 30);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void noPolicyIsOpenToEverybody(Charts.Case example) {
    for (Manifest manifest : example.manifests()) {
      if (manifest.kind().equals("NetworkPolicy")) {
        assertThat(manifest.get("spec", "policyTypes")).isEqualTo(List.of("Ingress", "Egress"));
        manifest
            .maps("spec", "ingress")
            .forEach(rule -> assertThat(rule).as("%s", manifest).containsKeys("from", "ports"));
        manifest.maps("spec", "egress").forEach(rule -> assertThat(rule).containsKey("ports"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void secretsAreNamedAndNeverWrittenOut(Charts.Case example) {
    for (Manifest manifest : example.manifests()) {
      assertThat(manifest.kind()).isNotEqualTo("Secret");
      pods(manifest)
          .forEach(
              pod ->
                  maps(map(pod.get("spec")).get("containers"))
                      .forEach(
                          container ->
                              maps(container.get("env")).stream()
                                  .filter(
                                      variable ->
                                          Manifest.text(variable, "name")
                                              .matches(
                                                  ".*(PASSWORD|TOKEN|SECRET|ENCRYPTION_KEY|API_KEY|CURSOR_KEY|JAAS|USER|USERNAME)$"))
                                  .forEach(
                                      variable ->
                                          assertThat(variable)
                                              .as("%s", manifest)
                                              .doesNotContainKey("value")
                                              .containsKey("valueFrom"))));
      if (manifest.kind().equals("ConfigMap")) {
        assertThat(manifest.get("data").toString()).doesNotContainIgnoringCase("password:");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void theKeyThatSignsTokensIsMountedInSessionAlone(Charts.Case example) {
    for (Manifest manifest : example.manifests()) {
      if (!manifest.name().endsWith("-session")
          && !manifest.name().endsWith("-session-migration")) {
        assertThat(manifest.content().toString())
            .doesNotContain("/etc/prism/keys", "ENCRYPTION_KEY");
      }
    }
  }

  private static Stream<Map<String, Object>> pods(Manifest manifest) {
    return switch (manifest.kind()) {
      case "Pod" -> Stream.of(manifest.content());
      case "Deployment", "Job" -> Stream.of(manifest.map("spec", "template"));
      default -> Stream.empty();
    };
  }

  private static Map<String, Object> labels(Map<String, Object> pod) {
    return map(map(pod.get("metadata")).get("labels"));
  }

  static List<String> names(List<Manifest> manifests) {
    List<String> names = new ArrayList<>();
    manifests.forEach(manifest -> names.add(manifest.kind() + " " + manifest.name()));
    return names;
  }
}

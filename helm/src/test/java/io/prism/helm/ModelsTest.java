package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every object is one that Kubernetes knows, without a field that it does not. */
class ModelsTest {

  private static final Map<String, Class<?>> MODELS =
      Map.of(
          "v1/ConfigMap", V1ConfigMap.class,
          "v1/Pod", V1Pod.class,
          "v1/Service", V1Service.class,
          "v1/ServiceAccount", V1ServiceAccount.class,
          "apps/v1/Deployment", V1Deployment.class,
          "autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class,
          "batch/v1/Job", V1Job.class,
          "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class,
          "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class);

  /** Of others' definitions, which Kubernetes' own models do not have. */
  private static final Set<String> DEFINED_ELSEWHERE =
      Set.of(
          "cert-manager.io/v1/Certificate",
          "gateway.networking.k8s.io/v1/BackendTLSPolicy",
          "gateway.networking.k8s.io/v1/GRPCRoute",
          "monitoring.coreos.com/v1/PrometheusRule",
          "monitoring.coreos.com/v1/ServiceMonitor");

  static Stream<Charts.Case> matrix() {
    return Charts.matrix();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void allObjectsAreOfKubernetesOwnModels(Charts.Case example) throws Exception {
    List<Manifest> manifests = example.manifests();

    assertThat(manifests).isNotEmpty();
    for (Manifest manifest : manifests) {
      if (!DEFINED_ELSEWHERE.contains(manifest.type())) {
        check(manifest.type(), new Gson().toJsonTree(manifest.content()));
      }
    }
  }

  @Test
  void anUnknownFieldIsFound() {
    Map<String, Object> misspelled =
        Map.of("apiVersion", "v1", "kind", "ServiceAccount", "automountToken", false);

    assertThatThrownBy(() -> check("v1/ServiceAccount", new Gson().toJsonTree(misspelled)))
        .hasMessageContaining("automountToken");
  }

  private static void check(String type, JsonElement manifest) throws Exception {
    Class<?> model =
        Objects.requireNonNull(
            MODELS.get(type), () -> type + " is no kind that the charts may use");
    try {
      model.getMethod("validateJsonElement", JsonElement.class).invoke(null, manifest);
    } catch (InvocationTargetException e) {
      throw new AssertionError(type + ": " + e.getCause() + " in " + manifest, e);
    }
    JSON.deserialize(manifest.toString(), model);
  }
}

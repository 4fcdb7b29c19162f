package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendTLSPolicy;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every object is one that Kubernetes knows, or cert-manager, the Gateway API or the Prometheus
 * operator, without a field that they do not. That a field is missing is only found for Kubernetes'
 * own.
 */
class ModelsTest {

  private static final Map<String, Class<?>> KUBERNETES =
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

  /** Of cert-manager, the Gateway API and the Prometheus operator. */
  private static final Map<String, Class<?>> OTHERS =
      Map.of(
          "cert-manager.io/v1/Certificate", Certificate.class,
          "gateway.networking.k8s.io/v1/BackendTLSPolicy", BackendTLSPolicy.class,
          "gateway.networking.k8s.io/v1/GRPCRoute", GRPCRoute.class,
          "monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class,
          "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class);

  /** Fails for a field that a model lacks; the models themselves would keep it. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .build();

  static Stream<Charts.Case> matrix() {
    return Charts.matrix();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void allObjectsAreOfTheModels(Charts.Case example) throws Exception {
    List<Manifest> manifests = example.manifests();

    assertThat(manifests).isNotEmpty();
    for (Manifest manifest : manifests) {
      check(manifest.type(), new Gson().toJsonTree(manifest.content()));
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void anUnknownFieldIsFound(String type) {
    int slash = type.lastIndexOf('/');
    Map<String, Object> misspelled =
        Map.of(
            "apiVersion", type.substring(0, slash),
            "kind", type.substring(slash + 1),
            "metadata", Map.of("nmae", "x"));

    assertThatThrownBy(() -> check(type, new Gson().toJsonTree(misspelled)))
        .hasMessageContaining("nmae");
  }

  static Stream<String> types() {
    return Stream.of(KUBERNETES, OTHERS).flatMap(models -> models.keySet().stream());
  }

  private static void check(String type, JsonElement manifest) throws Exception {
    Class<?> other = OTHERS.get(type);
    if (other != null) {
      assertThat(STRICT.readValue(manifest.toString(), other)).isNotNull();
      return;
    }
    Class<?> model =
        Objects.requireNonNull(
            KUBERNETES.get(type), () -> type + " is no kind that the charts may use");
    try {
      model.getMethod("validateJsonElement", JsonElement.class).invoke(null, manifest);
    } catch (InvocationTargetException e) {
      throw new AssertionError(type + ": " + e.getCause() + " in " + manifest, e);
    }
    JSON.deserialize(manifest.toString(), model);
  }
}

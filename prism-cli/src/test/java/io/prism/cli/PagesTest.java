package io.prism.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.admin.v1.ListNamespacesResponse;
import io.prism.admin.v1.Namespace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PagesTest {

  private static ListNamespacesResponse page(String name, String next) {
    return ListNamespacesResponse.newBuilder()
        .addNamespaces(Namespace.newBuilder().setName(name))
        .setNextPageToken(next)
        .build();
  }

  @Test
  void allPagesAreFetchedInTheirOrder() {
    Map<String, ListNamespacesResponse> pages =
        Map.of("", page("a", "2"), "2", page("b", "3"), "3", page("c", ""));

    List<Namespace> all =
        Pages.all(
            pages::get,
            ListNamespacesResponse::getNamespacesList,
            ListNamespacesResponse::getNextPageToken);

    assertThat(all).extracting(Namespace::getName).containsExactly("a", "b", "c");
  }
}

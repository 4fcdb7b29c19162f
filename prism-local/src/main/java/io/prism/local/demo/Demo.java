package io.prism.local.demo;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Walks the usage examples of RFC-002 against a running Prism and says what happened.
 *
 * <p>Takes its address from {@code PRISM_ADDRESS} and its key from {@code PRISM_API_KEY}, or from
 * the data folder of local mode. Ends with exit code 1 at the first step that does not hold.
 */
public final class Demo {

  private Demo() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String address = System.getenv().getOrDefault("PRISM_ADDRESS", "127.0.0.1:8980");
    Narrator narrator = new Narrator(System.out);
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
            .keepAliveTime(30, TimeUnit.SECONDS)
            .build();
    try {
      narrator.title("Prism at " + address);
      SessionDemo sessions = new SessionDemo(channel, narrator, apiKey());
      String token = sessions.open();
      new QueueDemo(channel, narrator, token).run();
      String shop = sessions.openForAllServices();
      new ReaderDemo(channel, narrator, shop).run();
      new TransactDemo(channel, narrator, shop).run();
      new PubSubDemo(channel, narrator, shop).run();
      new CacheDemo(channel, narrator, sessions).run();
      new ObjectStoreDemo(channel, narrator, sessions).run();
      new TimeSeriesDemo(channel, narrator, sessions).run();
      new VectorDemo(channel, narrator, sessions).run();
      sessions.close(token);
      narrator.title("Everything above happened as written.");
    } catch (StatusRuntimeException e) {
      narrator.failed(e.getStatus().toString());
      System.exit(1);
    } catch (UnexpectedOutcome e) {
      narrator.failed(String.valueOf(e.getMessage()));
      System.exit(1);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static String apiKey() throws IOException {
    String key = System.getenv("PRISM_API_KEY");
    if (key != null) {
      return key;
    }
    Path file = Path.of(System.getenv().getOrDefault("PRISM_DATA", ".prism"), "api-key");
    return Files.readString(file).strip();
  }
}

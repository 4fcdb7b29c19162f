package io.prism.timeseries;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the TimeSeries service. */
@SpringBootApplication(proxyBeanMethods = false)
public class TimeSeriesApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(TimeSeriesApplication.class)
        .properties("spring.config.name=prism-timeseries")
        .run(args);
  }
}

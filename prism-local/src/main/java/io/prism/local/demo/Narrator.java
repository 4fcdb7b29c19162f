package io.prism.local.demo;

import java.io.PrintStream;

/** Tells the user what the demo does. */
final class Narrator {

  private final PrintStream out;

  Narrator(PrintStream out) {
    this.out = out;
  }

  void title(String text) {
    out.println();
    out.println(text);
  }

  void step(String rpc, String outcome) {
    out.printf("  %-34s %s%n", rpc, outcome);
  }

  void failed(String why) {
    out.println();
    out.println("The demo stops here: " + why);
  }
}

package io.prism.local.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A few hundred short texts, and an embedding that the demo computes by itself: three letters at a
 * time, counted in a vector. It knows how words are spelled and nothing of what they mean; a model
 * of your own takes its place.
 */
final class Phrases {

  static final int DIMENSIONS = 128;

  private static final int GRAM = 3;
  private static final int PRIME = 31;

  private static final List<String> THINGS =
      List.of(
          "running shoes",
          "hiking boots",
          "winter jacket",
          "rain coat",
          "coffee machine",
          "espresso grinder",
          "garden chair",
          "office chair",
          "mountain bike",
          "bicycle helmet",
          "water bottle",
          "camping tent",
          "sleeping bag",
          "reading lamp",
          "desk lamp");

  private static final List<String> QUALITIES =
      List.of(
          "light",
          "sturdy",
          "cheap",
          "quiet",
          "waterproof",
          "folding",
          "black",
          "green",
          "small",
          "large",
          "warm",
          "classic",
          "recycled",
          "used",
          "new",
          "wooden",
          "steel",
          "soft",
          "bright",
          "heavy");

  private Phrases() {}

  static List<String> all() {
    List<String> phrases = new ArrayList<>();
    for (String thing : THINGS) {
      for (String quality : QUALITIES) {
        phrases.add(quality + " " + thing);
      }
    }
    return phrases;
  }

  /** The department that a phrase is filed under. */
  static String department(String phrase) {
    return phrase.endsWith("chair") || phrase.endsWith("lamp") ? "home" : "outdoor";
  }

  static List<Float> embedding(String text) {
    byte[] letters = (" " + text.toLowerCase(Locale.ROOT) + " ").getBytes(StandardCharsets.UTF_8);
    float[] counts = new float[DIMENSIONS];
    for (int i = 0; i + GRAM <= letters.length; i++) {
      int hash = (letters[i] * PRIME + letters[i + 1]) * PRIME + letters[i + 2];
      counts[Math.floorMod(hash, DIMENSIONS)]++;
    }
    List<Float> embedding = new ArrayList<>(DIMENSIONS);
    for (float count : counts) {
      embedding.add(count);
    }
    return embedding;
  }
}

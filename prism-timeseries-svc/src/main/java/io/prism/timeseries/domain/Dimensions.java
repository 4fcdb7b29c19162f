package io.prism.timeseries.domain;

/**
 * Names by which events are filtered and grouped. Two of them are of the events' own fields, and
 * never of a dimension that is called the same. An event without a dimension that is grouped by is
 * in the group of the empty value.
 */
public final class Dimensions {

  public static final String EVENT_TYPE = "event_type";
  public static final String SOURCE = "source";

  private Dimensions() {}
}

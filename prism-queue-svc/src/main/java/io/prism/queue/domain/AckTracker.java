package io.prism.queue.domain;

/**
 * The deliveries of one partition to one stream, in the order of their offsets, from the oldest one
 * that is not acknowledged. Not thread-safe.
 *
 * <p>Offsets may have gaps (compaction, transactions), so an offset is looked for, at first where
 * it would be without any.
 */
final class AckTracker {

  static final long NEVER = Long.MAX_VALUE;

  private static final int FIRST_CAPACITY = 32;
  private static final int KEPT_CAPACITY = 1024;

  private static final byte ACKNOWLEDGED = 0;

  /** The client has it. */
  private static final byte OUTSTANDING = 1;

  /** The client's time is up, or it gave the message back: to be read again. */
  private static final byte DUE = 2;

  /** Read again and about to be delivered or dead-lettered. */
  private static final byte QUEUED = 3;

  private long[] offsets = new long[FIRST_CAPACITY];
  private long[] deadlines = new long[FIRST_CAPACITY];
  private int[] attempts = new int[FIRST_CAPACITY];
  private byte[] states = new byte[FIRST_CAPACITY];
  private int head;
  private int size;
  private int outstanding;
  private int due;
  private long end = -1;
  private long committed = -1;

  /** A new message goes to the client; its offset is beyond all before. */
  void delivered(long offset, long deadlineMillis) {
    if (size == offsets.length) {
      resize(size * 2);
    }
    int slot = slot(size);
    offsets[slot] = offset;
    deadlines[slot] = deadlineMillis;
    attempts[slot] = 1;
    states[slot] = OUTSTANDING;
    size++;
    outstanding++;
    end = offset + 1;
  }

  /** Acknowledges a message; false when it is not outstanding. */
  boolean acknowledge(long offset) {
    int slot = find(offset);
    if (slot < 0 || states[slot] == ACKNOWLEDGED) {
      return false;
    }
    settle(slot);
    dropAcknowledged();
    return true;
  }

  /** Acknowledges everything below an offset, delivered or not; says how many were outstanding. */
  int acknowledgeBelow(long offset) {
    int before = outstanding;
    for (int i = 0; i < size && offsets[slot(i)] < offset; i++) {
      int slot = slot(i);
      if (states[slot] != ACKNOWLEDGED) {
        settle(slot);
      }
    }
    dropAcknowledged();
    end = Math.max(end, offset);
    return before - outstanding;
  }

  /** Acknowledges the oldest message. */
  void acknowledgeOldest() {
    settle(head);
    dropAcknowledged();
  }

  /** Changes the time to acknowledge a message; false when it is not outstanding. */
  boolean extend(long offset, long deadlineMillis) {
    int slot = find(offset);
    if (slot < 0 || states[slot] != OUTSTANDING) {
      return false;
    }
    deadlines[slot] = deadlineMillis;
    return true;
  }

  /** Gives a message back; false when it is not outstanding. */
  boolean giveBack(long offset) {
    int slot = find(offset);
    if (slot < 0 || states[slot] != OUTSTANDING) {
      return false;
    }
    states[slot] = DUE;
    due++;
    return true;
  }

  /** Gives back what was not acknowledged in time. */
  void expire(long nowMillis) {
    for (int i = 0; i < size; i++) {
      int slot = slot(i);
      if (states[slot] == OUTSTANDING && deadlines[slot] <= nowMillis) {
        states[slot] = DUE;
        due++;
      }
    }
  }

  /** The lowest offset that is to be read again, or -1. */
  long lowestDue() {
    for (int i = 0; due > 0 && i < size; i++) {
      if (states[slot(i)] == DUE) {
        return offsets[slot(i)];
      }
    }
    return -1;
  }

  /** What is due below an offset is gone from the store: nothing can be delivered any more. */
  int dropDueBelow(long offset) {
    int before = outstanding;
    for (int i = 0; due > 0 && i < size && offsets[slot(i)] < offset; i++) {
      if (states[slot(i)] == DUE) {
        settle(slot(i));
      }
    }
    dropAcknowledged();
    return before - outstanding;
  }

  /** A due message was read again: the number of its deliveries so far, or 0 if it is not due. */
  int queue(long offset) {
    int slot = find(offset);
    if (slot < 0 || states[slot] != DUE) {
      return 0;
    }
    states[slot] = QUEUED;
    due--;
    return attempts[slot];
  }

  /** A message that was read again goes to the client; false when that is no longer needed. */
  boolean redelivered(long offset, long deadlineMillis) {
    int slot = find(offset);
    if (slot < 0 || states[slot] != QUEUED) {
      return false;
    }
    states[slot] = OUTSTANDING;
    deadlines[slot] = deadlineMillis;
    attempts[slot]++;
    return true;
  }

  /** A message that was read again could not be handed on: it is due anew after a while. */
  void postpone(long offset, long deadlineMillis) {
    int slot = find(offset);
    if (slot >= 0 && states[slot] == QUEUED) {
      states[slot] = OUTSTANDING;
      deadlines[slot] = deadlineMillis;
    }
  }

  /** How many are delivered and not acknowledged. */
  int outstanding() {
    return outstanding;
  }

  /** How many deliveries there were since the oldest one that is not acknowledged. */
  int span() {
    return size;
  }

  /** The end of the contiguous acknowledged prefix, or -1 before the first delivery. */
  long prefix() {
    return size == 0 ? end : offsets[head];
  }

  /** The prefix when it is ahead of what is committed, else -1. */
  long uncommitted() {
    long prefix = prefix();
    return prefix > committed ? prefix : -1;
  }

  void committed(long offset) {
    committed = Math.max(committed, offset);
  }

  private void settle(int slot) {
    if (states[slot] == DUE) {
      due--;
    }
    states[slot] = ACKNOWLEDGED;
    outstanding--;
  }

  private void dropAcknowledged() {
    while (size > 0 && states[head] == ACKNOWLEDGED) {
      head = head + 1 == offsets.length ? 0 : head + 1;
      size--;
    }
    if (size == 0 && offsets.length > KEPT_CAPACITY) {
      resize(FIRST_CAPACITY);
    }
  }

  /** Where an offset is, or -1. */
  private int find(long offset) {
    if (size == 0 || offset < offsets[head] || offset >= end) {
      return -1;
    }
    int high = (int) Math.min(offset - offsets[head], size - 1L);
    int slot = slot(high);
    if (offsets[slot] == offset) {
      return slot;
    }
    int low = 0;
    high--;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      slot = slot(middle);
      if (offsets[slot] == offset) {
        return slot;
      }
      if (offsets[slot] < offset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int slot(int index) {
    int slot = head + index;
    return slot >= offsets.length ? slot - offsets.length : slot;
  }

  private void resize(int capacity) {
    int tail = Math.min(size, offsets.length - head);
    offsets = moved(offsets, new long[capacity], tail);
    deadlines = moved(deadlines, new long[capacity], tail);
    int[] movedAttempts = new int[capacity];
    System.arraycopy(attempts, head, movedAttempts, 0, tail);
    System.arraycopy(attempts, 0, movedAttempts, tail, size - tail);
    attempts = movedAttempts;
    byte[] movedStates = new byte[capacity];
    System.arraycopy(states, head, movedStates, 0, tail);
    System.arraycopy(states, 0, movedStates, tail, size - tail);
    states = movedStates;
    head = 0;
  }

  private long[] moved(long[] from, long[] to, int tail) {
    System.arraycopy(from, head, to, 0, tail);
    System.arraycopy(from, 0, to, tail, size - tail);
    return to;
  }

  @Override
  public String toString() {
    return "AckTracker[prefix="
        + prefix()
        + ", span="
        + size
        + ", outstanding="
        + outstanding
        + "]";
  }
}

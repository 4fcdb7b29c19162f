package io.prism.queue.domain;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One stream's messages between the store and the client: those that were read and wait for the
 * client, and those that it has and did not acknowledge yet. Thread-safe.
 *
 * <p>One thread reads from the store and {@link #offer}s; whoever makes progress possible (that
 * thread, the transport, an acknowledgement) calls {@link #drain}, and one of them at a time sends.
 * The lock is taken once per run of messages, never while sending.
 */
public final class Subscription {

  private static final int RUN_MESSAGES = 128;
  private static final int RUN_BYTES = 64 * 1024;
  private static final int ENOUGH_MESSAGES = 500;
  private static final int ENOUGH_BYTES = 512 * 1024;
  private static final long POSTPONED_MILLIS = 1000;

  private final SubscriptionRequest request;
  private final Sink sink;
  private final SubscriptionEvents events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Integer, AckTracker> trackers = new HashMap<>();
  private final ArrayDeque<ReceivedMessage> again = new ArrayDeque<>();
  private final ArrayDeque<ReceivedMessage> fresh = new ArrayDeque<>();
  private final AtomicInteger drains = new AtomicInteger();
  // Used by the one thread that drains; drains orders them.
  private final List<ReceivedMessage> run = new ArrayList<>(RUN_MESSAGES);
  private volatile boolean live;
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile @Nullable Runnable wakeUp;
  private volatile boolean over;
  private final Queue<PositionChange> changes = new ConcurrentLinkedQueue<>();
  private long waitingBytes;
  private int outstanding;
  private boolean woken;

  public Subscription(SubscriptionRequest request, Sink sink, SubscriptionEvents events) {
    this.request = request;
    this.sink = sink;
    this.events = events;
  }

  public SubscriptionRequest request() {
    return request;
  }

  /** Names what interrupts the reading thread when it waits for the store. */
  public void onWakeUp(Runnable action) {
    wakeUp = action;
  }

  /** Delivery begins. */
  public void open() {
    sink.open();
    live = true;
    drain();
  }

  public boolean isLive() {
    return live;
  }

  /** Nothing more is read or delivered, but what the client has can still be acknowledged. */
  public void stopFetching() {
    stopping = true;
    wakeUp();
  }

  /** Nothing more is delivered; the reading thread has to come to its end. Never blocks. */
  public void end() {
    ended = true;
    wakeUp();
  }

  /** Ends with a failure that the client is told. */
  public void fail(Throwable failure) {
    ended = true;
    sink.fail(failure);
  }

  public boolean isEnded() {
    return ended;
  }

  /** Makes the reading thread look at once at what has changed. */
  public void wakeUp() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Runnable action = wakeUp;
    if (action != null) {
      action.run();
    }
  }

  /** A partition is this stream's from now on. */
  public void assign(int partition) {
    lock.lock();
    try {
      drop(partition);
      trackers.put(partition, new AckTracker());
    } finally {
      lock.unlock();
    }
  }

  /** A partition is not this stream's any more: what it has of it comes again elsewhere. */
  public void revoke(int partition) {
    lock.lock();
    try {
      drop(partition);
    } finally {
      lock.unlock();
    }
  }

  private void drop(int partition) {
    AckTracker tracker = trackers.remove(partition);
    if (tracker != null) {
      outstanding -= tracker.outstanding();
    }
    again.removeIf(message -> message.partition() == partition);
    removeFresh(message -> message.partition() == partition);
  }

  /** Whether a partition is this stream's. */
  public boolean owns(int partition) {
    lock.lock();
    try {
      return trackers.containsKey(partition);
    } finally {
      lock.unlock();
    }
  }

  /** Takes messages that were read for the first time, in the order of their partitions. */
  public void offer(List<ReceivedMessage> messages) {
    lock.lock();
    try {
      for (ReceivedMessage message : messages) {
        fresh.add(message);
        waitingBytes += message.payload().length;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The lowest offset of each partition that is to be read again, because the client gave it back
   * or its time is up.
   */
  public Map<Integer, Long> due() {
    Map<Integer, Long> lowest = new HashMap<>();
    long now = nowMillis();
    lock.lock();
    try {
      trackers.forEach(
          (partition, tracker) -> {
            tracker.expire(now);
            long offset = tracker.lowestDue();
            if (offset >= 0) {
              lowest.put(partition, offset);
            }
          });
    } finally {
      lock.unlock();
    }
    return lowest;
  }

  /** A message was read again: how often it was delivered, or 0 when it is not due. */
  public int readAgain(int partition, long offset) {
    lock.lock();
    try {
      AckTracker tracker = trackers.get(partition);
      return tracker == null ? 0 : tracker.queue(offset);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a message that was read again. */
  public void offerAgain(ReceivedMessage message) {
    lock.lock();
    try {
      again.add(message);
    } finally {
      lock.unlock();
    }
  }

  /** Messages below an offset are gone from the store, so none of them is due any more. */
  public void goneBelow(int partition, long offset) {
    lock.lock();
    try {
      AckTracker tracker = trackers.get(partition);
      if (tracker != null) {
        outstanding -= tracker.dropDueBelow(offset);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A message that was read again is settled otherwise than by the client. */
  public void settle(int partition, long offset) {
    lock.lock();
    try {
      AckTracker tracker = trackers.get(partition);
      if (tracker != null && tracker.acknowledge(offset)) {
        outstanding--;
      }
    } finally {
      lock.unlock();
    }
    drain();
  }

  /** A message that was read again could not be settled; it is due again after a while. */
  public void postpone(int partition, long offset) {
    lock.lock();
    try {
      AckTracker tracker = trackers.get(partition);
      if (tracker != null) {
        tracker.postpone(offset, nowMillis() + POSTPONED_MILLIS);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes the time to acknowledge those of the ids that are outstanding here; sets their bits.
   */
  public void modify(List<MessageId> ids, Duration deadline, BitSet modified) {
    boolean back = deadline.isZero();
    long end = nowMillis() + deadline.toMillis();
    boolean any = false;
    lock.lock();
    try {
      for (int i = 0; i < ids.size(); i++) {
        MessageId id = ids.get(i);
        AckTracker tracker = trackerOf(id);
        if (tracker != null
            && (back ? tracker.giveBack(id.offset()) : tracker.extend(id.offset(), end))) {
          modified.set(i);
          any = true;
        }
      }
    } finally {
      lock.unlock();
    }
    if (any && back) {
      wakeUp();
    }
  }

  /** Hands a change of positions to the reading thread. */
  CompletableFuture<Map<Integer, Long>> change(PositionChange change) {
    changes.add(change);
    if (over) {
      refuseChanges();
    } else {
      wakeUp();
    }
    return change.result();
  }

  /** The next change of positions that the reading thread has to make. */
  public @Nullable PositionChange nextChange() {
    return changes.poll();
  }

  /** The reading thread is done: whatever is still asked for has to be asked elsewhere. */
  public void over() {
    over = true;
    refuseChanges();
  }

  private void refuseChanges() {
    for (PositionChange change = changes.poll(); change != null; change = changes.poll()) {
      change.notMine();
    }
  }

  /** Acknowledges everything of a partition below an offset; answers the position that follows. */
  public long acknowledgeBelow(int partition, long offset) {
    long position = offset;
    lock.lock();
    try {
      AckTracker tracker = trackers.get(partition);
      if (tracker != null) {
        outstanding -= tracker.acknowledgeBelow(offset);
        position = tracker.prefix();
      }
      again.removeIf(message -> message.partition() == partition && message.offset() < offset);
      removeFresh(message -> message.partition() == partition && message.offset() < offset);
    } finally {
      lock.unlock();
    }
    drain();
    return position;
  }

  private void removeFresh(Predicate<ReceivedMessage> unwanted) {
    fresh.removeIf(
        message -> {
          boolean removed = unwanted.test(message);
          if (removed) {
            waitingBytes -= message.payload().length;
          }
          return removed;
        });
  }

  /** Whether more should be read: less waits for the client than it can take in one go. */
  public boolean wantsMore() {
    lock.lock();
    try {
      return hasRoom();
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() {
    return !stopping && fresh.size() < ENOUGH_MESSAGES && waitingBytes < ENOUGH_BYTES;
  }

  /** Waits until more should be read; false when a time has passed and nothing happened. */
  public boolean awaitRoom(long limitMillis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(limitMillis);
      while (!hasRoom() && !woken) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      woken = false;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what may be sent. Called by whoever has made that possible; never blocks. */
  public void drain() {
    if (!live || drains.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      while (!ended && !stopping && sink.isReady() && take()) {
        for (int i = 0; i < run.size(); i++) {
          sink.send(run.get(i));
        }
        events.delivered(run.size());
      }
      seen = drains.addAndGet(-seen);
    } while (seen != 0);
  }

  /** Takes a run of messages; they count as delivered from here on. */
  private boolean take() {
    run.clear();
    lock.lock();
    try {
      long deadline = deadline();
      int bytes = takeAgain(deadline);
      takeFresh(bytes, deadline);
      if (hasRoom()) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
    return !run.isEmpty();
  }

  private int takeAgain(long deadline) {
    int bytes = 0;
    while (isRunOpen(bytes) && !again.isEmpty()) {
      ReceivedMessage message = again.remove();
      AckTracker tracker = trackers.get(message.partition());
      if (tracker != null && tracker.redelivered(message.offset(), deadline)) {
        run.add(message);
        bytes += message.payload().length;
      }
    }
    if (!run.isEmpty()) {
      events.redelivered(run.size());
    }
    return bytes;
  }

  private void takeFresh(int bytesBefore, long deadline) {
    int bytes = bytesBefore;
    boolean windowed = request.windowed();
    AckTracker tracker = null;
    int partition = -1;
    while (isRunOpen(bytes) && !(windowed && outstanding >= request.window())) {
      ReceivedMessage message = fresh.poll();
      if (message == null) {
        return;
      }
      waitingBytes -= message.payload().length;
      if (tracker == null || partition != message.partition()) {
        partition = message.partition();
        tracker = trackers.get(partition);
      }
      if (tracker == null) {
        continue;
      }
      tracker.delivered(message.offset(), deadline);
      outstanding++;
      if (!windowed && tracker.span() > request.window()) {
        outstanding -= tracker.outstanding();
        tracker.acknowledgeOldest();
        outstanding += tracker.outstanding();
      }
      run.add(message);
      bytes += message.payload().length;
    }
  }

  private boolean isRunOpen(int bytes) {
    return run.size() < RUN_MESSAGES && bytes < RUN_BYTES;
  }

  private long deadline() {
    Duration timeout = request.redelivery().ackTimeout();
    return timeout == null ? AckTracker.NEVER : nowMillis() + timeout.toMillis();
  }

  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** Acknowledges those of the ids that are outstanding here, and sets their bits. */
  public void acknowledge(List<MessageId> ids, BitSet acknowledged) {
    int count = 0;
    lock.lock();
    try {
      for (int i = 0; i < ids.size(); i++) {
        MessageId id = ids.get(i);
        AckTracker tracker = trackerOf(id);
        if (tracker != null && tracker.acknowledge(id.offset())) {
          acknowledged.set(i);
          count++;
        }
      }
      outstanding -= count;
    } finally {
      lock.unlock();
    }
    if (count > 0) {
      events.acknowledged(count);
      drain();
    }
  }

  private @Nullable AckTracker trackerOf(MessageId id) {
    return id.topic().equals(request.topic().name()) ? trackers.get(id.partition()) : null;
  }

  /** How many messages the client has and did not acknowledge. */
  public int outstanding() {
    lock.lock();
    try {
      return outstanding;
    } finally {
      lock.unlock();
    }
  }

  /** The largest span of any partition; see {@link #partitionsBeyond}. */
  public int largestSpan() {
    lock.lock();
    try {
      return trackers.values().stream().mapToInt(AckTracker::span).max().orElse(0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Partitions with at least {@code maxSpan} deliveries since the oldest unacknowledged one.
   * Reading them has to pause, or one forgotten message would let the record of all later ones
   * grow.
   */
  public BitSet partitionsBeyond(int maxSpan) {
    BitSet beyond = new BitSet();
    lock.lock();
    try {
      trackers.forEach(
          (partition, tracker) -> {
            if (tracker.span() >= maxSpan) {
              beyond.set(partition);
            }
          });
    } finally {
      lock.unlock();
    }
    return beyond;
  }

  /** Positions that are ahead of what is committed, by partition. */
  public Map<Integer, Long> uncommitted() {
    Map<Integer, Long> positions = new HashMap<>();
    lock.lock();
    try {
      trackers.forEach(
          (partition, tracker) -> {
            long position = tracker.uncommitted();
            if (position >= 0) {
              positions.put(partition, position);
            }
          });
    } finally {
      lock.unlock();
    }
    return positions;
  }

  /** The store has committed a position. */
  public void committed(int partition, long position) {
    lock.lock();
    try {
      AckTracker tracker = trackers.get(partition);
      if (tracker != null) {
        tracker.committed(position);
      }
    } finally {
      lock.unlock();
    }
  }
}

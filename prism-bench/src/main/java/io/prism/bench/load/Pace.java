package io.prism.bench.load;

import java.util.concurrent.locks.LockSupport;

/** The time that an open loop keeps. */
interface Pace {
  /** Of this machine. */
  Pace REAL =
      new Pace() {
        // A parked thread wakes that much late; the rest is spent spinning, a few percent of a
        // core.
        private static final long SLACK_NANOS = 80_000;

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void awaitNanos(long due) throws InterruptedException {
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            if (left > SLACK_NANOS) {
              LockSupport.parkNanos(left - SLACK_NANOS);
            } else {
              Thread.onSpinWait();
            }
          }
        }
      };

  /** Nanoseconds, of any origin. */
  long nanoTime();

  /** Returns when that time has come; at once when it is past. */
  void awaitNanos(long due) throws InterruptedException;
}
